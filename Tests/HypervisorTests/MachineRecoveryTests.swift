import FoundationEssentials
import Glibc
import Hypervisor
import MachineConfig
import Sessions
import SystemPackage
import Testing

extension RealMachines {
    /// What happens to machines when something under or beside them dies.
    @Suite(.timeLimit(.minutes(4))) struct MachineRecoveryTests {
        @Test func aMachineOutlivesItsDaemonAndIsFoundAgainWithItsPorts() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                do {
                    let daemon = fixture.secondHost()
                    _ = try await daemon.start(machine)
                    try await GuestHTTP(host: daemon, machine: machine.identifier).ready()
                }
                // While nobody watches, its network dies, too.
                kill(try fixture.process("lodger-net", of: machine.identifier), SIGKILL)
                let daemon = fixture.secondHost()
                #expect(try await daemon.adopt()[machine.identifier] == .running)
                // The last connections to the killed process may still be reset.
                try await GuestHTTP(host: daemon, machine: machine.identifier).ready()
                let viewer = try RFBViewer(try await daemon.openDisplay(of: machine.identifier))
                #expect((viewer.width, viewer.height) == (1280, 800))
                try await daemon.pressPowerButton(machine.identifier)
                for await event in daemon.events where event.machine == machine.identifier {
                    #expect(event.kind == .poweredOff)
                    break
                }
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func whatAMachineLeftWhileNobodyWatchedIsRemovedAtAdoption() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                let folder = fixture.settings.runtimeFolder.appending("\(machine.identifier)")
                try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
                let helper = GuestNetworkHelper(settings: fixture.settings, folder: folder)
                try helper.start(port: 80)
                try await expect("the helper runs") {
                    try fixture.processes(of: machine.identifier).count == 1
                        && FileManager.default.fileExists(atPath: folder.appending("port-80.sock").string)
                }
                #expect(try await fixture.host.adopt()[machine.identifier] == nil)
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func aPortWorksAgainAfterItsNetworkWasKilled() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                let http = GuestHTTP(host: fixture.host, machine: machine.identifier)
                try await http.ready()
                let killed = try fixture.process("lodger-net", of: machine.identifier)
                kill(killed, SIGKILL)
                let begin = ContinuousClock.now
                // The last connections to the old process may still be reset.
                try await http.ready()
                print("port again after kill -9 of the network: \(ContinuousClock.now - begin)")
                #expect(try fixture.process("lodger-net", of: machine.identifier) != killed)
            }
        }

        @Test func aNetworkThatDiesIsStartedAgainAsItWasThoughNobodyAsksForIt() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(hosts: [GuestHost(name: "data.example", ports: [443, 22])])
                _ = try await fixture.host.start(machine)
                let http = GuestHTTP(host: fixture.host, machine: machine.identifier)
                try await http.ready()
                let killed = try fixture.process("lodger-net", of: machine.identifier)
                let command = try fixture.commandLine(of: killed)
                #expect(command.contains("data.example:443+22"))
                let watching = Task { await fixture.host.watch() }
                defer { watching.cancel() }
                kill(killed, SIGKILL)
                try await expect("another process") {
                    try fixture.processes(of: machine.identifier).contains {
                        $0.key != killed && $0.value.contains("lodger-net") && kill($0.key, 0) == 0
                    }
                }
                let started = try fixture.process("lodger-net", of: machine.identifier)
                #expect(try fixture.commandLine(of: started) == command)
                try await http.ready()
            }
        }

        /// The guest's answer then stays with its network, since nobody takes it.
        @Test func aPageThatLeavesBeforeTheGuestAnswersCostsNoProcessor() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                let http = GuestHTTP(host: fixture.host, machine: machine.identifier)
                try await http.ready()
                try await fixture.host.pause(machine.identifier)
                for _ in 0..<4 {
                    let stream = GuestStream(try await fixture.host.openPort(80, of: machine.identifier))
                    try stream.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
                    stream.close()
                }
                try await fixture.host.resume(machine.identifier)
                #expect(try await http.status().ready)
                let network = try fixture.process("lodger-net", of: machine.identifier)
                let start = try fixture.processorTime(of: network)
                try await Task.sleep(for: .seconds(2))
                let used = try fixture.processorTime(of: network) - start
                #expect(used < .milliseconds(500))
            }
        }

        @Test func aPortThatTheMachineDoesNotNameIsNotAnswering() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(ports: [80])
                _ = try await fixture.host.start(machine)
                await #expect(throws: MachineHostError.portNotAnswering) { try await fixture.openPort(22, of: machine) }
                try await fixture.host.powerOff(machine.identifier)
                await #expect(throws: MachineHostError.unknownMachine) { try await fixture.openPort(80, of: machine) }
            }
        }

        @Test func machinesSurviveTheDeathOfLibvirtAndTheirNewsGoOn() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                let http = GuestHTTP(host: fixture.host, machine: machine.identifier)
                try await http.ready()
                try await fixture.killLibvirt()
                #expect(try await http.status().ready)
                try await fixture.host.pressPowerButton(machine.identifier)
                let news = await fixture.next(of: machine.identifier)
                #expect(news == .poweredOff)
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func aMachineThatDiesWithLibvirtIsMissedWhenLibvirtIsBack() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(ports: [])
                _ = try await fixture.host.start(machine)
                let qemu = try fixture.process("qemu-system-x86_64", of: machine.identifier)
                kill(try fixture.libvirtProcess(), SIGSTOP)
                kill(qemu, SIGKILL)
                try await fixture.killLibvirt()
                // Which of the two tells depends on whether the new daemon still finds the dead machine's files.
                guard case .crashed = await fixture.next(of: machine.identifier) else {
                    Issue.record("no crash was told")
                    return
                }
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func twoMachinesHaveNetworksOfTheirOwn() async throws {
            try await MachineFixture.run { fixture in
                let machines = [try fixture.kernelMachine(), try fixture.kernelMachine()]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for machine in machines {
                        group.addTask { _ = try await fixture.host.start(machine) }
                    }
                    try await group.waitForAll()
                }
                for machine in machines {
                    try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                }
                try await fixture.host.powerOff(machines[0].identifier)
                try await fixture.expectNothingLeft(of: machines[0].identifier)
                #expect(try await GuestHTTP(host: fixture.host, machine: machines[1].identifier).status().ready)
            }
        }
    }
}

extension MachineFixture {
    func openPort(_ port: UInt16, of machine: MachineSpecification) async throws {
        _ = GuestStream(try await host.openPort(port, of: machine.identifier))
    }

    func commandLine(of process: Int32) throws -> [Substring] {
        try String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8).split(separator: "\0")
    }

    /// What a process has used of processors so far.
    func processorTime(of process: Int32) throws -> Duration {
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let words = text[(try #require(text.lastIndex(of: ")")))...].split(separator: " ")
        let ticks = try #require(Int(words[12])) + (try #require(Int(words[13])))
        return .milliseconds(ticks * 1000 / sysconf(CInt(_SC_CLK_TCK)))
    }

    /// The user's libvirt daemon.
    func libvirtProcess() throws -> Int32 {
        let file = try #require(TestHost.runtimeFolder).appending("libvirt/libvirtd.pid").string
        let text = try String(contentsOfFile: file, encoding: .utf8).prefix { $0.isNumber }
        return try #require(Int32(text))
    }

    func killLibvirt() async throws {
        let process = try libvirtProcess()
        kill(process, SIGKILL)
        try await expect("libvirt dies") { kill(process, 0) != 0 || isZombie(process) }
    }

    private func isZombie(_ process: Int32) -> Bool {
        // One that is gone by now is no zombie, and dead.
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return text.contains(") Z ")
    }
}
