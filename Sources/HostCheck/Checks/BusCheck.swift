package import SystemPackage

/// Which services the message buses have, or would start.
package struct BusCheck: Check {
    package enum Bus: String, Sendable, Hashable {
        case session
        case system
    }

    private let names: @Sendable (Bus) async -> Set<String>?

    package init(names: @escaping @Sendable (Bus) async -> Set<String>? = { await BusCheck.names(on: $0) }) {
        self.names = names
    }

    package func examine() async -> Examination {
        var findings: [Finding] = []
        if let session = await names(.session) {
            if !session.contains("org.freedesktop.Notifications") { findings.append(Finding(.notificationsMissing)) }
        } else {
            findings.append(Finding(.sessionBusMissing))
        }
        // A computer without a system bus has none of its services.
        let system = await names(.system) ?? []
        if !system.contains("org.freedesktop.PolicyKit1") { findings.append(Finding(.polkitMissing)) }
        if !system.contains("org.freedesktop.UPower") { findings.append(Finding(.powerServiceMissing)) }
        return Examination(findings)
    }

    /// `nil` where the bus does not answer.
    package static func names(
        on bus: Bus, asking program: FilePath = "/usr/bin/dbus-send"
    ) async -> Set<String>? {
        var names: Set<String> = []
        for method in ["ListNames", "ListActivatableNames"] {
            let arguments = [
                "--\(bus)", "--print-reply=literal", "--reply-timeout=3000", "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus", "org.freedesktop.DBus.\(method)",
            ]
            guard case .done(let text) = await ProgramRun.of(program, arguments) else { return nil }
            names.formUnion(text.split { $0.isWhitespace }.map { String($0) })
        }
        return names
    }
}
