import FoundationEssentials
import SystemPackage
import Testing

/// The daemon started in systemd's manner: sockets are handed over, readiness is told.
struct SupervisedTests {
    @Test func handedSocketsAreUsedAndReadinessIsTold() async throws {
        try await Home.with { home in
            let status = try await home.daemon(under: home.supervisor("127.0.0.1:0,[::1]:0")) { daemon in
                let port = try await home.port(of: daemon)
                #expect(try await daemon.port == port)
                for host in ["127.0.0.1", "[::1]"] {
                    let info = try await home.call(["/usr/bin/curl", "-s", "http://\(host):\(port)/info"])
                    #expect(info.output.contains("\"lodger\""), "\(host)")
                }
                #expect(try await home.told().contains("READY=1"))
            }
            #expect(status == 0)
            #expect(try await home.told().hasSuffix("STOPPING=1\n"))
        }
    }

    @Test func aSocketForTheWholeNetworkIsRefused() async throws {
        try await Home.with { home in
            let result = try await home.call(
                home.supervisor("0.0.0.0:0") + [Home.executable.string, "run"])
            #expect(result.status == 1)
            #expect(result.errors.contains("not a listening socket of our loopback addresses"), "\(result.errors)")
        }
    }

    @Test func socketsForAnotherProcessAreLeftAlone() async throws {
        try await Home.with { home in
            // Were they taken, descriptor 3 would not be a socket and the start would fail.
            let status = try await home.daemon(with: ["LISTEN_PID": "1", "LISTEN_FDS": "1"]) { _ in }
            #expect(status == 0)
        }
    }
}

extension Home {
    fileprivate func supervisor(_ addresses: String) -> [String] {
        let script = Self.script("supervisor.py")
        return ["/usr/bin/python3", script.string, folder.string, addresses]
    }

    fileprivate func told() async throws -> String { try await call(["/bin/cat", path("daemon.out")]).output }

    fileprivate func port(of daemon: RunningLodger) async throws -> UInt16 {
        let line = try #require(try await told().split(separator: "\n").first)
        return try #require(UInt16(line.dropFirst("port ".count)))
    }
}
