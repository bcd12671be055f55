/// What `lodger setup` can do, each by one verb of its root helper.
package enum Remedy: String, Sendable, Hashable, CaseIterable {
    case installPackages = "install-packages"
    case joinKVMGroup = "join-kvm-group"

    /// What `installPackages` installs where it is missing: all that machines need of Debian.
    ///
    /// The helper has the same list; root takes no list from anybody.
    package static let packages = [
        "bubblewrap", "libvirt-daemon", "libvirt-daemon-driver-qemu", "ovmf", "qemu-system-x86", "qemu-utils",
    ]
}
