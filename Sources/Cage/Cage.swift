package import SystemPackage

/// Where the builder of cages lies, and how it is called.
///
/// The builder is `lodger-cage`. It makes namespaces by bubblewrap, runs itself once more inside to close what is left with
/// Landlock, and then becomes the program.
package struct Cage: Hashable, Sendable {
    /// What libvirt passes on to a machine's emulator: the words of its `CageOrder`, as an array in JSON.
    package static let variable = "LODGER_CAGE"
    /// The first argument of one that is told on its command line what to do.
    package static let run = "--run"

    package let builder: FilePath

    package init(builder: FilePath) { self.builder = builder }

    /// The builder's arguments to run a program in a cage.
    package func arguments(_ policy: CagePolicy, _ arguments: [String]) -> [String] {
        [Self.run] + CageOrder(policy: policy, arguments: arguments).words
    }
}
