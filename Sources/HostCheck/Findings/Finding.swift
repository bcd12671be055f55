/// Something about this computer that its owner should know.
package struct Finding: Sendable, Hashable {
    package let kind: Kind
    /// What the sentence goes on with: a version, a path, what a program said.
    package let detail: String?
    /// What mends it, as typed into a terminal; `nil` where no command does.
    package let command: String?

    init(_ kind: Kind, _ detail: String? = nil, command: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.command = command ?? kind.remedy.map { _ in "lodger setup" }
    }

    package enum Severity: String, Sendable, Hashable, CaseIterable {
        /// No machine can start.
        case error
        /// Machines start, but not all of them, or more slowly, or not for long.
        case warning
        /// Good to know.
        case note
    }

    /// The words; one that was ever given out keeps its meaning.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case settingsWrong = "settings-wrong"
        case libvirtMissing = "libvirt-missing"
        case libvirtClosed = "libvirt-closed"
        case emulatorMissing = "emulator-missing"
        case emulatorBroken = "emulator-broken"
        case emulatorOld = "emulator-old"
        case imageToolMissing = "image-tool-missing"
        case networkProgramMissing = "network-program-missing"
        case bubblewrapMissing = "bubblewrap-missing"
        case namespacesRefused = "namespaces-refused"
        case firmwareMissing = "firmware-missing"
        case acceleratorUnavailable = "accelerator-unavailable"
        case kvmAbsent = "kvm-absent"
        case kvmSwitchedOff = "kvm-switched-off"
        case kvmNotHandedOn = "kvm-not-handed-on"
        case kvmModuleMissing = "kvm-module-missing"
        case kvmPermission = "kvm-permission"
        case kvmLoginNeeded = "kvm-login-needed"
        case kvmDeviceClosed = "kvm-device-closed"
        case kvmFails = "kvm-fails"
        case kvmFailsNested = "kvm-fails-nested"
        case kvmSlow = "kvm-slow"
        case memoryShort = "memory-short"
        case memoryLimited = "memory-limited"
        case diskFull = "disk-full"
        case diskShort = "disk-short"
        case runtimeFolderUnusable = "runtime-folder-unusable"
        case folderReadOnly = "folder-read-only"
        case folderNotWritable = "folder-not-writable"
        case folderOnNetwork = "folder-on-network"
        case folderInMemory = "folder-in-memory"
        case folderWithoutPrograms = "folder-without-programs"
        case desktopMissing = "desktop-missing"
        case consentWindowMissing = "consent-window-missing"
        case sessionBusMissing = "session-bus-missing"
        case notificationsMissing = "notifications-missing"
        case polkitMissing = "polkit-missing"
        case powerServiceMissing = "power-service-missing"
        case browserPolicyBlocks = "browser-policy-blocks"
        case browserPolicyAllows = "browser-policy-allows"
        case browserPolicyUnreadable = "browser-policy-unreadable"
        case portTaken = "port-taken"
        case daemonStopped = "daemon-stopped"
    }
}

extension Finding {
    /// What is wrong, as a sentence.
    package var cause: String {
        guard let detail else { return "\(kind.cause)." }
        return "\(kind.cause): \(detail)\(detail.hasSuffix(".") ? "" : ".")"
    }
}

extension Finding: Encodable {
    private enum Member: String, CodingKey {
        case id, severity, cause, fix, command
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(kind.rawValue, forKey: .id)
        try members.encode(kind.severity.rawValue, forKey: .severity)
        try members.encode(cause, forKey: .cause)
        try members.encode(kind.fix, forKey: .fix)
        try members.encode(command, forKey: .command)
    }
}
