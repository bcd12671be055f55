/// Why no cage is built, in words for whoever looks for the reason.
package struct CageFault: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
