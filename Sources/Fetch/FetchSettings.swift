/// What the owner of this computer decides about fetching.
package struct FetchSettings: Sendable {
    /// A file of certificates that are trusted beside the system's, such as a company's own.
    package var extraAuthorities: String?
    /// Whether `http://localhost:PORT` is fetched from, for a page of that very origin.
    package var developmentSites: Bool
    /// For a document as a whole, and for a download until it is connected.
    package var patience: Duration
    /// A download ends when fewer bytes a second came over that many seconds.
    package var slowest: (rate: Int, seconds: Int)

    package init(
        extraAuthorities: String? = nil, developmentSites: Bool = false, patience: Duration = .seconds(10),
        slowest: (rate: Int, seconds: Int) = (1024, 30)
    ) {
        self.extraAuthorities = extraAuthorities
        self.developmentSites = developmentSites
        self.patience = patience
        self.slowest = slowest
    }
}
