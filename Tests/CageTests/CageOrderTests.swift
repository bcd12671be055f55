import SystemPackage
import Testing

@testable import Cage

/// What the builder is told: anything that is not plainly an order is none.
struct CageOrderTests {
    @Test func anOrderIsReadAsItWasWritten() throws {
        var policy = CagePolicy(program: "/usr/bin/qemu-img")
        policy.reads = ["/a b", "/c"]
        policy.writes = ["/d"]
        policy.devices = ["/dev/kvm"]
        policy.network = .computer
        policy.ownProcesses = false
        policy.outlivesStarter = true
        policy.limits = CageLimits(memory: 1, fileSize: 2, processorTime: 3)
        let order = CageOrder(policy: policy, arguments: ["--", "info", "--read"])
        #expect(try CageOrder(order.words) == order)
        let least = CageOrder(policy: CagePolicy(program: "/usr/bin/true"))
        #expect(try CageOrder(least.words) == least)
    }

    @Test(arguments: [
        [], ["--"], ["--program", "/a"], ["--program", "--"], ["--read", "/a", "--"], ["--program", "/a", "b", "--"],
        ["--program", "/a", "--read", "--"], ["--program", "/a", "--memory", "-1", "--"],
        ["--program", "/a", "--memory", "much", "--"], ["--program", "/a", "--network", "some", "--"],
    ])
    func whatIsNoOrderIsRefused(words: [String]) {
        #expect(throws: CageFault.self) { try CageOrder(words) }
    }

    @Test(arguments: ["a", "./a", "/a/../b", "/a/./b", "/a//b", "/a/", "/", ""])
    func onlyPlainAbsolutePathsAreTaken(path: String) {
        #expect(throws: CageFault.self) { try CageOrder(["--program", "/a", "--write", path, "--"]) }
    }
}
