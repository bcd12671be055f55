extension ConsentWords {
    /// A number of bytes in decimal units, rounded up so that it never says less than it is.
    package func bytes(_ count: Int64) -> String { amount(count, step: 1000) }

    /// An amount of memory, counted the way memory is: 1024 MB are 1 GB.
    package func memory(mebibytes: Int) -> String { amount(Int64(mebibytes) << 20, step: 1024) }

    package func duration(minutes count: Int) -> String {
        if count >= 48 * 60, count % (24 * 60) == 0 { return days(count / (24 * 60)) }
        if count < 60 { return minutes(count) }
        if count % 60 == 0 { return hours(count / 60) }
        return "\(hours(count / 60)) \(minutes(count % 60))"
    }

    package func date(_ day: DialogQuestion.Day) -> String {
        guard months.indices.contains(day.month - 1) else { return "\(day.year)-\(day.month)-\(day.day)" }
        return fill(date, [String(day.day), months[day.month - 1], String(day.year)])
    }

    private func amount(_ count: Int64, step: Int64) -> String {
        var unit = 0
        var size: Int64 = 1
        // The last unit that leaves at least one of it.
        while unit + 1 < byteUnits.count, count / step >= size {
            size *= step
            unit += 1
        }
        let (quotient, remainder) = count.quotientAndRemainder(dividingBy: size)
        let tenths = (remainder * 10 + size - 1) / size
        let whole = quotient + tenths / 10
        // Beyond ten the tenths tell nothing; what they hid is added.
        if whole >= 10 || tenths % 10 == 0 {
            return "\(whole >= 10 && tenths % 10 != 0 ? whole + 1 : whole) \(byteUnits[unit])"
        }
        return "\(whole)\(decimalPoint)\(tenths % 10) \(byteUnits[unit])"
    }
}
