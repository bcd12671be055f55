import StrictJSON
import Testing

struct JSONValueTests {
    private func parse(_ text: String) throws(JSONFault) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func aDocumentIsReadAsItStands() throws {
        let value = try parse(#" {"a":[1,-2,true,false,null,"x\n\u00e9\ud83d\ude00"],"b":{"c":0}} "#)
        #expect(
            value
                == .object([
                    "a": .array([.integer(1), .integer(-2), .bool(true), .bool(false), .null, .string("x\né😀")]),
                    "b": .object(["c": .integer(0)]),
                ]))
    }

    @Test(arguments: ["1.0", "1e3", "9223372036854775808", "-9223372036854775809", "1E+2"])
    func aNumberThatIsNoExactIntegerIsOfNoUse(text: String) throws {
        #expect(try parse(text) == .otherNumber)
        #expect(try parse(text).integer == nil)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", #"{"a":1,}"#, #"{"a" 1}"#, #"{a:1}"#, #"{"a":1,"a":2}"#,
        #"{"a":1,"\u0061":2}"#, "01", "-", "1.", "+1", ".5", "0x1", "1e", "tru", "nul", "NaN", #""abc"#, "\"a\nb\"",
        #""\x""#, #""\u12""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "1 2", "[1] x", "\u{FEFF}1", "'a'",
        "[1 2]", "// c\n1",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONFault.self) { try parse(text) }
    }

    @Test func bytesThatAreNotUnicodeAreRefused() {
        #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0xC0, 0x80, 0x22]) }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test func depthIsBounded() throws {
        let open = String(repeating: "[", count: 16)
        let close = String(repeating: "]", count: 16)
        _ = try parse(open + close)
        #expect(throws: JSONFault.self) { try parse("[" + open + close + "]") }
        #expect(throws: JSONFault.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    }
}
