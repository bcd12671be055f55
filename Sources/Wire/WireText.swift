/// An identifier or a secret that the other side made or will bring back: never looked into here.
package struct WireText: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) { description = text }
}
