/// Who is told what happens to a channel.
@ServiceLoop
package protocol ChannelOwner: AnyObject {
    /// Bytes came in on a socket channel; they may be changed in place and are gone after the call.
    func received(_ bytes: inout MutableSpan<UInt8>, on channel: Channel)
    /// A file channel can be read.
    func readable(_ channel: Channel)
    /// After `wantWritable()`, or when the library has sent what it kept.
    func writable(_ channel: Channel)
    func timerFired(_ channel: Channel)
    /// The last event; the descriptor is still open.
    func closed(_ channel: Channel)
}

extension ChannelOwner {
    package func received(_ bytes: inout MutableSpan<UInt8>, on channel: Channel) {}
    package func readable(_ channel: Channel) {}
    package func writable(_ channel: Channel) {}
    package func timerFired(_ channel: Channel) {}
}
