extension DialogQuestion {
    /// What runs, in the order in which it is shown.
    package func machineFacts(in words: ConsentWords) -> [Fact] {
        let sources = Self.list(machine.images.map(\.origin.description))
        let download =
            machine.download > 0
            ? fill(words.downloadFrom, [words.bytes(machine.download), sources])
            : fill(words.nothingToDownload, [sources])
        return [
            Fact(.name, words.name, machine.name.description.isEmpty ? words.nameless : "“\(machine.name)”"),
            Fact(.processors, words.processors, words.processorsOf(machine.cpus, String(computer.cpus))),
            Fact(
                .memory, words.memory,
                fill(
                    words.memoryOf,
                    [words.memory(mebibytes: machine.memory), words.memory(mebibytes: computer.memory)])),
            Fact(
                .disk, words.disk,
                fill(words.diskUpTo, [words.bytes(machine.diskNow), words.bytes(machine.diskAtMost)])),
            Fact(.download, words.download, download),
        ]
    }

    /// What the machine and the page get of this computer, and for how long.
    package func reachFacts(in words: ConsentWords) -> [Fact] {
        var network = machine.hosts.enumerated().map { index, host in
            index == 0 ? fill(words.onlyHosts, [host.description]) : host.description
        }
        if machine.internet { network = [words.wholeInternet] }
        let ports = Self.list(machine.ports.map(String.init))
        var page: [String] = []
        if machine.display { page.append(words.pageSeesScreen) }
        if !machine.ports.isEmpty { page.append(words.pageSeesPorts(machine.ports.count, ports)) }
        if page.isEmpty { page.append(words.pageSeesNothing) }
        let time = fill(words.atMost, [words.duration(minutes: machine.lifetime)])
        return [
            Fact(.network, words.network, parts: network.isEmpty ? [words.noNetwork] : network),
            Fact(.page, words.page, parts: page),
            Fact(.files, words.files, words.noFiles),
            Fact(
                .lifetime, words.lifetime, time,
                machine.background ? words.goesOnWithoutPage : words.stopsWithPage),
        ]
    }

    package func warnings(in words: ConsentWords) -> [Warning] {
        var warnings: [Warning] = []
        if identity.kind == .changed { warnings.append(Warning(.danger, words.changed, words.changedWarning)) }
        if machine.internet { warnings.append(Warning(.caution, words.wholeInternet, words.wholeInternetWarning)) }
        if computer.emulates {
            let reason = computer.reason.map { " (\($0))" } ?? ""
            warnings.append(Warning(.caution, words.slow, words.slowWarning + reason))
        }
        return warnings
    }

    package func identityText(in words: ConsentWords) -> String {
        switch identity.kind {
        case .firstTime: words.firstTime
        case .known: identity.since.map { fill(words.knownSince, [words.date($0)]) } ?? words.known
        case .changed: words.otherKey
        }
    }

    package func details(in words: ConsentWords) -> [Detail] {
        var details = [Detail(words.keyThumbprint, identity.key.description)]
        if let previous = identity.previousKey { details.append(Detail(words.previousKey, previous.description)) }
        details.append(Detail(words.configuration, machine.configuration.description))
        for image in machine.images {
            details.append(
                Detail(
                    fill(words.image, [words.bytes(image.size)]),
                    "\(image.address)\nSHA-256 \(image.sha256.description.prefix(16))…"))
        }
        if let arguments = machine.kernelArguments {
            details.append(Detail(words.kernelArguments, arguments.description))
        }
        return details
    }

    /// The whole question as plain lines, for a terminal or a simple window.
    package func lines(in words: ConsentWords) -> [String] {
        var lines = ["\(site.text) \(words.asks).", identityText(in: words)]
        if site.isDevelopmentSite { lines.append(words.developmentSite) }
        lines += warnings(in: words).map { "\($0.title): \($0.text)" }
        lines += (machineFacts(in: words) + reachFacts(in: words)).map { "\($0.title): \($0.text)" }
        return lines
    }

    /// Each value once, in the order of its first appearance.
    private static func list(_ values: [String]) -> String {
        var seen: Set<String> = []
        return values.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
}
