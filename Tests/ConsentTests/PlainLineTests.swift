import ConsentWire
import FoundationEssentials
import Testing

@Suite struct PlainLineTests {
    @Test(arguments: [
        ("plain text", "plain text"),
        (
            "<b>bold</b> &amp; <span foreground='green'>Verified</span>",
            "<b>bold</b> &amp; <span foreground='green'>Verified</span>"
        ),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("  spaces  \u{2003} of \u{A0} all kinds\u{2028}", "spaces of all kinds"),
        ("evil\u{202E}gpj.exe\u{202C}", "evilgpj.exe"),
        ("\u{2066}isolated\u{2069}\u{200F}\u{61C}", "isolated"),
        ("zero\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}width\u{AD}", "zerowidth"),
        ("fill\u{3164}er\u{115F}\u{FFA0}", "filler"),
        ("tag\u{E0041}\u{E007F}\u{FE0F}", "tag"),
        ("bell\u{07}\u{1B}[31mred\u{9B}0m", "bell[31mred0m"),
        ("✔ Verified ✅ 🔒 by ⚠", "Verified by"),
        ("private\u{E000}use\u{F0000}", "privateuse"),
        ("Größe 東京 Ἀθήνα", "Größe 東京 Ἀθήνα"),
        ("\u{301}\u{302}", ""),
        ("", ""),
    ])
    func dropsWhatCouldMislead(text: String, line: String) {
        #expect(PlainLine(text).description == line)
    }

    @Test func marksDoNotPileUp() {
        let line = PlainLine("Z" + String(repeating: "\u{301}", count: 50) + "algo")
        #expect(Array(line.description.unicodeScalars) == Array("Z\u{301}\u{301}algo".unicodeScalars))
    }

    @Test func aLongTextIsCutAndSaysSo() {
        let line = PlainLine(String(repeating: "long ", count: 2000), limit: 60).description
        #expect(line.unicodeScalars.count == 60)
        #expect(line.hasSuffix("…"))
        #expect(PlainLine(String(repeating: "x", count: 60), limit: 60).description.hasSuffix("x"))
    }

    @Test func invisibleCharactersDoNotMakeItSlow() {
        #expect(PlainLine(String(repeating: "\u{200B}", count: 1_000_000) + "end", limit: 60).description == "")
    }

    @Test func whatIsDecodedIsHarmlessToo() throws {
        let line = try JSONDecoder().decode([PlainLine].self, from: Data(#"["a\u202eb\u0000\n c"]"#.utf8))
        #expect(line.map(\.description) == ["ab c"])
    }
}
