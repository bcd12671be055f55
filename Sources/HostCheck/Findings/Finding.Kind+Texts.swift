extension Finding.Kind {
    /// What is wrong, without the full stop: a detail may follow.
    package var cause: String { texts.cause }

    /// The one thing to do.
    package var fix: String { texts.fix }

    package var severity: Finding.Severity {
        switch self {
        case .settingsWrong, .libvirtMissing, .libvirtClosed, .emulatorMissing, .emulatorBroken, .emulatorOld,
            .imageToolMissing, .networkProgramMissing, .bubblewrapMissing, .namespacesRefused,
            .acceleratorUnavailable, .memoryShort, .diskFull, .runtimeFolderUnusable, .folderReadOnly,
            .folderNotWritable, .desktopMissing, .consentWindowMissing, .portTaken:
            .error
        case .firmwareMissing, .kvmAbsent, .kvmSwitchedOff, .kvmNotHandedOn, .kvmModuleMissing, .kvmPermission,
            .kvmLoginNeeded, .kvmDeviceClosed, .kvmFails, .kvmFailsNested, .kvmSlow, .memoryLimited, .diskShort,
            .folderOnNetwork, .folderInMemory, .browserPolicyBlocks:
            .warning
        case .folderWithoutPrograms, .sessionBusMissing, .notificationsMissing, .polkitMissing, .powerServiceMissing,
            .browserPolicyAllows, .browserPolicyUnreadable, .daemonStopped:
            .note
        }
    }

    /// What `lodger setup` does about it.
    package var remedy: Remedy? {
        switch self {
        case .libvirtMissing, .emulatorMissing, .imageToolMissing, .bubblewrapMissing, .firmwareMissing:
            .installPackages
        case .kvmPermission: .joinKVMGroup
        default: nil
        }
    }

    private static let setup = "Let `lodger setup` install it."
    private static let reinstall = "Install the package lodger again."

    private var texts: (cause: String, fix: String) {
        switch self {
        case .settingsWrong: ("The settings cannot be used", "Correct the named line.")
        case .libvirtMissing: ("libvirt, or its part for QEMU, is not installed", Self.setup)
        case .libvirtClosed:
            ("Your own libvirt does not open", "Look at what it says in `journalctl --user -t libvirtd -e`.")
        case .emulatorMissing: ("QEMU is not installed", Self.setup)
        case .emulatorBroken: ("QEMU is installed and does not run", "Install the package qemu-system-x86 again.")
        case .emulatorOld: ("QEMU is older than 7.2", "Upgrade to Debian 12 or later.")
        case .imageToolMissing: ("qemu-img, which makes disks, is not installed", Self.setup)
        case .networkProgramMissing: ("The program lodger-net is missing", Self.reinstall)
        case .bubblewrapMissing: ("bubblewrap, which confines QEMU, is not installed", Self.setup)
        case .namespacesRefused:
            ("This user may not make the namespaces that confine QEMU", "Allow user namespaces.")
        case .firmwareMissing: ("There is no firmware for machines with UEFI", Self.setup)
        case .acceleratorUnavailable:
            (
                "The settings ask for KVM and nothing else, and it does not work",
                "Set accelerator to auto in lodger.toml, or mend KVM."
            )
        case .kvmAbsent, .kvmSwitchedOff, .kvmNotHandedOn, .kvmModuleMissing, .kvmPermission, .kvmLoginNeeded,
            .kvmDeviceClosed, .kvmFails, .kvmFailsNested, .kvmSlow:
            hardwareTexts
        case .memoryShort: ("There is too little memory for a machine", "Close other programs.")
        case .memoryLimited:
            ("This login may use much less memory than the computer has", "Raise memory.max of its control group.")
        case .diskFull:
            ("There is no room for a machine's disk", "Free some space; `lodger images` lists what is kept.")
        case .diskShort: ("There is little room for images", "Free some space; `lodger images` lists what is kept.")
        case .runtimeFolderUnusable, .folderReadOnly, .folderNotWritable, .folderOnNetwork, .folderInMemory,
            .folderWithoutPrograms:
            folderTexts
        case .desktopMissing, .consentWindowMissing, .sessionBusMissing, .notificationsMissing, .polkitMissing,
            .powerServiceMissing:
            desktopTexts
        case .browserPolicyBlocks:
            ("A policy keeps pages from reaching this computer", "Ask whoever administers the browser.")
        case .browserPolicyAllows:
            ("A policy lets pages reach this computer without a question", "Nothing need be done.")
        case .browserPolicyUnreadable: ("A browser's policy is no JSON", "Correct the file.")
        case .portTaken: ("Another program listens where pages look for lodger", "End that program.")
        case .daemonStopped: ("The daemon does not run", "Start it.")
        }
    }

    private var hardwareTexts: (cause: String, fix: String) {
        switch self {
        case .kvmAbsent:
            ("The processor has no virtualisation, so machines are emulated", "Use a computer that has it.")
        case .kvmSwitchedOff:
            (
                "The firmware of this computer keeps virtualisation switched off",
                "Switch on “Intel VT-x” or “AMD SVM” in the firmware's set-up."
            )
        case .kvmNotHandedOn:
            (
                "This computer is a virtual machine, and gets no virtualisation from its host",
                "Switch on nested virtualisation at the host."
            )
        case .kvmModuleMissing: ("The kernel's part for KVM is not loaded", "Load it.")
        case .kvmPermission: ("You are not in the group kvm", "Let `lodger setup` add you.")
        case .kvmLoginNeeded: ("You are in the group kvm from the next login on", "Log out and in again.")
        case .kvmDeviceClosed:
            ("/dev/kvm is not open to the group kvm", "Give /dev/kvm to the group kvm, with mode 0660.")
        case .kvmFailsNested:
            (
                "This computer is a virtual machine, and KVM boots nothing in it",
                "Upgrade or repair virtualisation at the host."
            )
        case .kvmSlow: ("KVM is slower here than emulation", "Use a computer whose own processor is at hand.")
        default: ("KVM is there and boots no machine", "End other programs that use virtualisation.")
        }
    }

    private var folderTexts: (cause: String, fix: String) {
        switch self {
        case .runtimeFolderUnusable:
            ("There is no folder for sockets that is yours alone", "Log in as yourself rather than by su or sudo.")
        case .folderReadOnly: ("A folder that lodger writes to is mounted read-only", "Mount it for writing.")
        case .folderOnNetwork:
            ("Disks of machines lie on a network drive", "Set XDG_STATE_HOME to a folder on a disk of this computer.")
        case .folderInMemory:
            ("Disks of machines lie in memory, and go at the next start", "Set XDG_STATE_HOME to a folder on a disk.")
        case .folderWithoutPrograms:
            (
                "No program may be run from a folder (noexec)",
                "Nothing need be done, unless you build lodger there yourself."
            )
        default: ("A folder that lodger writes to cannot be written", "Make the folder yours.")
        }
    }

    private var desktopTexts: (cause: String, fix: String) {
        switch self {
        case .desktopMissing:
            (
                "Here is no desktop to show the question on, so every page is refused",
                "Run it in a desktop session, or set consent to command-line in lodger.toml."
            )
        case .consentWindowMissing: ("There is no program that shows the question", Self.reinstall)
        case .sessionBusMissing: ("The desktop's message bus does not answer", "Log in to a desktop.")
        case .notificationsMissing:
            ("The desktop shows no notifications", "Nothing need be done; `lodger status` shows what runs.")
        case .polkitMissing:
            (
                "Nothing on this computer asks for an administrator's password in a window",
                "Let `lodger setup` use sudo."
            )
        default: ("Nothing tells whether the computer runs on battery", "Install upower if there is a battery.")
        }
    }
}
