import CAdwaita

/// A switch with its sentence; pressing the row presses the switch.
struct SwitchRow {
    let row: Widget
    let toggle: Widget

    init(_ text: String) {
        toggle = Widget(gtk_switch_new()).aligned(GTK_ALIGN_END)
        row = Widget(adw_action_row_new())
        adw_preferences_row_set_use_markup(row.cast(to: AdwPreferencesRow.self), 0)
        adw_preferences_row_set_title(row.cast(to: AdwPreferencesRow.self), text)
        adw_action_row_add_suffix(row.cast(to: AdwActionRow.self), toggle.pointer)
        adw_action_row_set_activatable_widget(row.cast(to: AdwActionRow.self), toggle.pointer)
        gtk_widget_set_focusable(row.pointer, 0)
    }

    var isOn: Bool { gtk_switch_get_active(toggle.opaque) != 0 }
}
