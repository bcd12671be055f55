import Glibc
package import SystemPackage

/// The descriptors that one turn of an event loop waits for.
package struct PollSet: ~Copyable {
    private var entries: [pollfd] = []

    package init() {}

    package mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Adds a descriptor and returns its place, by which `events` answers.
    package mutating func add(_ descriptor: CInt, events: Int16) -> Int {
        entries.append(pollfd(fd: descriptor, events: events, revents: 0))
        return entries.count - 1
    }

    /// Adds a descriptor that is waited for until it can be read, or has failed.
    package mutating func add(_ descriptor: FileDescriptor) -> Int {
        add(descriptor.rawValue, events: Int16(POLLIN | POLLERR | POLLHUP))
    }

    /// Whether anything happened of that which was asked for.
    package func happened(at place: Int) -> Bool { events(at: place) != 0 }

    /// Waits until something happens or the time, in milliseconds, is over.
    ///
    /// A signal or a failure counts as nothing having happened.
    package mutating func wait(_ timeout: CInt) {
        for place in entries.indices { entries[place].revents = 0 }
        _ = poll(&entries, nfds_t(entries.count), timeout)
    }

    /// What happened, of that which was asked for.
    package func events(at place: Int) -> Int16 {
        entries.indices.contains(place) ? entries[place].revents & entries[place].events : 0
    }
}
