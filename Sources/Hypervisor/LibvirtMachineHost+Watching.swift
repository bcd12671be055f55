import Linux
import Logging
import Sessions
import SystemPackage

extension LibvirtMachineHost {
    private static let interval = Duration.seconds(2)

    /// Starts the networks of running machines again where they have died, until it is cancelled.
    package func watch() async {
        while !Task.isCancelled {
            for machine in table.running { await reviveNetwork(of: machine) }
            do {
                try await Task.sleep(for: Self.interval)
            } catch {
                return
            }
        }
    }

    private func reviveNetwork(of machine: MachineIdentifier) async {
        let folder = MachineFolder(of: machine, in: settings.runtimeFolder)
        let network = GuestNetworkProcess(folder: folder, settings: settings)
        do {
            guard try await threads.run({ () throws(Errno) in try network.hasDied() }) else { return }
            guard try await revive(folder, for: try await metadata(of: machine)) else { return }
            logger.warning("network started again", metadata: ["machine": "\(machine)"])
        } catch MachineHostError.unknownMachine {
            // It has ended meanwhile, and its network with it.
        } catch {
            logger.error("network not started again", metadata: ["machine": "\(machine)", "reason": "\(error)"])
        }
    }
}
