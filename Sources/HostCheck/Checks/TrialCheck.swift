/// A check that has one finding, made by whoever knows how to try it.
package struct TrialCheck: Check {
    private let kind: Finding.Kind
    private let trial: @Sendable () async -> String?

    /// The trial says what is wrong; `nil` where nothing is.
    package init(_ kind: Finding.Kind, trial: @escaping @Sendable () async -> String?) {
        self.kind = kind
        self.trial = trial
    }

    package func examine() async -> Examination {
        guard let reason = await trial() else { return Examination() }
        return .found(kind, reason)
    }
}
