/// An IPv4 address of the guest's own small network.
package struct IPv4Address: Hashable, Sendable {
    /// The first octet in the highest bits.
    package let value: UInt32

    package init(_ value: UInt32) { self.value = value }

    package init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }
}
