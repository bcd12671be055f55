package import Addresses

/// What is fetched, and how freely.
package struct FetchRequest: Sendable {
    package var url: SecureURL
    /// Media types, as in the header of that name.
    package var accept: String
    /// Origins that may use another port than 443; a development site must be among them.
    package var listed: Set<SiteOrigin>
    /// How many redirects are followed, all within the origin.
    package var redirects: Int

    package init(_ url: SecureURL, accept: String = "*/*", listed: Set<SiteOrigin> = [], redirects: Int = 3) {
        self.url = url
        self.accept = accept
        self.listed = listed
        self.redirects = redirects
    }
}

package struct FetchedDocument: Sendable, Hashable {
    /// In lower case, without parameters; empty where the server names none.
    package let mediaType: String
    package let bytes: [UInt8]

    package init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// A file that is there in part, and how the rest is asked for.
package struct DownloadPosition: Sendable, Hashable {
    /// How many bytes are there already.
    package var offset: Int64
    /// The strong entity tag that came with them, where one did: the server then starts anew if the file has changed.
    package var tag: String?

    package init(offset: Int64, tag: String? = nil) {
        self.offset = offset
        self.tag = tag
    }
}

/// What a server is about to send.
package struct DownloadHead: Sendable, Hashable {
    /// Where the bytes belong in the file: what was asked for, or 0 where the server starts anew.
    package let offset: Int64
    /// The size of the whole file, where the server says so.
    package let total: Int64?
    /// A strong entity tag.
    package let tag: String?

    package init(offset: Int64, total: Int64?, tag: String?) {
        self.offset = offset
        self.total = total
        self.tag = tag
    }
}

/// Takes a download.
///
/// Called on a thread of its own, one call at a time, and never after the fetch has returned.
package protocol DownloadSink: AnyObject, Sendable {
    /// `false` ends the download.
    func begin(_ head: DownloadHead) -> Bool
    /// The next bytes; `false` ends the download.
    func receive(_ bytes: RawSpan) -> Bool
}
