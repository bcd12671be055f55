/// The number by which a page tells replies apart: a whole number from 1 to 2^53−1.
package struct RequestID: Hashable, Sendable {
    package let value: Int64

    package init?(_ value: Int64) {
        // What JavaScript keeps exact.
        guard (1...(1 << 53) - 1).contains(value) else { return nil }
        self.value = value
    }
}
