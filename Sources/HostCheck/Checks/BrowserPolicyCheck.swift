import Linux
import StrictJSON
package import SystemPackage

/// What an institution has set for the browsers here: whether pages may reach this computer.
package struct BrowserPolicyCheck: Check {
    private let root: FilePath
    private static let chromium = [
        "etc/chromium/policies/managed", "etc/opt/chrome/policies/managed", "etc/opt/edge/policies/managed",
        "etc/brave/policies/managed",
    ]
    private static let firefox = [
        "etc/firefox/policies/policies.json", "etc/firefox-esr/policies/policies.json",
        "usr/lib/firefox-esr/distribution/policies.json", "usr/lib/firefox/distribution/policies.json",
    ]

    package init(root: FilePath = "/") { self.root = root }

    package func examine() async -> Examination {
        var examination = Examination()
        for folder in Self.chromium.map({ root.pushing(FilePath($0)) }) {
            // A browser that is not installed has no such folder.
            let names = (try? Folder.names(in: folder.string)) ?? []
            for name in names where name.hasSuffix(".json") {
                examination.add(examine(folder.appending(name), Self.chromiumVerdict))
            }
        }
        for file in Self.firefox { examination.add(examine(root.pushing(FilePath(file)), Self.firefoxVerdict)) }
        return examination
    }

    private func examine(
        _ path: FilePath, _ verdict: (JSONValue) -> (Finding.Kind, policy: String)?
    ) -> Examination {
        guard let text = TextFile.text(path) else { return Examination() }
        let policy: JSONValue
        do {
            policy = try JSONValue(parsing: Array(text.utf8))
        } catch {
            return .found(.browserPolicyUnreadable, "\(path)")
        }
        guard let (kind, name) = verdict(policy) else { return Examination() }
        return .found(kind, "\(name) in \(path)")
    }

    private static func chromiumVerdict(_ policy: JSONValue) -> (Finding.Kind, policy: String)? {
        for name in ["LoopbackNetworkBlockedForUrls", "LocalNetworkAccessBlockedForUrls"]
        where isList(policy.object?[name]) {
            return (.browserPolicyBlocks, name)
        }
        for name in ["LoopbackNetworkAllowedForUrls", "LocalNetworkAccessAllowedForUrls"]
        where isList(policy.object?[name]) {
            return (.browserPolicyAllows, name)
        }
        let optOut = "LocalNetworkAccessRestrictionsTemporaryOptOut"
        return policy.object?[optOut]?.bool == true ? (.browserPolicyAllows, optOut) : nil
    }

    private static func firefoxVerdict(_ file: JSONValue) -> (Finding.Kind, policy: String)? {
        let name = "LocalNetworkAccess"
        guard let policy = file.object?["policies"]?.object?[name] else { return nil }
        if policy.object?["Enabled"]?.bool == false || isList(policy.object?["SkipDomains"]) {
            return (.browserPolicyAllows, name)
        }
        return policy.object?["EnablePrompting"]?.bool == false ? (.browserPolicyBlocks, name) : nil
    }

    private static func isList(_ value: JSONValue?) -> Bool {
        !(value?.array ?? []).isEmpty
    }
}
