import Cage
import Linux
import SystemPackage

/// Runs a program where it can reach what it needs and nothing else; libvirt takes it for QEMU.
func run() throws -> Never {
    let words = Array(CommandLine.arguments.dropFirst())
    let environment = ProcessImage.environment()
    switch words.first {
    case Bubblewrap.inside:
        try enter(CageOrder(Array(words.dropFirst())), environment)
    case Cage.run:
        try build(CageOrder(Array(words.dropFirst())), environment)
    default:
        try build(MachineOrder(arguments: words, environment: environment).order(), environment)
    }
}

/// Outside: builds the outer wall.
func build(_ order: CageOrder, _ environment: [String: String]) throws -> Never {
    var order = order
    order.policy.reads += ProcessImage.foreignLibraryFolders()
    let bubblewrap = Bubblewrap(order: order, builder: try ProcessImage.path())
    let passed = environment.filter { ["LANG", "LC_ALL", "LD_LIBRARY_PATH"].contains($0.key) }
    let reason = ProcessImage.replace(
        with: Bubblewrap.executable, arguments: bubblewrap.arguments,
        environment: passed.merging(["HOME": "/", "PATH": "/usr/bin"]) { $1 })
    throw reason == .noSuchFileOrDirectory
        ? CageFault("there is no \(Bubblewrap.executable): install bubblewrap")
        : CageFault("\(Bubblewrap.executable) does not start: \(reason)")
}

/// Inside: builds the inner wall and becomes the program.
func enter(_ order: CageOrder, _ environment: [String: String]) throws -> Never {
    try InnerWall(policy: order.policy).enclose()
    let program = order.policy.program
    let reason = ProcessImage.replace(with: program, arguments: order.arguments, environment: environment)
    throw CageFault("\(program) does not start: \(reason)")
}

do {
    try run()
} catch {
    let text = "lodger-cage: \(error)\n"
    // Where even this cannot be written there is nobody to tell.
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    ThisProcess.exit(126)
}
