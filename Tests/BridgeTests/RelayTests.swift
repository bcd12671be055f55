import Addresses
import Glibc
import Sessions
import Synchronization
import Testing

@testable import Bridge

/// How a test's reader behaves.
enum Pace: CaseIterable {
    case quick
    /// Stops now and then, so that every buffer on the way fills.
    case hesitant
}

struct RelayTests {
    private static let mebibyte = 1 << 20

    @Test(arguments: [Pace.quick, .hesitant])
    func everyByteOfTheMachineReachesThePage(pace: Pace) async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream(shrunk: pace == .hesitant)
            let total = (pace == .quick ? 64 : 8) * Self.mebibyte
            let writing = Task {
                var pattern = Pattern()
                while pattern.position < total {
                    let count = min(Int.random(in: 1...200_000), total - pattern.position)
                    guard await machine.write(pattern.next(count)) else { return false }
                }
                return true
            }
            var pattern = Pattern()
            var isSame = true
            while pattern.position < total, isSame, let frame = await page.readFrame() {
                if frame.opcode != 2 { continue }
                isSame = pattern.matches(frame.payload)
                if pace == .hesitant, Int.random(in: 0..<40) == 0 { try await Task.sleep(for: .milliseconds(3)) }
            }
            #expect(isSame)
            #expect(pattern.position == total)
            #expect(await writing.value)
        }
    }

    @Test(arguments: [Pace.quick, .hesitant])
    func everyByteOfThePageReachesTheMachine(pace: Pace) async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream("/port")
            let total = (pace == .quick ? 64 : 8) * Self.mebibyte
            let writing = Task {
                var pattern = Pattern()
                while pattern.position < total {
                    let count = min(Int.random(in: 0...200_000), total - pattern.position)
                    let frame = PlainFrame.binary(pattern.next(count))
                    guard await page.wire.write(frame) else { return false }
                }
                return true
            }
            var pattern = Pattern()
            var isSame = true
            while pattern.position < total, isSame, let bytes = await machine.read(upTo: .random(in: 1...100_000)) {
                isSame = !bytes.isEmpty && pattern.matches(bytes)
                if pace == .hesitant, Int.random(in: 0..<40) == 0 { try await Task.sleep(for: .milliseconds(3)) }
            }
            #expect(isSame)
            #expect(pattern.position == total)
            #expect(await writing.value)
        }
    }

    @Test func bytesGoBothWaysAtTheSameTime() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream("/port")
            // An echo: what comes out is what went in, or something was lost or turned round.
            let total = 4 * Self.mebibyte
            let echo = Task {
                while let bytes = await machine.read(), !bytes.isEmpty { await machine.write(bytes) }
            }
            let writing = Task {
                var pattern = Pattern()
                while pattern.position < total {
                    await page.send(0x82, pattern.next(min(50_000, total - pattern.position)))
                }
            }
            var pattern = Pattern()
            while pattern.position < total, let frame = await page.readFrame() {
                if frame.opcode == 2, !pattern.matches(frame.payload) { break }
            }
            #expect(pattern.position == total)
            await writing.value
            page.wire.close()
            await echo.value
        }
    }

    @Test(arguments: ["/display", "/port"], [false, true])
    func theClosingTailIsDelivered(route: String, pageReadsLate: Bool) async throws {
        try await OpenDoor.with { door in
            for size in [1, 1000, 70_000, 300_000, 3_000_000] {
                let (page, machine) = try await door.stream(route, shrunk: pageReadsLate)
                let writing = Task {
                    var pattern = Pattern()
                    while pattern.position < size {
                        await machine.write(pattern.next(min(100_000, size - pattern.position)))
                    }
                    machine.close()
                }
                if pageReadsLate { try await Task.sleep(for: .milliseconds(50)) }
                var pattern = Pattern()
                var close: WebSocketClient.Frame?
                while close == nil, let frame = await page.readFrame() {
                    if frame.opcode == 8 {
                        close = frame
                    } else if frame.opcode == 2, !pattern.matches(frame.payload) {
                        break
                    }
                }
                #expect(pattern.position == size)
                #expect(close?.closeCode == 1000)
                await page.send(0x88, close?.payload ?? [])
                #expect(await page.readsEnd())
                await writing.value
            }
        }
    }

    @Test func whatThePageSentBeforeItClosedReachesTheMachine() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream("/port")
            let size = 3 * Self.mebibyte
            let writing = Task {
                var pattern = Pattern()
                while pattern.position < size {
                    await page.send(0x82, pattern.next(min(60_000, size - pattern.position)))
                }
                await page.send(0x88, [0x03, 0xE8])
            }
            try await Task.sleep(for: .milliseconds(50))
            var pattern = Pattern()
            while let bytes = await machine.read(upTo: 30_000), !bytes.isEmpty {
                if !pattern.matches(bytes) { break }
            }
            #expect(pattern.position == size)
            await writing.value
            let close = await page.readClose()
            #expect(close?.closeCode == 1000)
        }
    }

    @Test func thePageMayEndItsHalfAndStillBeAnswered() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream("/port")
            await page.send(0x82, Array("question".utf8))
            await page.send(text: #"{"event":"end"}"#)
            let question = await machine.readToEnd()
            #expect(question == Array("question".utf8))
            await machine.write("answer")
            machine.close()
            let answer = await page.readFrame()
            #expect(answer == WebSocketClient.Frame(first: 0x82, payload: Array("answer".utf8)))
            let close = await page.readClose()
            #expect(close?.closeCode == 1000)
        }
    }

    @Test func aLateEndOfThePageComesAfterItsLastByte() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream("/port")
            let size = 2 * Self.mebibyte
            var pattern = Pattern()
            let frames = PlainFrame.binary(pattern.next(Self.mebibyte)) + PlainFrame.binary(pattern.next(Self.mebibyte))
            let writing = Task {
                await page.wire.write(frames)
                await page.send(text: #"{"event":"end"}"#)
            }
            try await Task.sleep(for: .milliseconds(30))
            let all = await machine.readToEnd()
            var expected = Pattern()
            #expect(all?.count == size)
            let isSame = expected.matches(all ?? [0])
            #expect(isSame)
            await writing.value
        }
    }

    @Test func aDisplayHasNoHalf() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream("/display")
            await page.send(text: #"{"event":"end"}"#)
            let close = await page.readClose()
            #expect(close?.closeCode == 1002)
            #expect(await machine.readToEnd() == [])
        }
    }

    @Test func theMachineSeesThatAViewerIsGone() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream()
            page.wire.close()
            #expect(await machine.readToEnd() == [])
        }
    }

    @Test func aPageThatDoesNotReadStopsTheMachine() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream(shrunk: true)
            let written = Mutex(0)
            let writing = Task {
                var pattern = Pattern()
                while pattern.position < 256 * Self.mebibyte, await machine.write(pattern.next(500_000)) {
                    written.withLock { $0 = pattern.position }
                }
            }
            try await Task.sleep(for: .milliseconds(500))
            // What the kernel's own buffers hold; we keep nothing but one read.
            #expect(written.withLock { $0 } < 16 * Self.mebibyte)
            page.wire.close()
            await writing.value
        }
    }
}

/// Frames with a mask of zeros, which take no time to make.
enum PlainFrame {
    static func binary(_ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        FrameHeader.append(.binary, payload: payload.count, to: &bytes)
        bytes[1] |= 0x80
        return bytes + [0, 0, 0, 0] + payload
    }
}
