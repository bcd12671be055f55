import Addresses
import ConsentWire
import MachineConfig
import Trust

extension SignedFileReport {
    /// What the file means, as a table of two columns.
    var rows: [[String]] {
        let machine = verified.configuration
        let use =
            switch verified.freshness {
            case .dynamic: "one request"
            case .numbered(let number): "a web server, number \(number)"
            }
        let hosts = machine.hosts.map { "\($0.name):\($0.ports.map(String.init).joined(separator: "+"))" }
        let network = machine.internet ? "the whole internet" : hosts.isEmpty ? "none" : hosts.joined(separator: " ")
        let background = machine.lifetime.background ? ", also without a page" : ""
        return [
            ["valid for", use], ["site", "\(verified.site)"], ["key", "\(verified.key)"],
            ["expires", Output.time(expires)], ["name", PlainLine(machine.name).description],
            ["processors", "\(machine.cpus)"], ["memory", "\(machine.memory)MiB"],
            ["disk at most", Quantity.text(ofBytes: machine.diskDemand)],
        ] + machine.images.map { ["image", "\($0.url) \(Quantity.text(ofBytes: $0.size))"] } + [
            ["network", network],
            ["ports", machine.ports.isEmpty ? "none" : machine.ports.map(String.init).joined(separator: " ")],
            ["lifetime", "\(machine.lifetime.minutes)min\(background)"],
        ]
    }
}
