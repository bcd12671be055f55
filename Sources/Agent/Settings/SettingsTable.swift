import StrictJSON
import SystemPackage

/// A table of a settings file that is being read: what was not asked for is unknown.
struct SettingsTable {
    private let file: FilePath
    private let prefix: String
    private var members: [String: JSONValue]
    private var known: [String] = []

    init(file: FilePath, prefix: String = "", members: [String: JSONValue]) {
        self.file = file
        self.prefix = prefix
        self.members = members
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int64>) throws(SettingsFault) -> Int64? {
        guard let value = take(key) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw fault(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func flag(_ key: String) throws(SettingsFault) -> Bool? {
        guard let value = take(key) else { return nil }
        guard let flag = value.bool else { throw fault(key, "must be true or false") }
        return flag
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type
    ) throws(SettingsFault) -> Word? where Word.RawValue == String {
        guard let value = take(key) else { return nil }
        guard let word = value.string.flatMap(Word.init) else {
            throw fault(key, "must be one of " + Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return word
    }

    mutating func path(_ key: String) throws(SettingsFault) -> FilePath? {
        guard let value = take(key) else { return nil }
        guard let text = value.string, text.hasPrefix("/") else {
            throw fault(key, "must be the path of a file, beginning with /")
        }
        return FilePath(text)
    }

    /// In bytes.
    mutating func size(_ key: String, in range: ClosedRange<Int64>) throws(SettingsFault) -> Int64? {
        guard let value = take(key) else { return nil }
        guard let size = value.string.flatMap(Quantity.bytes), range.contains(size) else {
            let (least, most) = (Quantity.text(ofBytes: range.lowerBound), Quantity.text(ofBytes: range.upperBound))
            throw fault(key, "must be a size from \"\(least)\" to \"\(most)\", such as \"4GiB\" or \"512MiB\"")
        }
        return size
    }

    /// In bytes a second.
    mutating func rate(_ key: String, in range: ClosedRange<Int64>) throws(SettingsFault) -> Int64? {
        guard let value = take(key) else { return nil }
        guard let rate = value.string.flatMap(Quantity.bytesPerSecond), range.contains(rate) else {
            let least = Quantity.text(ofBytes: range.lowerBound)
            throw fault(key, "must be a rate of at least \"\(least)/s\", such as \"500KiB/s\" or \"5MiB/s\"")
        }
        return rate
    }

    mutating func minutes(_ key: String, in range: ClosedRange<Int64>) throws(SettingsFault) -> Int64? {
        guard let value = take(key) else { return nil }
        guard let minutes = value.string.flatMap(Quantity.minutes), range.contains(minutes) else {
            throw fault(key, "must be a time such as \"90min\", \"12h\" or \"7d\", a year at the most")
        }
        return minutes
    }

    mutating func table(_ key: String) throws(SettingsFault) -> SettingsTable? {
        guard let value = take(key) else { return nil }
        guard let members = value.object else { throw fault(key, "must be a table, [\(key)]") }
        return SettingsTable(file: file, prefix: "\(prefix)\(key).", members: members)
    }

    /// Refuses what nobody asked for.
    func finish() throws(SettingsFault) {
        guard let stranger = members.keys.min() else { return }
        throw fault(stranger, "is not a setting; known here: " + known.sorted().joined(separator: ", "))
    }

    mutating func take(_ key: String) -> JSONValue? {
        known.append(key)
        return members.removeValue(forKey: key)
    }

    func fault(_ key: String, _ reason: String) -> SettingsFault {
        SettingsFault(file: file, field: prefix + key, reason: reason)
    }
}
