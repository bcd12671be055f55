import CLibvirt
import Glibc

/// A connection to a libvirt daemon.
///
/// Its calls block and may be made from any thread, several at once. What it tells comes on libvirt's event thread.
package final class Connection: @unchecked Sendable {
    let pointer: virConnectPtr
    private var lifecycle: CInt?

    /// Opens a connection, and starts the user's own daemon where the address means that.
    ///
    /// `onClose` is called once if the connection is lost; not when this object goes away.
    package init(
        to address: String, onLifecycle: @escaping @Sendable (DomainIdentity, LifecycleEvent) -> Void,
        onClose: @escaping @Sendable () -> Void
    ) throws(LibvirtError) {
        try EventLoop.start()
        guard let pointer = virConnectOpen(address) else { throw LibvirtError(afterFailureOf: "virConnectOpen") }
        self.pointer = pointer
        let handlers = Unmanaged.passRetained(LifecycleHandler(onLifecycle))
        let number = virConnectDomainEventRegisterAny(
            pointer, nil, CInt(VIR_DOMAIN_EVENT_ID_LIFECYCLE.rawValue),
            unsafeBitCast(receiveLifecycle, to: virConnectDomainEventGenericCallback.self), handlers.toOpaque(),
            releaseHandler)
        guard number >= 0 else {
            let error = LibvirtError(afterFailureOf: "virConnectDomainEventRegisterAny")
            handlers.release()
            throw error
        }
        lifecycle = number
        let closing = Unmanaged.passRetained(CloseHandler(onClose))
        guard virConnectRegisterCloseCallback(pointer, receiveClose, closing.toOpaque(), releaseHandler) == 0 else {
            let error = LibvirtError(afterFailureOf: "virConnectRegisterCloseCallback")
            closing.release()
            throw error
        }
    }

    /// Each registration holds a reference of its own, so a connection closes only after they are gone.
    deinit {
        virConnectUnregisterCloseCallback(pointer, receiveClose)
        if let lifecycle { virConnectDomainEventDeregisterAny(pointer, lifecycle) }
        virConnectClose(pointer)
    }

    /// Notices a peer that is there but does not answer: after `count` silent intervals the connection is lost.
    ///
    /// In seconds. A driver inside this process has no peer, and says so by an error that changes nothing.
    package func keepAlive(interval: Int32, count: UInt32) throws(LibvirtError) {
        if virConnectSetKeepAlive(pointer, interval, count) < 0 {
            throw LibvirtError(afterFailureOf: "virConnectSetKeepAlive")
        }
    }

    package var isAlive: Bool { virConnectIsAlive(pointer) == 1 }

    /// Starts a domain that exists only as long as it runs.
    package func create(xml: String) throws(LibvirtError) -> Domain {
        guard let domain = virDomainCreateXML(pointer, xml, 0) else {
            throw LibvirtError(afterFailureOf: "virDomainCreateXML")
        }
        return Domain(owning: domain)
    }

    package func domain(uuid: String) throws(LibvirtError) -> Domain {
        guard let domain = virDomainLookupByUUIDString(pointer, uuid) else {
            throw LibvirtError(afterFailureOf: "virDomainLookupByUUIDString")
        }
        return Domain(owning: domain)
    }

    /// Every domain that runs or is paused.
    package func activeDomains() throws(LibvirtError) -> [Domain] {
        var list: UnsafeMutablePointer<virDomainPtr?>?
        let count = virConnectListAllDomains(pointer, &list, VIR_CONNECT_LIST_DOMAINS_ACTIVE.rawValue)
        guard count >= 0, let list else { throw LibvirtError(afterFailureOf: "virConnectListAllDomains") }
        defer { free(list) }
        return (0..<Int(count)).compactMap { list[$0].map(Domain.init(owning:)) }
    }

    /// What the host's QEMU can do, as libvirt's XML.
    package func domainCapabilities(
        emulator: String?, machine: String?, virtualisation: String
    ) throws(LibvirtError) -> String {
        guard
            let text = virConnectGetDomainCapabilities(pointer, emulator, nil, machine, virtualisation, 0)
        else { throw LibvirtError(afterFailureOf: "virConnectGetDomainCapabilities") }
        defer { free(text) }
        return String(cString: text)
    }
}

private final class LifecycleHandler {
    let call: @Sendable (DomainIdentity, LifecycleEvent) -> Void
    init(_ call: @escaping @Sendable (DomainIdentity, LifecycleEvent) -> Void) { self.call = call }
}

private final class CloseHandler {
    let call: @Sendable () -> Void
    init(_ call: @escaping @Sendable () -> Void) { self.call = call }
}

private let receiveLifecycle:
    @convention(c) (virConnectPtr?, virDomainPtr?, CInt, CInt, UnsafeMutableRawPointer?) -> CInt = {
        _, domain, event, detail, opaque in
        guard let domain, let opaque, let identity = DomainIdentity(domain) else { return 0 }
        let handler = Unmanaged<LifecycleHandler>.fromOpaque(opaque).takeUnretainedValue()
        handler.call(identity, LifecycleEvent(event: event, detail: detail))
        return 0
    }

private let receiveClose: @convention(c) (virConnectPtr?, CInt, UnsafeMutableRawPointer?) -> Void = {
    _, _, opaque in
    guard let opaque else { return }
    Unmanaged<CloseHandler>.fromOpaque(opaque).takeUnretainedValue().call()
}

private let releaseHandler: @convention(c) (UnsafeMutableRawPointer?) -> Void = { opaque in
    guard let opaque else { return }
    Unmanaged<AnyObject>.fromOpaque(opaque).release()
}
