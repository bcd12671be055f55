/// Why a message is no request.
package struct RequestFault: Error, Hashable, Sendable {
    /// `nil` where the message has none that could be read.
    package let id: RequestID?
    package let kind: Kind

    package enum Kind: Hashable, Sendable {
        /// The member that is missing or of the wrong kind; `nil` where the message is no JSON object.
        case malformed(field: String?)
        case unknownWord
    }

    package init(id: RequestID?, kind: Kind) {
        self.id = id
        self.kind = kind
    }
}
