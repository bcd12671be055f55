import FoundationEssentials
import Linux
import Logging
import OwnerDoor
import Sessions
import Synchronization
import SystemPackage
import Testing

/// The door as it is, over a real socket.
struct OwnerDoorTests {
    @Test func aRequestIsAnswered() async throws {
        try await Door.open { request in
            request == .status ? .status((try? Sample.status) ?? Self.nothing) : .problem(Self.unknown)
        } body: { path in
            let status = try await OwnerClient.send(.status, to: path)
            #expect(status == .status(try Sample.status))
            await #expect(throws: OwnerClient.Failure.refused(Self.unknown)) {
                try await OwnerClient.send(.grants, to: path)
            }
        }
    }

    @Test func theSocketIsTheUsersAlone() async throws {
        try await Door.open { _ in
            .done
        } body: { path in
            let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func withoutADaemonTheCommandKnows() async throws {
        let path = try Door.newFolder().appending("owner.sock")
        await #expect(throws: OwnerClient.Failure.noDaemon) { try await OwnerClient.send(.status, to: path) }
        // A socket that its daemon left behind when it was killed.
        let left = try Door.newFolder(made: true)
        defer { Door.remove(left) }
        let dead = left.appending("owner.sock")
        try Door.leaveSocket(at: dead)
        await #expect(throws: OwnerClient.Failure.noDaemon) { try await OwnerClient.send(.status, to: dead) }
        // It is in the way of nobody.
        _ = try OwnerServer(at: dead, logger: Door.logger) { _ in .done }
    }

    @Test func severalRequestsGoOverOneConnection() async throws {
        try await Door.open { _ in
            .done
        } body: { path in
            let reply = try await Door.say("{\"request\":\"status\"}\n{\"request\":\"grants\"}\n", to: path, lines: 2)
            #expect(reply == "{\"reply\":\"done\"}\n{\"reply\":\"done\"}\n")
        }
    }

    @Test func nonsenseIsAnsweredAndDoesNotEndTheConnection() async throws {
        try await Door.open { _ in
            .done
        } body: { path in
            let reply = try await Door.say("\u{0}\u{1}\n{\"request\":\"grants\"}\n", to: path, lines: 2)
            #expect(reply.contains("request-malformed"))
            #expect(reply.hasSuffix("{\"reply\":\"done\"}\n"))
        }
    }

    @Test func anEndlessLineEndsTheConnection() async throws {
        try await Door.open { _ in
            .done
        } body: { path in
            let reply = try await Door.say(String(repeating: "x", count: 100_000), to: path, lines: 2)
            #expect(reply.contains("request-malformed"))
            #expect(reply.split(separator: "\n").count == 1)
        }
    }

    @Test func aSilentClientIsDroppedAndHoldsUpNobody() async throws {
        var patience = OwnerServer.Patience()
        patience.reading = .milliseconds(300)
        try await Door.open(patience) { _ in
            .done
        } body: { path in
            let silent = try LocalConnection(to: path, timeout: .seconds(1))
            let reply = try await OwnerClient.send(.status, to: path)
            #expect(reply == .done)
            #expect(await silent.wait(.reading, within: .seconds(30)) == .ready)
            #expect(try silent.read(upTo: 1) == [])
        }
    }

    @Test func aClientThatDoesNotReadHoldsUpNobody() async throws {
        var patience = OwnerServer.Patience()
        patience.writing = .milliseconds(300)
        let long = OwnerReply.problem(OwnerProblem(.failed, String(repeating: "x", count: 4 << 20)))
        try await Door.open(patience) {
            $0 == .images ? long : .done
        } body: { path in
            let deaf = try LocalConnection(to: path, timeout: .seconds(1))
            _ = try deaf.write(Array("{\"request\":\"images\"}\n".utf8)[...])
            let reply = try await OwnerClient.send(.status, to: path)
            #expect(reply == .done)
            // What the socket held may still be read; then it ends, short of the whole.
            let count = try await Door.readAll(from: deaf, after: .milliseconds(600))
            #expect(count < 4 << 20)
        }
    }

    @Test func oneTooManyHearsThatTheDaemonIsBusy() async throws {
        var patience = OwnerServer.Patience()
        patience.connections = 2
        try await Door.open(patience) { _ in
            .done
        } body: { path in
            let first = try LocalConnection(to: path, timeout: .seconds(1))
            let second = try LocalConnection(to: path, timeout: .seconds(1))
            // Both are inside as soon as the third, which came after them, is answered.
            await #expect {
                try await OwnerClient.send(.status, to: path)
            } throws: { error in
                guard case OwnerClient.Failure.refused(let problem) = error else { return false }
                return problem.code == .busy
            }
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test func aSlowAnswerHoldsUpNobodyElse() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        try await Door.open { request in
            if request == .stopAll { for await _ in gate.stream { break } }
            return .done
        } body: { path in
            async let slow = OwnerClient.send(.stopAll, to: path)
            let reply = try await OwnerClient.send(.status, to: path)
            #expect(reply == .done)
            gate.continuation.yield()
            let late = try await slow
            #expect(late == .done)
        }
    }

    @Test func aPathThatIsTooLongIsAnErrorAndNotCut() throws {
        let path = FilePath("/tmp/" + String(repeating: "x", count: 120))
        #expect(throws: Errno.fileNameTooLong) {
            try OwnerServer(at: path, logger: Door.logger) { _ in .done }
        }
    }

    private static let unknown = OwnerProblem(.failed, "no")
    private static let nothing = DaemonStatus(version: "", process: 0, port: 0, sessions: [], requests: 0, setAside: [])
}
