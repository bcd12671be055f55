import StrictJSON
import Testing

@testable import Wire

struct JSONTextTests {
    /// Of these two strings neither is less than the other, and they are not equal.
    @Test func membersStandInTheOrderOfTheirBytes() {
        let value = JSONValue.object(["\u{E9}*": .integer(1), "e\u{301}": .integer(2)])
        #expect(value.text == Array("{\"e\u{301}\":2,\"\u{E9}*\":1}".utf8))
    }
}
