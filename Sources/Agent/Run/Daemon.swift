import Bridge
import Consent
import Fetch
import Hypervisor
import Images
import Journal
import Linux
import Logging
import MachineConfig
import OwnerDoor
import PublicSuffix
import Sessions
import Sites
import Storage
import SystemPackage
import Traffic
import Trust

/// The daemon: which parts there are, and who knows whom.
struct Daemon: Sendable {
    private let broker: SessionBroker
    private let host: LibvirtMachineHost
    private let bridge: BridgeServer
    private let door: OwnerServer
    private let keystore: KeystoreKeeper?
    private let logger: Logger

    init(
        settings: Settings, folders: Folders, environment: [String: String], sockets: [CInt]
    ) async throws(Failure) {
        let helpers = try HelperPrograms()
        let fetch = GuardedFetch(
            settings: FetchSettings(
                extraAuthorities: settings.certificateAuthorities?.string, developmentSites: settings.developmentSites))
        let questions = ConsentDesk(
            manner: settings.consent, programs: ConsentDesk.Programs(window: helpers.window), environment: environment,
            audit: AuditLog(folders.state.appending("decisions.log")), logger: Logger(label: "consent"))
        let images = ImageCache(
            folder: folders.cache.appending("images"), overlays: folders.state.appending("overlays"), fetch: fetch,
            logger: Logger(label: "images"))
        host = LibvirtMachineHost(
            Self.hypervisorSettings(settings, folders, helpers), logger: Logger(label: "hypervisor"))
        let keyring = try Self.keyring(settings)
        keystore = settings.keystore.map {
            KeystoreKeeper(
                of: $0.place, for: keyring, copies: folders.state.appending("keystore"), fetch: fetch,
                logger: Logger(label: "keystore"))
        }
        let journal = Self.journal(settings, folders)
        broker = try await Self.broker(
            settings, folders, keyring, source: SiteFetcher(fetch: fetch), consent: questions, images: images,
            host: host, journal: journal)
        let traffic = await Self.traffic(folders, broker)
        bridge = try Self.bridge(settings, sockets, broker)
        let desk = OwnerDesk(
            broker: broker, questions: questions, images: images, traffic: traffic, port: bridge.port, folders: folders,
            journal: journal)
        door = try Self.door(folders, desk)
        logger = Logger(label: "lodger")
    }

    /// Serves until it is asked to end; machines go on.
    func run() async throws(Failure) {
        let signal = await withTaskGroup(of: CInt?.self) { group in
            group.addTask {
                await broker.run()
                return nil
            }
            group.addTask {
                await host.watch()
                return nil
            }
            group.addTask {
                await bridge.run()
                return nil
            }
            group.addTask {
                await door.run()
                return nil
            }
            if let keystore {
                group.addTask {
                    await keystore.run()
                    return nil
                }
            }
            group.addTask { await TerminationSignals.first() }
            notify("READY=1")
            logger.notice("ready", metadata: ["version": "\(Version.current)", "port": "\(bridge.port)"])
            let first = await group.next() ?? nil
            notify("STOPPING=1")
            endAtTheLatest()
            group.cancelAll()
            return first
        }
        guard let signal else { throw Failure("a part of the daemon ended by itself; the log says more") }
        logger.notice("ended", metadata: ["signal": "\(signal)"])
    }

    /// Ends the process where a part does not come to its end, such as one that waits for a hypervisor that hangs.
    ///
    /// What must last is on disk at any time.
    private func endAtTheLatest() {
        Task {
            try await Task.sleep(for: .seconds(10))
            logger.warning("a part of the daemon did not end in time")
            ThisProcess.exit(0)
        }
    }

    private func notify(_ line: String) {
        do throws(Errno) {
            try ServiceSupervisor.notify(line)
        } catch {
            logger.warning("the service manager cannot be told", metadata: ["reason": "\(error)"])
        }
    }

    static func hypervisorSettings(
        _ settings: Settings, _ folders: Folders, _ helpers: HelperPrograms
    ) -> HypervisorSettings {
        var hypervisor = HypervisorSettings(
            cage: helpers.cage, network: helpers.network, runtimeFolder: folders.runtime.appending("machines"),
            cacheFolder: folders.cache)
        hypervisor.accelerator = settings.accelerator
        hypervisor.networkRate = settings.networkRate
        hypervisor.trafficFolder = folders.traffic
        return hypervisor
    }

    private static func broker(
        _ settings: Settings, _ folders: Folders, _ keyring: LegacyKeyring, source: any ConfigurationSource,
        consent: any ConsentAsker, images: any ImageStore, host: any MachineHost, journal: any SessionJournal
    ) async throws(Failure) -> SessionBroker {
        let trusted = try trusted(settings, folders, keyring)
        let broker = SessionBroker(
            source: source, consent: consent, images: images, host: host,
            records: RecordFolder(folders.state.appending("sessions")), trusted: trusted, limits: settings.limits,
            rules: BrokerRules(), logger: Logger(label: "sessions"), journal: journal)
        do throws(SessionError) {
            try await broker.load()
        } catch {
            throw Failure("what was kept of sessions cannot be read: \(error)")
        }
        return broker
    }

    /// What went between guests and the internet; that of sessions which are no more goes.
    private static func traffic(_ folders: Folders, _ broker: SessionBroker) async -> TrafficBook {
        let book = TrafficBook(folders.traffic)
        do throws(StorageError) {
            try book.keep(only: Set(await broker.overview().map(\.summary.identifier.description)))
        } catch {
            Logger(label: "traffic").error("old counts not removed", metadata: ["reason": "\(error)"])
        }
        return book
    }

    private static func journal(_ settings: Settings, _ folders: Folders) -> FileJournal {
        var bounds = FileJournal.Bounds()
        bounds.days = settings.traceDays
        return FileJournal(folders.state.appending("stories"), bounds: bounds, logger: Logger(label: "journal"))
    }

    private static func keyring(_ settings: Settings) throws(Failure) -> LegacyKeyring {
        guard let keystore = settings.keystore else { return LegacyKeyring() }
        guard let keyring = LegacyKeyring(root: keystore.key) else { throw Failure("cernvm.keystore-key is no key") }
        return keyring
    }

    private static func trusted(
        _ settings: Settings, _ folders: Folders, _ keyring: LegacyKeyring
    ) throws(Failure) -> TrustBook {
        do throws(StorageError) {
            let book = try TrustBook(
                folder: folders.state.appending("trust"),
                registrableDomain: { RegistrableDomain(of: $0).description },
                developmentSites: settings.developmentSites, keyring: keyring, vmcp: settings.vmcp)
            let logger = Logger(label: "trust")
            for file in book.setAside { logger.error("state set aside", metadata: file.metadata) }
            return book
        } catch {
            throw Failure(error.description)
        }
    }

    private static func bridge(
        _ settings: Settings, _ sockets: [CInt], _ broker: SessionBroker
    ) throws(Failure) -> BridgeServer {
        // Whoever hands sockets over has chosen the port.
        let port = sockets.isEmpty ? settings.port : 0
        do throws(BridgeError) {
            return try BridgeServer(
                configuration: BridgeServer.Configuration(
                    port: port, developmentSites: settings.developmentSites, inheritedSockets: sockets,
                    version: Version.current),
                broker: broker, logger: Logger(label: "bridge"))
        } catch {
            throw Failure(error, port: settings.port)
        }
    }

    private static func door(_ folders: Folders, _ desk: OwnerDesk) throws(Failure) -> OwnerServer {
        do throws(Errno) {
            return try OwnerServer(at: folders.ownerSocket, logger: Logger(label: "owner")) { await desk.answer($0) }
        } catch {
            throw Failure("\(folders.ownerSocket) cannot be made: \(error)")
        }
    }
}
