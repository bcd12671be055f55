import FoundationEssentials
import Glibc
import Linux
import Subprocess
import SystemPackage
import Testing

/// The daemon as a process: how it starts, what it refuses, how it ends.
struct DaemonTests {
    @Test func itServesItsOwnerAndEndsWhenAsked() async throws {
        try await Home.with { home in
            let status = try await home.daemon { daemon in
                let shown = try await home.lodger("status")
                #expect(shown.status == 0 && shown.output.contains("process \(daemon.process)"), "\(shown.errors)")
                #expect(shown.output.contains("no sessions"))
                let port = try await daemon.port
                #expect(port != 0)
                let info = try await home.call(["/usr/bin/curl", "-s", "http://127.0.0.1:\(port)/info"])
                #expect(info.output.contains("\"lodger\""))
            }
            #expect(status == 0)
            let after = try await home.lodger("status")
            #expect(after.status == 2 && after.errors.hasPrefix("lodger: the daemon does not run"))
            let left = try await home.call(["/bin/ls", home.path("run/lodger")])
            #expect(!left.output.contains("owner.sock"))
        }
    }

    @Test(arguments: [Signal.terminate, .interrupt, .terminalClosed])
    func everyWishToEndIsFollowed(signal: Signal) async throws {
        try await Home.with { home in
            let status = try await home.daemon(endedByBody: true) { try $0.send(signal) }
            #expect(status == 0)
        }
    }

    @Test func itMayHoldACrowdWhateverItsShellAllows() async throws {
        try await Home.with { home in
            _ = try await home.daemon("--port", "0", under: ["/usr/bin/prlimit", "--nofile=1024:"]) { daemon in
                let limits = try String(contentsOfFile: "/proc/\(daemon.process)/limits", encoding: .utf8)
                let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
                let soft = try #require(line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) })
                #expect(soft >= 4096)
            }
        }
    }

    @Test func aSecondOneSaysWhichRuns() async throws {
        try await Home.with { home in
            _ = try await home.daemon { daemon in
                let second = try await home.lodger("run", "--port", "0")
                #expect(second.status == 4)
                #expect(second.errors.contains("process \(daemon.process)"), "\(second.errors)")
                // The first one is none the worse for it.
                #expect(try await home.lodger("status").status == 0)
            }
        }
    }

    @Test func afterAKillTheNextOneStarts() async throws {
        try await Home.with { home in
            let killed = try await home.daemon(endedByBody: true) { try $0.send(.kill) }
            #expect(killed == -9)
            #expect(try await home.lodger("status").status == 2)
            let status = try await home.daemon { _ in
                let answer = try await home.lodger("status")
                #expect(answer.status == 0)
            }
            #expect(status == 0)
        }
    }

    @Test func aTakenPortIsToldWithWhoHasIt() async throws {
        try await Home.with { home in
            _ = try await home.daemon { daemon in
                let port = try await daemon.port
                let other = home.path("other")
                _ = try await home.call(["/bin/mkdir", "-m", "0700", other])
                let second = try await home.lodger("run", "--port", "\(port)", with: ["XDG_RUNTIME_DIR": other])
                #expect(second.status == 3)
                #expect(second.errors.contains("127.0.0.1:\(port) is taken"), "\(second.errors)")
                #expect(second.errors.contains("--port"))
            }
        }
    }

    @Test func aPortOfAnotherProgramIsToldWithItsName() async throws {
        try await Home.with { home in
            let listener = """
                import os, socket, subprocess, sys
                s = socket.socket()
                s.bind(("127.0.0.1", 0))
                s.listen()
                run = subprocess.run([sys.argv[1], "run", "--port", str(s.getsockname()[1])], stderr=subprocess.PIPE)
                print(run.returncode, "process %d" % os.getpid() in run.stderr.decode(), run.stderr.decode())
                """
            let result = try await home.call(["/usr/bin/python3", "-c", listener, try Home.executable.string])
            #expect(result.output.hasPrefix("3 True"), "\(result.output)\(result.errors)")
            #expect(result.output.contains("python3"))
        }
    }

    @Test func rootIsRefused() async throws {
        let command =
            (ThisProcess.isRoot ? [] : ["/usr/bin/unshare", "--user", "--map-root-user"])
            + [try Home.executable.string, "run", "--port", "0"]
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())), output: .discarded,
            error: .string(limit: 4096))
        #expect(Home.number(of: result.terminationStatus) == 77)
        #expect(result.standardError.hasPrefix("lodger: it does not run as root"))
    }

    @Test func itsMemoryAndFilesAreForNobodyElse() async throws {
        try await Home.with { home in
            _ = try await home.daemon { daemon in
                let limits = try await home.call(["/bin/grep", "core file", "/proc/\(daemon.process)/limits"])
                #expect(limits.output.split(separator: " ").filter { $0 == "0" }.count == 2)
                // What belongs to root here can be read by no debugger of the user.
                let owner = try await home.call(["/usr/bin/stat", "-c", "%u", "/proc/\(daemon.process)/environ"])
                // By the number that root has here: in a namespace of an ordinary user it is nobody's.
                let root = try await home.call(["/usr/bin/stat", "-c", "%u", "/usr"])
                #expect(owner.output == root.output && Int(root.output.dropLast()) != Int(getuid()))
                let open = try await home.call(["/usr/bin/find", home.path("run"), home.path("home"), "-perm", "/077"])
                #expect(
                    open.output.split(separator: "\n").allSatisfy {
                        $0.contains("/libvirt") || $0.contains("/.config")
                    },
                    "\(open.output)")
            }
        }
    }

    @Test func wrongSettingsAreNamedAndNothingStarts() async throws {
        try await Home.with { home in
            try await home.write("[limits]\ncpus = \"all\"\n", to: "home/.config/lodger/lodger.toml")
            let wrong = try await home.lodger("run", "--port", "0")
            #expect(wrong.status == 78)
            #expect(wrong.errors.contains("lodger.toml: limits.cpus must be"), "\(wrong.errors)")
            try await home.write("port = 1\n", to: "other.toml")
            _ = try await home.call(["/bin/chmod", "0666", home.path("other.toml")])
            let open = try await home.lodger("run", "--config", home.path("other.toml"))
            #expect(open.status == 78 && open.errors.contains("nobody else may write it"))
            let missing = try await home.lodger("run", "--config", home.path("missing.toml"))
            #expect(missing.status == 78 && missing.errors.contains("is not there"))
            #expect(try await home.lodger("run", "--port", "70000").status == 64)
            #expect(try await home.lodger("run", "--consent", "never").status == 64)
        }
    }

    @Test func theSettingsFileIsReadAndTheCommandLineCountsMore() async throws {
        try await Home.with { home in
            try await home.write("consent = \"command-line\"\nport = 1\n", to: "home/.config/lodger/lodger.toml")
            // Port 1 could not be bound.
            let status = try await home.daemon { _ in }
            #expect(status == 0)
        }
    }

    @Test func blockedSitesAreKeptAcrossStarts() async throws {
        try await Home.with { home in
            _ = try await home.daemon { _ in
                let blocked = try await home.lodger("block", "https://loud.example")
                #expect(blocked.status == 0, "\(blocked.errors)")
            }
            _ = try await home.daemon { _ in
                let grants = try await home.lodger("grants", "--json")
                #expect(grants.output.contains("https://loud.example"))
                #expect(try await home.lodger("unblock", "loud.example").status == 0)
                #expect(try await home.lodger("block", "http://loud.example").status == 64)
                #expect(try await home.lodger("stop", "00000000").status == 1)
                #expect(try await home.lodger("stop", "--all").status == 0)
            }
        }
    }
}
