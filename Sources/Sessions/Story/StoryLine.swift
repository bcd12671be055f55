package import FoundationEssentials

/// One step of a session's story: what happened, when, and how long it took.
///
/// It holds words, numbers, digests and identifiers of ours, and the site's origin: no secret and no text of a site's.
package struct StoryLine: Sendable, Hashable, Codable {
    /// The version of this shape.
    package let schema: Int
    /// By the wall clock, which may be set.
    package let time: Date
    /// In milliseconds, by a clock that nobody can set; `nil` where nobody watched from the step before.
    package let took: Double?
    package let step: StoryStep
    package let details: [String: String]

    package static let currentSchema = 1

    package init(time: Date, took: Double?, step: StoryStep, details: [String: String] = [:]) {
        schema = Self.currentSchema
        self.time = time
        self.took = took
        self.step = step
        self.details = details
    }
}

/// What may happen to a session; the words stay the same.
package enum StoryStep: String, Sendable, Hashable, Codable, CaseIterable {
    case connected
    /// The page asked for the session.
    case requested
    case documentFetched = "document-fetched"
    case documentMissing = "document-missing"
    case configurationFetched = "configuration-fetched"
    case verified
    /// The host said what it can do.
    case hostReady = "host-ready"
    case asked
    case answered
    case opened
    case refused
    case pageAttached = "page-attached"
    case pageLeft = "page-left"
    case startRequested = "start-requested"
    case imageReady = "image-ready"
    case layerMade = "layer-made"
    case imagesReady = "images-ready"
    case machineStarted = "machine-started"
    case startFailed = "start-failed"
    case displayOpened = "display-opened"
    case portOpened = "port-opened"
    case firstByte = "first-byte"
    case streamEnded = "stream-ended"
    case paused
    case resumed
    case stopping
    case machineEnded = "machine-ended"
    case machineFound = "machine-found"
    case forgotten
}

/// A session's story, as far as it is kept.
package struct Story: Sendable, Hashable, Codable {
    package let session: SessionIdentifier
    /// The oldest first.
    package let lines: [StoryLine]

    package init(session: SessionIdentifier, lines: [StoryLine]) {
        self.session = session
        self.lines = lines
    }

    package var site: String? { lines.lazy.compactMap { $0.details["site"] }.first }
}
