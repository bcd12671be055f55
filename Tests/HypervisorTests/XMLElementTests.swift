import Testing

@testable import Hypervisor

struct XMLElementTests {
    @Test func everyCharacterOfMarkupIsEscapedInTextAndInAttributes() throws {
        let hostile = "a'/><evil x=\"1\">&amp;]]>\t\r\n"
        let escaped = "a&apos;/&gt;&lt;evil x=&quot;1&quot;&gt;&amp;amp;]]&gt;&#9;&#13;&#10;"
        #expect(try XMLElement("e", ["a": hostile]).written() == "<e a='\(escaped)'/>\n")
        #expect(try XMLElement("e", text: hostile).written() == "<e>\(escaped)</e>\n")
    }

    @Test(arguments: ["\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
    func whatXMLCannotHoldIsRefused(character: String) {
        #expect(throws: XMLElement.Unwritable(element: "cmdline")) {
            try XMLElement("os", [:], [XMLElement("cmdline", text: "quiet\(character)")]).written()
        }
        #expect(throws: XMLElement.Unwritable(element: "source")) {
            try XMLElement("source", ["file": character]).written()
        }
    }

    @Test func lettersOfAllLanguagesPassUnchanged() throws {
        #expect(try XMLElement("e", text: "žluťoučký 馬 🐎").written() == "<e>žluťoučký 馬 🐎</e>\n")
    }

    @Test func elementsWithinElementsAreIndented() throws {
        let tree = XMLElement("a", [:], [XMLElement("b", ["x": "1", "y": "2"], [XMLElement("c")])])
        #expect(try tree.written() == "<a>\n  <b x='1' y='2'>\n    <c/>\n  </b>\n</a>\n")
    }
}
