/// Every sentence of the question in one language.
///
/// `%1`, `%2`… stand for what is filled in.
package struct ConsentWords: Sendable {
    /// One thing, or any other number of them.
    package struct Counted: Sendable {
        let one: String
        let other: String
    }

    // The question and the answers.
    package let windowTitle: String
    package let asks: String
    package let deny: String
    package let allowOnce: String
    package let allowAndRemember: String
    package let block: String
    package let remember: String
    package let blockHint: String
    package let armedHint: String
    package let secondsLeft: Counted

    // Who asks.
    package let firstTime: String
    package let known: String
    package let knownSince: String
    package let otherKey: String
    package let changed: String
    package let changedWarning: String
    package let changedConfirmation: String
    package let developmentSite: String

    // What runs.
    package let machine: String
    package let name: String
    package let nameless: String
    package let download: String
    package let downloadFrom: String
    package let nothingToDownload: String
    package let processors: String
    package let processorsOf: Counted
    package let memory: String
    package let memoryOf: String
    package let disk: String
    package let diskUpTo: String

    // What it reaches.
    package let reach: String
    package let network: String
    package let noNetwork: String
    package let onlyHosts: String
    package let wholeInternet: String
    package let wholeInternetWarning: String
    package let page: String
    package let pageSeesScreen: String
    package let pageSeesPorts: Counted
    package let pageSeesNothing: String
    package let files: String
    package let noFiles: String
    package let lifetime: String
    package let atMost: String
    package let stopsWithPage: String
    package let goesOnWithoutPage: String
    package let slow: String
    package let slowWarning: String

    // For those who want to know it exactly.
    package let details: String
    package let keyThumbprint: String
    package let previousKey: String
    package let configuration: String
    package let image: String
    package let kernelArguments: String

    // Numbers.
    package let minutes: Counted
    package let hours: Counted
    package let days: Counted
    package let months: [String]
    package let date: String
    package let decimalPoint: String
    /// Bytes, and their multiples.
    package let byteUnits: [String]
}

extension ConsentWords {
    /// The language of a locale's name, such as `de_AT.UTF-8`; English for one that is not here.
    package init(locale: String) {
        switch locale.prefix(while: { $0.isLetter && $0.isASCII }).lowercased() {
        case "de": self = .german
        case "fr": self = .french
        case "es": self = .spanish
        default: self = .english
        }
    }

    /// The language of a process's environment, by the rules of the C library.
    package init(environment: [String: String]) {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        guard locale != "C", locale != "POSIX", !locale.hasPrefix("C.") else {
            self = .english
            return
        }
        let preferred = environment["LANGUAGE"]?.split(separator: ":").first.map(String.init)
        self.init(locale: preferred ?? locale)
    }
}

extension ConsentWords.Counted {
    package func callAsFunction(_ count: Int, _ others: String...) -> String {
        fill(count == 1 ? one : other, [String(count)] + others)
    }
}

/// Puts values in the place of `%1` to `%9`, in one pass: a `%1` inside a value stays what it is.
package func fill(_ template: String, _ values: [String]) -> String {
    var text = ""
    var rest = Substring(template)
    while let sign = rest.firstIndex(of: "%") {
        text += rest[..<sign]
        let after = rest.index(after: sign)
        guard after < rest.endIndex, let number = rest[after].wholeNumberValue, values.indices.contains(number - 1)
        else {
            text += "%"
            rest = rest[after...]
            continue
        }
        text += values[number - 1]
        rest = rest[rest.index(after: after)...]
    }
    return text + rest
}
