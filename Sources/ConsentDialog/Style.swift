import CAdwaita

/// The little that the platform's own look lacks; colours are the platform's, so that dark and high contrast fit.
enum Style {
    private static let sheet = """
        .lodger-site { font-size: 150%; }
        .lodger-asker { padding-bottom: 12px; }
        .lodger-badge { border-radius: 99px; padding: 5px 14px; margin-top: 6px; font-weight: bold; font-size: 90%; }
        .lodger-new { background: alpha(@accent_bg_color, 0.15); color: @accent_color; }
        .lodger-known { background: alpha(@success_bg_color, 0.18); color: @success_color; }
        .lodger-changed { background: @error_bg_color; color: @error_fg_color; }
        .lodger-banner { border-radius: 12px; padding: 12px 14px; }
        .lodger-caution { background: alpha(@warning_bg_color, 0.25); }
        .lodger-caution image { color: @warning_color; }
        .lodger-danger { background: @error_bg_color; color: @error_fg_color; }
        .lodger-facts { border-top: 1px solid alpha(currentColor, 0.12); }
        .lodger-facts scrollbar { background: none; border: none; }
        .lodger-facts row > box.header, .lodger-answers row > box.header { min-height: 34px; }
        .lodger-value { color: alpha(currentColor, 0.8); }
        .lodger-digits { font-family: monospace; font-size: 85%; }
        .lodger-answers { padding: 14px 24px 12px; border-top: 1px solid alpha(currentColor, 0.12); }
        .lodger-default { outline: 2px solid alpha(@accent_color, 0.5); outline-offset: -2px; }
        .lodger-block { color: @error_color; }
        """

    static func load() {
        let provider = gtk_css_provider_new()
        gtk_css_provider_load_from_data(provider, sheet, -1)
        gtk_style_context_add_provider_for_display(
            gdk_display_get_default(), OpaquePointer(provider), guint(GTK_STYLE_PROVIDER_PRIORITY_APPLICATION))
    }
}
