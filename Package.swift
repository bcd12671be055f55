// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Everything but the thin wrappers over one C library each: unsafe code has a known home.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "lodger",
    products: [
        .executable(name: "lodger", targets: ["Agent"]),
        .executable(name: "lodger-consent", targets: ["ConsentDialog"]),
        .executable(name: "lodger-net", targets: ["GuestNetwork"]),
        .executable(name: "lodger-cage", targets: ["Confinement"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // C libraries, as Debian ships them.
        .systemLibrary(name: "CLibwebsockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt", providers: [.apt(["libvirt-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSlirp", pkgConfig: "slirp", providers: [.apt(["libslirp-dev"])]),
        .systemLibrary(name: "CAdwaita", pkgConfig: "libadwaita-1", providers: [.apt(["libadwaita-1-dev"])]),
        .systemLibrary(name: "CPublicSuffix", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "CTOML"),

        // Thin Swift over one C library each: the only homes of unsafe code.
        .target(name: "LWS", dependencies: ["CLibwebsockets"], swiftSettings: strict),
        .target(name: "OpenSSL", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "Libvirt", dependencies: ["CLibvirt"], swiftSettings: strict),
        .target(name: "Curl", dependencies: ["CCurl", "Linux"], swiftSettings: strict),
        .target(name: "Slirp", dependencies: ["CSlirp", system], swiftSettings: strict),
        .target(name: "PublicSuffix", dependencies: ["CPublicSuffix"], swiftSettings: strict),
        .target(name: "Linux", dependencies: ["CLinux", system], swiftSettings: strict),
        .target(name: "TOML", dependencies: ["CTOML", "StrictJSON"], swiftSettings: strict),

        // The core: values, one actor, small ports.
        .target(name: "Addresses", swiftSettings: safe),
        .target(name: "Storage", dependencies: ["Linux", system], swiftSettings: safe),
        .target(name: "StrictJSON", swiftSettings: safe),
        .target(name: "Traffic", dependencies: ["Storage", system], swiftSettings: safe),
        .target(name: "MachineConfig", dependencies: ["Addresses", "StrictJSON"], swiftSettings: safe),
        .target(
            name: "Trust", dependencies: ["Addresses", "MachineConfig", "StrictJSON", "Storage", "OpenSSL", system],
            swiftSettings: safe),
        .target(
            name: "Sessions", dependencies: ["Addresses", "MachineConfig", "Storage", "Trust", logging, system],
            swiftSettings: safe),

        // What programs that read hostile bytes may reach.
        .target(name: "Cage", dependencies: [system], swiftSettings: safe),
        .target(name: "Tools", dependencies: ["Cage", subprocess, system], swiftSettings: safe),

        // Adapters: each knows one piece of the world.
        .target(name: "Wire", dependencies: ["Addresses", "StrictJSON"], swiftSettings: safe),
        .target(
            name: "Bridge",
            dependencies: [
                "Addresses", "MachineConfig", "Trust", "Sessions", "Storage", "Wire", "LWS", "Linux", logging, system,
            ],
            resources: [.embedInCode("Pages/bridge.html"), .embedInCode("Pages/bridge.js")],
            swiftSettings: safe),
        .target(
            name: "Hypervisor",
            dependencies: [
                "Addresses", "MachineConfig", "Trust", "Sessions", "Storage", "Libvirt", "Cage", "Linux", logging,
                subprocess, system,
            ],
            exclude: ["HardwareProbe/boot.s"],
            swiftSettings: safe),
        .target(name: "Fetch", dependencies: ["Addresses", "Curl", "Linux"], swiftSettings: safe),
        .target(
            name: "Sites",
            dependencies: [
                "Addresses", "MachineConfig", "Trust", "Sessions", "Fetch", "Storage", "Linux", logging, system,
            ],
            swiftSettings: safe),
        .target(
            name: "Images",
            dependencies: [
                "Addresses", "MachineConfig", "Trust", "Sessions", "Fetch", "OpenSSL", "Storage", "Linux", logging,
                subprocess, system,
            ],
            swiftSettings: safe),
        .target(name: "ConsentWire", swiftSettings: safe),
        .target(
            name: "Consent",
            dependencies: [
                "Addresses", "MachineConfig", "Trust", "Sessions", "ConsentWire", "PublicSuffix", "Storage", "Linux",
                logging, subprocess, system,
            ],
            swiftSettings: safe),
        .target(
            name: "Journal", dependencies: ["Sessions", "Storage", "Linux", logging, system], swiftSettings: safe),

        .target(
            name: "HostCheck", dependencies: ["Linux", "StrictJSON", subprocess, system], swiftSettings: safe),
        .target(
            name: "OwnerDoor",
            dependencies: ["Addresses", "MachineConfig", "Trust", "Sessions", "Linux", logging, system],
            swiftSettings: safe),

        // The executables.
        .executableTarget(
            name: "ConsentDialog", dependencies: ["ConsentWire", "CAdwaita"], swiftSettings: strict),
        .executableTarget(
            name: "Confinement", dependencies: ["Cage", "Linux", "StrictJSON", system], swiftSettings: safe),
        .executableTarget(
            name: "GuestNetwork",
            dependencies: ["Addresses", "Traffic", "Storage", "Slirp", "Linux", argumentParser, system],
            swiftSettings: safe),
        .executableTarget(
            name: "Agent",
            dependencies: [
                "Addresses", "MachineConfig", "Trust", "Sessions", "Storage", "Wire", "Bridge", "Hypervisor", "Sites",
                "Fetch", "HostCheck", "Images", "Consent", "ConsentWire", "Journal", "OwnerDoor", "Traffic", "Cage",
                "Linux", "OpenSSL", "TOML", "StrictJSON", "PublicSuffix", logging, argumentParser, system,
            ],
            swiftSettings: safe),
    ],
    cxxLanguageStandard: .cxx17
)

// What several test targets share.
package.targets.append(
    .target(
        name: "TestSupport",
        dependencies: ["Addresses", "MachineConfig", "OpenSSL", "Trust", "Sessions", "Storage", logging, system],
        path: "Tests/TestSupport",
        swiftSettings: strict))
package.targets.append(
    .target(
        name: "HTTPSFixture", dependencies: ["Addresses", "Fetch", subprocess, system], path: "Tests/HTTPSFixture",
        exclude: ["server.py"], swiftSettings: strict))

/// Test targets, one for each target that has something to prove.
let tested: [String: [Target.Dependency]] = [
    "Addresses": [],
    "OpenSSL": [],
    "Storage": ["Linux"],
    "Traffic": ["Storage"],
    "MachineConfig": ["Addresses", "StrictJSON"],
    "StrictJSON": [],
    "Trust": ["Addresses", "MachineConfig", "OpenSSL", "Storage", "StrictJSON", subprocess],
    "Sessions": ["Addresses", "MachineConfig", "Trust", "Storage", "TestSupport", logging],
    "Wire": ["Addresses", "StrictJSON"],
    "Bridge": [
        "Addresses", "MachineConfig", "Trust", "Sessions", "StrictJSON", "Wire", "LWS", "Linux", "Storage",
        "TestSupport", logging, subprocess,
    ],
    "Cage": ["Linux", "Tools", subprocess],
    "Confinement": ["Cage", "StrictJSON"],
    "Hypervisor": [
        "Addresses", "MachineConfig", "Trust", "Sessions", "Storage", "Libvirt", "Cage", "Linux", logging, subprocess,
    ],
    "GuestNetwork": ["Addresses", "Slirp", "Linux", "Storage", "Traffic"],
    "Fetch": ["Addresses", "Curl", "HTTPSFixture"],
    "Sites": ["Addresses", "Fetch", "OpenSSL", "Sessions", "Storage", "Trust", "HTTPSFixture", logging],
    "Images": [
        "Addresses", "MachineConfig", "Sessions", "Fetch", "OpenSSL", "Storage", "Linux", "HTTPSFixture", logging,
        subprocess,
    ],
    "Consent": [
        "Addresses", "MachineConfig", "Trust", "Sessions", "ConsentWire", "PublicSuffix", "Linux", logging, subprocess,
    ],
    "Journal": ["Sessions", "Storage", "Linux", logging],
    "HostCheck": ["Linux", "StrictJSON", subprocess],
    "OwnerDoor": ["Addresses", "StrictJSON", "MachineConfig", "Trust", "Sessions", "Linux", logging],
    "Agent": [
        "Addresses", "MachineConfig", "Trust", "Sessions", "Storage", "Wire", "Consent", "Hypervisor", "OwnerDoor",
        "Sites", "TOML", "Linux", logging, subprocess,
    ],
]
for name in tested.keys.sorted() {
    package.targets.append(
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.target(name: name), system] + (tested[name] ?? []),
            swiftSettings: strict))
}

// The door alone, for `make bench` and `make load`.
if Context.environment["LODGER_BENCH"] != nil {
    package.targets.append(
        .executableTarget(
            name: "RelayBench",
            dependencies: [
                "Addresses", "Bridge", "Linux", "MachineConfig", "Sessions", "Storage", "TestSupport", "Trust", logging,
                system,
            ],
            path: "bench/relay", swiftSettings: strict))
}

// The readers of what comes from outside, for `make fuzz`: one program, instrumented from end to end.
if Context.environment["LODGER_FUZZ"] != nil {
    package.products = []
    package.targets.append(.systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"))
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Addresses", "Agent", "Bridge", "CLibFuzzer", "Consent", "ConsentWire", "GuestNetwork", "Hypervisor",
                "Images", "Linux", "MachineConfig", "OpenSSL", "OwnerDoor", "Slirp", "StrictJSON", "Trust", "Wire",
                system,
            ],
            path: "Tests/Fuzz/Harness", swiftSettings: strict))
    package.targets = package.targets.map { target in
        var flags = ["-enable-testing"]
        flags.append("-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table")
        var target = target
        if ["Agent", "GuestNetwork"].contains(target.name) {
            // A program's code can be linked into another only where it is a library, its entry under another name.
            flags += ["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "\(target.name)_main"]
            target = .target(name: target.name, dependencies: target.dependencies, swiftSettings: safe)
        }
        if target.type == .regular || target.type == .executable {
            target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(flags)]
            target.cxxSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link"])]
        }
        return target
    }
}
