import CAdwaita
import ConsentWire

/// The rows of the window.
enum FactRows {
    static func group(_ title: String, _ facts: [Fact]) -> Widget {
        let group = Widget(adw_preferences_group_new())
        adw_preferences_group_set_title(group.cast(to: AdwPreferencesGroup.self), title)
        for fact in facts {
            adw_preferences_group_add(group.cast(to: AdwPreferencesGroup.self), row(of: fact).pointer)
        }
        return group
    }

    private static func row(of fact: Fact) -> Widget {
        let row = Widget(adw_action_row_new())
        let action = row.cast(to: AdwActionRow.self)
        adw_preferences_row_set_use_markup(row.cast(to: AdwPreferencesRow.self), 0)
        adw_preferences_row_set_title(row.cast(to: AdwPreferencesRow.self), fact.title)
        adw_action_row_add_prefix(action, Widget.icon(iconName(of: fact.kind)).with(classes: "dim-label").pointer)
        if fact.text.count > longestBeside {
            adw_action_row_set_subtitle_lines(action, 0)
            adw_action_row_set_subtitle(action, fact.text)
        } else {
            adw_action_row_add_suffix(action, value(of: fact).pointer)
        }
        row.describe(GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, as: fact.text)
        gtk_widget_set_focusable(row.pointer, 0)
        return row
    }

    /// What is longer stands below the title.
    private static let longestBeside = 90

    private static func value(of fact: Fact) -> Widget {
        let value = Widget.label(fact.parts.joined(separator: "\n"), classes: "lodger-value")
        gtk_label_set_xalign(value.opaque, 1)
        gtk_label_set_justify(value.opaque, GTK_JUSTIFY_RIGHT)
        gtk_label_set_natural_wrap_mode(value.opaque, GTK_NATURAL_WRAP_NONE)
        gtk_label_set_max_width_chars(value.opaque, 38)
        return value.aligned(GTK_ALIGN_END)
    }

    private static func iconName(of kind: Fact.Kind) -> String {
        switch kind {
        case .name: "computer-symbolic"
        case .processors: "power-profile-performance-symbolic"
        case .memory: "media-flash-symbolic"
        case .disk: "drive-harddisk-symbolic"
        case .download: "folder-download-symbolic"
        case .network: "network-wired-symbolic"
        case .page: "video-display-symbolic"
        case .files: "folder-documents-symbolic"
        case .lifetime: "document-open-recent-symbolic"
        }
    }

    static func banner(of warning: Warning) -> Widget {
        let title = Widget.label(warning.title, classes: "heading")
        let text = Widget.label(warning.text)
        gtk_label_set_xalign(title.opaque, 0)
        gtk_label_set_xalign(text.opaque, 0)
        let words = Widget.box(GTK_ORIENTATION_VERTICAL, spacing: 3, title, text).expanding()
        let icon = Widget.icon("dialog-warning-symbolic", size: 24).aligned(GTK_ALIGN_CENTER, GTK_ALIGN_START)
        let banner = Widget.box(GTK_ORIENTATION_HORIZONTAL, spacing: 12, icon, words)
        banner.describe(GTK_ACCESSIBLE_PROPERTY_LABEL, as: "\(warning.title). \(warning.text)")
        return banner.with(classes: "lodger-banner", warning.severity == .danger ? "lodger-danger" : "lodger-caution")
    }

    /// Closed until somebody wants to know.
    static func details(_ title: String, _ details: [Detail]) -> Widget {
        let expander = Widget(adw_expander_row_new())
        adw_preferences_row_set_title(expander.cast(to: AdwPreferencesRow.self), title)
        for detail in details {
            let name = Widget.label(detail.title, classes: "dim-label", "caption")
            let text = Widget.label(detail.text, classes: "lodger-digits")
            gtk_label_set_wrap_mode(text.opaque, PANGO_WRAP_CHAR)
            gtk_label_set_xalign(name.opaque, 0)
            gtk_label_set_xalign(text.opaque, 0)
            let row = Widget(gtk_list_box_row_new())
            let box = Widget.box(GTK_ORIENTATION_VERTICAL, spacing: 2, name, text).margins(8, 12)
            gtk_list_box_row_set_child(row.cast(to: GtkListBoxRow.self), box.pointer)
            gtk_list_box_row_set_activatable(row.cast(to: GtkListBoxRow.self), 0)
            row.describe(GTK_ACCESSIBLE_PROPERTY_LABEL, as: "\(detail.title): \(detail.text)")
            adw_expander_row_add_row(expander.cast(to: AdwExpanderRow.self), row.pointer)
        }
        let group = Widget(adw_preferences_group_new())
        adw_preferences_group_add(group.cast(to: AdwPreferencesGroup.self), expander.pointer)
        return group
    }
}
