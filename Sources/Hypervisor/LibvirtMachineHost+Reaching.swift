import Libvirt
import Linux
import Logging
package import Sessions
import SystemPackage

extension LibvirtMachineHost {
    /// How long a network process that had to be started again may take to answer.
    private static let networkPatience = Duration.seconds(3)

    package func openDisplay(of machine: MachineIdentifier) async throws(MachineHostError) -> ConnectedSocket {
        let descriptor = try await withConnection { connection throws(LibvirtError) in
            try connection.domain(uuid: machine.description).openGraphics(0)
        }
        let socket = ConnectedSocket(owning: descriptor)
        do throws(Errno) {
            try Descriptor.setCloseOnExec(descriptor)
            try Descriptor.setNonBlocking(descriptor)
        } catch {
            throw .failed("the display's socket: \(error)")
        }
        return socket
    }

    package func openPort(
        _ port: UInt16, of machine: MachineIdentifier
    ) async throws(MachineHostError) -> ConnectedSocket {
        let folder = MachineFolder(of: machine, in: settings.runtimeFolder)
        if let socket = try await connect(to: folder.port(port)) { return socket }
        // Either the machine is gone, or its network process died, or it is only just starting.
        let metadata = try await metadata(of: machine)
        guard metadata.ports.contains(port) else { throw .portNotAnswering }
        try await revive(folder, for: metadata)
        let deadline = ContinuousClock.now + Self.networkPatience
        while ContinuousClock.now < deadline {
            if let socket = try await connect(to: folder.port(port)) { return socket }
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                throw .failed("cancelled")
            }
        }
        throw .portNotAnswering
    }

    /// Nil where nobody listens.
    private func connect(to path: FilePath) async throws(MachineHostError) -> ConnectedSocket? {
        do throws(Errno) {
            let descriptor = try await threads.run { () throws(Errno) in
                try UnixStream.connect(to: path, timeout: .seconds(2))
            }
            return ConnectedSocket(owning: descriptor)
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .connectionRefused: return nil
            case .resourceTemporarilyUnavailable: throw .portNotAnswering
            default: throw .failed("\(path): \(error)")
            }
        }
    }

    func metadata(of machine: MachineIdentifier) async throws(MachineHostError) -> DomainMetadata {
        let text = try await withConnection { connection throws(LibvirtError) in
            try connection.domain(uuid: machine.description).metadata(namespace: DomainMetadata.namespace)
        }
        guard let metadata = DomainMetadata(text) else { throw .failed("the domain's metadata are not ours: \(text)") }
        return metadata
    }

    /// Starts the machine's network where it does not run, and says whether it did.
    @discardableResult func revive(
        _ folder: MachineFolder, for machine: DomainMetadata
    ) async throws(MachineHostError) -> Bool {
        let network = GuestNetworkProcess(folder: folder, settings: settings)
        do throws(Errno) {
            return try await threads.run { () throws(Errno) in try network.ensure(for: machine) }
        } catch {
            throw .failed("the machine's network: \(error)")
        }
    }
}
