import StrictJSON

/// Reads the members of one JSON object and names the field of every fault.
struct ObjectReader {
    private let members: [String: JSONValue]
    /// The path to the object, such as `disks[0]`; empty for the document.
    private let path: String

    /// Refuses a value that is no object, and members that nobody expects.
    init(
        _ value: JSONValue, at path: String, taking names: Set<String>, or isExpected: (String) -> Bool = { _ in false }
    ) throws(ConfigurationFault) {
        guard let members = value.object else {
            throw ConfigurationFault(field: path.isEmpty ? "document" : path, reason: "must be an object")
        }
        self.members = members
        self.path = path
        if let unknown = members.keys.filter({ !names.contains($0) && !isExpected($0) }).min() {
            throw fault(unknown, "is not a member that is known here")
        }
    }

    func fault(_ name: String, _ reason: String) -> ConfigurationFault {
        ConfigurationFault(field: at(DisplayText.quoted(name)), reason: reason)
    }

    private func at(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func refuse(_ names: [String], because reason: String) throws(ConfigurationFault) {
        for name in names where members[name] != nil { throw fault(name, reason) }
    }

    func text(_ name: String) throws(ConfigurationFault) -> String {
        guard let text = try optionalText(name) else { throw fault(name, "is missing") }
        return text
    }

    func optionalText(_ name: String) throws(ConfigurationFault) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.string else { throw fault(name, "must be a text") }
        return text
    }

    func integer(
        _ name: String, in range: ClosedRange<Int64>, or fallback: Int64? = nil
    ) throws(ConfigurationFault) -> Int64 {
        guard let value = members[name] else {
            guard let fallback else { throw fault(name, "is missing") }
            return fallback
        }
        guard let integer = value.integer, range.contains(integer) else {
            throw fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func bool(_ name: String, or fallback: Bool) throws(ConfigurationFault) -> Bool {
        guard let value = members[name] else { return fallback }
        guard let bool = value.bool else { throw fault(name, "must be true or false") }
        return bool
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, or fallback: Choice?
    ) throws(ConfigurationFault) -> Choice where Choice.RawValue == String {
        guard let text = try optionalText(name) else {
            guard let fallback else { throw fault(name, "is missing") }
            return fallback
        }
        guard let choice = Choice(rawValue: text) else {
            throw fault(name, "must be \(Choice.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return choice
    }

    func object(_ name: String, taking names: Set<String>) throws(ConfigurationFault) -> ObjectReader {
        guard let object = try optionalObject(name, taking: names) else { throw fault(name, "is missing") }
        return object
    }

    func optionalObject(_ name: String, taking names: Set<String>) throws(ConfigurationFault) -> ObjectReader? {
        guard let value = members[name] else { return nil }
        return try ObjectReader(value, at: at(name), taking: names)
    }

    func objects(
        _ name: String, atMost limit: Int, taking names: Set<String>
    ) throws(ConfigurationFault) -> [ObjectReader] {
        var objects: [ObjectReader] = []
        for (index, value) in try array(name, atMost: limit).enumerated() {
            objects.append(try ObjectReader(value, at: "\(at(name))[\(index)]", taking: names))
        }
        return objects
    }

    /// Port numbers, each once.
    func ports(_ name: String, atMost limit: Int) throws(ConfigurationFault) -> [UInt16] {
        var ports: [UInt16] = []
        for (index, value) in try array(name, atMost: limit).enumerated() {
            guard let port = value.integer.flatMap(UInt16.init(exactly:)), port > 0 else {
                throw fault("\(name)[\(index)]", "must be a port from 1 to 65535")
            }
            guard !ports.contains(port) else { throw fault("\(name)[\(index)]", "must not be named twice") }
            ports.append(port)
        }
        return ports
    }

    private func array(_ name: String, atMost limit: Int) throws(ConfigurationFault) -> [JSONValue] {
        guard let value = members[name] else { return [] }
        guard let array = value.array, array.count <= limit else {
            throw fault(name, "must be an array of at most \(limit)")
        }
        return array
    }
}
