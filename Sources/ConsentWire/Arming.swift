/// Decides when the buttons that allow something can be pressed: not before the window has had the focus, and no key or
/// button was pressed in it, for a whole second.
///
/// A page can choose the moment at which the window comes up, so what the hands are doing at that moment is no answer.
package struct Arming: Hashable, Sendable {
    /// In milliseconds.
    package static let delay: Int64 = 1000

    /// Since when the window is quiet; `nil` without the focus.
    private var quietSince: Int64?
    package private(set) var isArmed = false

    package init() {}

    /// Times are in milliseconds of one clock that never goes back.
    package mutating func focusChanged(_ isFocused: Bool, at now: Int64) {
        isArmed = false
        quietSince = isFocused ? now : nil
    }

    /// A key or a button was pressed: without effect once the second is over.
    package mutating func disturbed(at now: Int64) {
        if !isArmed, quietSince != nil { quietSince = now }
    }

    package mutating func timePassed(at now: Int64) {
        if let quietSince, now - quietSince >= Self.delay { isArmed = true }
    }
}
