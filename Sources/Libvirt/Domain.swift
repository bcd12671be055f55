import CLibvirt
import Glibc

/// Which domain something is about.
package struct DomainIdentity: Hashable, Sendable {
    package let name: String
    /// In lower case.
    package let uuid: String

    init?(_ pointer: virDomainPtr) {
        var text = [CChar](repeating: 0, count: Int(VIR_UUID_STRING_BUFLEN))
        guard let name = virDomainGetName(pointer), virDomainGetUUIDString(pointer, &text) == 0 else { return nil }
        self.name = String(cString: name)
        uuid = text.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}

/// A domain, as libvirt calls a machine.
///
/// Its calls block and may be made from any thread.
package final class Domain: @unchecked Sendable {
    private let pointer: virDomainPtr

    init(owning pointer: virDomainPtr) { self.pointer = pointer }

    deinit { virDomainFree(pointer) }

    package enum State: Hashable, Sendable {
        case running
        case paused
        /// On its way out, or gone.
        case ending
    }

    package var identity: DomainIdentity? { DomainIdentity(pointer) }

    package func state() throws(LibvirtError) -> State {
        var state: CInt = 0
        try check("virDomainGetState", virDomainGetState(pointer, &state, nil, 0))
        return switch virDomainState(UInt32(state)) {
        case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED: .running
        case VIR_DOMAIN_PAUSED, VIR_DOMAIN_PMSUSPENDED: .paused
        default: .ending
        }
    }

    package func suspend() throws(LibvirtError) { try check("virDomainSuspend", virDomainSuspend(pointer)) }

    package func resume() throws(LibvirtError) { try check("virDomainResume", virDomainResume(pointer)) }

    /// Presses the power button that ACPI gives the guest.
    package func pressPowerButton() throws(LibvirtError) {
        try check(
            "virDomainShutdownFlags", virDomainShutdownFlags(pointer, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN.rawValue))
    }

    /// Ends it at once.
    package func destroy() throws(LibvirtError) { try check("virDomainDestroy", virDomainDestroy(pointer)) }

    package func xml() throws(LibvirtError) -> String {
        guard let text = virDomainGetXMLDesc(pointer, 0) else {
            throw LibvirtError(afterFailureOf: "virDomainGetXMLDesc")
        }
        defer { free(text) }
        return String(cString: text)
    }

    /// The element that was put into the domain's metadata under this namespace.
    package func metadata(namespace: String) throws(LibvirtError) -> String {
        guard let text = virDomainGetMetadata(pointer, CInt(VIR_DOMAIN_METADATA_ELEMENT.rawValue), namespace, 0) else {
            throw LibvirtError(afterFailureOf: "virDomainGetMetadata")
        }
        defer { free(text) }
        return String(cString: text)
    }

    /// A connected socket to the domain's graphics of that place in its definition, already past any password.
    ///
    /// The caller owns the descriptor. Each call is a viewer of its own.
    package func openGraphics(_ index: UInt32) throws(LibvirtError) -> CInt {
        let descriptor = virDomainOpenGraphicsFD(pointer, index, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH.rawValue)
        guard descriptor >= 0 else { throw LibvirtError(afterFailureOf: "virDomainOpenGraphicsFD") }
        return descriptor
    }

    /// Sends a QMP command in JSON to QEMU and returns its answer.
    package func monitor(_ command: String) throws(LibvirtError) -> String {
        var answer: UnsafeMutablePointer<CChar>?
        try check("virDomainQemuMonitorCommand", virDomainQemuMonitorCommand(pointer, command, &answer, 0))
        defer { free(answer) }
        return answer.map { String(cString: $0) } ?? ""
    }

    private func check(_ function: String, _ result: CInt) throws(LibvirtError) {
        if result < 0 { throw LibvirtError(afterFailureOf: function) }
    }
}
