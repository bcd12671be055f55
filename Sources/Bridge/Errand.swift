/// Something that the server has a task for until it is done.
enum Errand: Sendable {
    case serve(Visit)
    /// Work that goes on after its page has gone.
    case finish(@Sendable () async -> Void)
}

/// A WebSocket that wants to be served.
struct Visit: Sendable {
    let socket: WebSocket
    let route: Route
}
