package import FoundationEssentials
package import Sessions

/// The first and the last of a story: enough to find the one that is looked for.
package struct StoryHead: Sendable, Hashable, Codable {
    package let session: SessionIdentifier
    package let site: String?
    package let began: Date
    package let last: Date
    package let step: StoryStep
    /// Why it came to that, where there is a reason.
    package let reason: String?

    /// A story without a line has no head.
    package init?(_ story: Story) {
        guard let first = story.lines.first, let last = story.lines.last else { return nil }
        session = story.session
        site = story.site
        began = first.time
        self.last = last.time
        step = last.step
        reason = last.details["reason"]
    }
}
