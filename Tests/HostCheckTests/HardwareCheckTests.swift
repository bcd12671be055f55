import SystemPackage
import Testing

@testable import HostCheck

/// Each reason for which KVM is not used, told apart.
struct HardwareCheckTests {
    private static let capable = ProcessorFacts(
        hasVirtualisation: true, isVirtual: false, kernelShowsIt: true, moduleWasTurnedAway: false, module: "kvm_intel")
    private static let member = HardwareCheck.Access(deviceIsOpenToGroup: true, isMember: true, isMemberNow: true)

    private func findings(
        _ outcome: HardwareCheck.Outcome, _ processor: ProcessorFacts = Self.capable,
        _ access: HardwareCheck.Access = Self.member, isRequired: Bool = false
    ) async -> [Finding] {
        let check = HardwareCheck(processor: processor, access: access, isRequired: isRequired) { outcome }
        return await check.examine().findings
    }

    private func kinds(
        _ outcome: HardwareCheck.Outcome, _ processor: ProcessorFacts = Self.capable,
        _ access: HardwareCheck.Access = Self.member
    ) async -> [Finding.Kind] {
        await findings(outcome, processor, access).map(\.kind)
    }

    @Test func whatBootsIsNoFinding() async { #expect(await kinds(.boots) == []) }

    @Test func anEmulatorThatDoesNotRunIsLeftToItsOwnCheck() async { #expect(await kinds(.untried) == []) }

    @Test func aProcessorWithoutVirtualisationIsFound() async {
        let processor = ProcessorFacts(
            hasVirtualisation: false, isVirtual: false, kernelShowsIt: false, moduleWasTurnedAway: false,
            module: "kvm_intel")
        #expect(await kinds(.noDevice, processor) == [.kvmAbsent])
    }

    @Test func aHostThatHandsNothingOnIsFound() async {
        let processor = ProcessorFacts(
            hasVirtualisation: false, isVirtual: true, kernelShowsIt: false, moduleWasTurnedAway: false,
            module: "kvm_intel")
        #expect(await kinds(.noDevice, processor) == [.kvmNotHandedOn])
    }

    @Test(arguments: [(false, false), (true, true)])
    func aSwitchInTheFirmwareIsFound(kernelShowsIt: Bool, moduleWasTurnedAway: Bool) async {
        let processor = ProcessorFacts(
            hasVirtualisation: true, isVirtual: false, kernelShowsIt: kernelShowsIt,
            moduleWasTurnedAway: moduleWasTurnedAway, module: "kvm_amd")
        #expect(await kinds(.noDevice, processor) == [.kvmSwitchedOff])
    }

    @Test func aModuleThatIsNotLoadedIsFoundWithItsCommand() async {
        let found = await findings(.noDevice)
        #expect(found.map(\.kind) == [.kvmModuleMissing])
        #expect(found.first?.command == "sudo modprobe kvm_intel")
    }

    @Test(
        arguments: [
            (HardwareCheck.Access(deviceIsOpenToGroup: true, isMember: false, isMemberNow: false), .kvmPermission),
            (HardwareCheck.Access(deviceIsOpenToGroup: true, isMember: true, isMemberNow: false), .kvmLoginNeeded),
            (HardwareCheck.Access(deviceIsOpenToGroup: true, isMember: true, isMemberNow: true), .kvmDeviceClosed),
            (HardwareCheck.Access(deviceIsOpenToGroup: false, isMember: false, isMemberNow: false), .kvmDeviceClosed),
        ] as [(HardwareCheck.Access, Finding.Kind)])
    func whoMayNotOpenTheDeviceLearnsWhy(access: HardwareCheck.Access, kind: Finding.Kind) async {
        #expect(await kinds(.forbidden, Self.capable, access) == [kind])
    }

    @Test func aDeviceThatBootsNothingIsFound() async {
        let nested = ProcessorFacts(
            hasVirtualisation: true, isVirtual: true, kernelShowsIt: true, moduleWasTurnedAway: false,
            module: "kvm_intel")
        #expect(await kinds(.fails("abort")) == [.kvmFails])
        #expect(await kinds(.fails("abort"), nested) == [.kvmFailsNested])
        #expect(await kinds(.slow, nested) == [.kvmSlow])
    }

    @Test func withoutKVMNothingStartsWhereTheSettingsWantItAlone() async {
        let found = await findings(.slow, isRequired: true)
        #expect(found.map(\.kind) == [.kvmSlow, .acceleratorUnavailable])
        #expect(found.map(\.kind.severity) == [.warning, .error])
    }

    @Test func theModuleThatWasTurnedAwayIsSeen() async throws {
        try await Stage.with { (stage: Stage) async throws in
            let cpuinfo = try stage.write("vendor_id : AuthenticAMD\nflags : fpu svm\n", to: "cpuinfo")
            try stage.write("", to: "module/kvm/refcnt")
            let facts = ProcessorFacts(cpuinfo: cpuinfo, modules: stage.path("module"))
            #expect(facts.kernelShowsIt && facts.moduleWasTurnedAway && facts.module == "kvm_amd")
            try stage.write("", to: "module/kvm_amd/refcnt")
            #expect(!ProcessorFacts(cpuinfo: cpuinfo, modules: stage.path("module")).moduleWasTurnedAway)
        }
    }
}
