package import Logging

/// What the log says beside every line that belongs to a page's connection or to a session, whoever writes it.
///
/// Follows the task: what is done for a session in other tasks of it, such as a fetch or a question, carries its name too.
package enum LogContext {
    @TaskLocal package static var connection: ConnectionIdentifier?
    @TaskLocal package static var session: SessionIdentifier?

    /// For `LoggingSystem.bootstrap`.
    package static let provider = Logger.MetadataProvider {
        var metadata: Logger.Metadata = [:]
        if let connection { metadata["connection"] = "\(connection)" }
        if let session { metadata["session"] = "\(session)" }
        return metadata
    }

    /// Does something for a session.
    static func with<Value: Sendable, Failure: Error>(
        session: SessionIdentifier, _ body: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await $session.withValue(session) {
            do throws(Failure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Does something for a page's connection.
    package static func with<Value: Sendable>(
        connection: ConnectionIdentifier, _ body: @Sendable () async -> Value
    ) async -> Value {
        await $connection.withValue(connection) { await body() }
    }
}
