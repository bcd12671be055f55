import FoundationEssentials
import Linux

/// Messages over a connection: a line of JSON each.
struct LineStream {
    private let connection: LocalConnection
    /// The longest line that is taken, in bytes.
    private let limit: Int
    private var buffer: [UInt8] = []

    init(_ connection: LocalConnection, limit: Int) {
        self.connection = connection
        self.limit = limit
    }

    enum Failure: Error, Sendable, Hashable {
        case tooLong
        case timedOut
        case cancelled
        case broken(String)
    }

    /// The next line without its end; `nil` when the other side has closed.
    mutating func read(within patience: Duration) async throws(Failure) -> [UInt8]? {
        let deadline = ContinuousClock.now + patience
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            guard buffer.count <= limit else { throw .tooLong }
            guard let bytes = try receive() else {
                try await wait(.reading, until: deadline)
                continue
            }
            if bytes.isEmpty { return nil }
            buffer += bytes
        }
    }

    func write(_ message: some Encodable, within patience: Duration) async throws(Failure) {
        let deadline = ContinuousClock.now + patience
        var rest = try encode(message)[...]
        while !rest.isEmpty {
            let taken = try send(rest)
            rest = rest.dropFirst(taken)
            if taken == 0 { try await wait(.writing, until: deadline) }
        }
    }

    private func wait(_ direction: Readiness.Direction, until deadline: ContinuousClock.Instant) async throws(Failure) {
        let left = deadline - .now
        guard left > .zero else { throw .timedOut }
        switch await connection.wait(direction, within: left) {
        case .ready: break
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }

    private func receive() throws(Failure) -> [UInt8]? {
        do {
            return try connection.read(upTo: 16 << 10)
        } catch {
            throw .broken("\(error)")
        }
    }

    private func send(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        do {
            return try connection.write(bytes)
        } catch {
            throw .broken("\(error)")
        }
    }

    private func encode(_ message: some Encodable) throws(Failure) -> [UInt8] {
        do {
            return [UInt8](try OwnerWire.encoder.encode(message)) + [UInt8(ascii: "\n")]
        } catch {
            throw .broken("\(error)")
        }
    }
}
