/// The page of the helper window, which is compiled in.
enum BridgePage {
    /// The document with its script in place; both carry the nonce of this one answer.
    static func html(nonce: String) -> [UInt8] {
        let document = String(decoding: PackageResources.bridge_html, as: UTF8.self)
        let script = String(decoding: PackageResources.bridge_js, as: UTF8.self)
        return Array(
            document.replacing("{{nonce}}", with: nonce).replacing("{{script}}", with: script).utf8)
    }
}
