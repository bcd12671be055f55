import Linux
package import SystemPackage

/// Whether there is a desktop to show the question on, by connecting to it.
package struct DesktopCheck: Check {
    private let environment: [String: String]
    private let screens: FilePath

    package init(environment: [String: String], screens: FilePath = "/tmp/.X11-unix") {
        self.environment = environment
        self.screens = screens
    }

    package func examine() async -> Examination {
        guard let place = wayland ?? screen else {
            if let display = environment["DISPLAY"], !display.isEmpty { return .fact("desktop", display) }
            return .found(.desktopMissing)
        }
        do throws(Errno) {
            _ = try LocalConnection(to: place, timeout: .seconds(2))
            return .fact("desktop", "\(place)")
        } catch {
            return .found(.desktopMissing, "\(place): \(error)")
        }
    }

    private var wayland: FilePath? {
        guard let name = environment["WAYLAND_DISPLAY"], !name.isEmpty else { return nil }
        let path = FilePath(name)
        if path.isAbsolute { return path }
        return environment["XDG_RUNTIME_DIR"].map { FilePath($0).pushing(path) }
    }

    /// The socket of an X server on this computer; one elsewhere is taken at its word.
    private var screen: FilePath? {
        guard let display = environment["DISPLAY"], display.hasPrefix(":"),
            let number = display.dropFirst().split(separator: ".").first
        else { return nil }
        return screens.appending("X\(number)")
    }
}
