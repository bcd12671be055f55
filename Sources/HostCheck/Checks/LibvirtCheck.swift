/// Whether the user's own libvirt opens, and knows firmware for UEFI.
package struct LibvirtCheck: Check {
    /// What came of opening it.
    package enum Session: Sendable, Hashable {
        case open(firmware: Bool)
        case withoutDriver
        case closed(String)
    }

    private let isInstalled: Bool
    private let session: @Sendable () async -> Session

    package init(isInstalled: Bool, session: @escaping @Sendable () async -> Session) {
        self.isInstalled = isInstalled
        self.session = session
    }

    package func examine() async -> Examination {
        guard isInstalled else { return .found(.libvirtMissing) }
        return switch await session() {
        case .open(firmware: true): .fact("libvirt", "opens")
        case .open(firmware: false): .found(.firmwareMissing)
        case .withoutDriver: .found(.libvirtMissing)
        case .closed(let reason): .found(.libvirtClosed, reason)
        }
    }
}
