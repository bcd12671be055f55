/// The part of the daemon's environment that a window needs, and nothing else of it.
package struct Desktop: Sendable, Hashable {
    package let variables: [String: String]

    package init(environment: [String: String]) {
        variables = environment.filter { name, value in
            !value.isEmpty && (Self.names.contains(name) || Self.prefixes.contains { name.hasPrefix($0) })
        }
    }

    /// Whether a window could be shown at all.
    package var hasDisplay: Bool { variables["WAYLAND_DISPLAY"] != nil || variables["DISPLAY"] != nil }

    /// Variables that name code to load, such as `GTK_MODULES`, are left out with the rest.
    private static let names: Set<String> = [
        "ADW_DEBUG_COLOR_SCHEME", "ADW_DEBUG_HIGH_CONTRAST", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "GDK_BACKEND",
        "GDK_DPI_SCALE", "GDK_SCALE", "GSK_RENDERER", "GTK_A11Y", "GTK_IM_MODULE", "GTK_THEME", "HOME", "LANG",
        "LANGUAGE", "LOGNAME", "NO_AT_BRIDGE", "USER", "WAYLAND_DISPLAY", "XAUTHORITY", "XCURSOR_SIZE",
        "XCURSOR_THEME", "XMODIFIERS",
    ]
    private static let prefixes = ["AT_SPI_", "LC_", "XDG_"]
}
