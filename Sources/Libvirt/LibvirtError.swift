import CLibvirt

/// Why a call of libvirt failed.
///
/// libvirt keeps its last error for each thread, so it is read right after the failed call.
package struct LibvirtError: Error, Hashable, Sendable, CustomStringConvertible {
    package let function: String
    package let reason: Reason
    package let message: String

    package enum Reason: Hashable, Sendable {
        /// There is no such domain.
        case noDomain
        /// What is asked for does not fit the domain's state, such as resuming one that runs.
        case invalidState
        /// The connection, or the daemon at its other end, is gone.
        case connectionLost
        /// No driver answers for the address: the part of libvirt for QEMU is not installed.
        case noDriver
        /// Anything else, by libvirt's own number.
        case other(Int32)
    }

    init(afterFailureOf function: String) {
        self.function = function
        guard let error = virGetLastError() else {
            reason = .other(0)
            message = "libvirt gave no reason"
            return
        }
        reason = Reason(error.pointee)
        message = error.pointee.message.map { String(cString: $0) } ?? "libvirt gave no reason"
    }

    package var description: String { "\(function): \(message)" }
}

extension LibvirtError.Reason {
    fileprivate init(_ error: virError) {
        switch virErrorNumber(UInt32(error.code)) {
        case VIR_ERR_NO_DOMAIN: self = .noDomain
        case VIR_ERR_OPERATION_INVALID: self = .invalidState
        case VIR_ERR_NO_CONNECT: self = .noDriver
        case VIR_ERR_INVALID_CONN, VIR_ERR_RPC: self = .connectionLost
        case _ where error.domain == Int32(VIR_FROM_RPC.rawValue): self = .connectionLost
        default: self = .other(error.code)
        }
    }
}
