/// The broker's patience.
package struct BrokerRules: Sendable {
    /// How long a guest may take to obey its power button.
    package var powerButtonPatience: Duration = .seconds(20)
    /// How long a machine goes on when no page of it is open.
    package var pageGrace: Duration = .seconds(300)
    /// How old a verified configuration may be at a start.
    package var freshness: Duration = .seconds(600)
    /// How long after one try to end a machine the next one comes.
    package var endingPause: Duration = .seconds(10)
    /// Events held for a page that does not read.
    package var eventsHeld = 1024

    package init() {}
}
