import CAdwaita
import ConsentWire

extension ConsentWindow {
    /// Who asks stands at the top and the answers at the bottom, neither of which scrolls; texts of the site are between.
    func lay() {
        Style.load()
        let content = Widget.box(GTK_ORIENTATION_VERTICAL, spacing: 0, header(), asker(), facts(), answers())
        content.with(classes: "background")
        adw_window_set_content(window.cast(to: AdwWindow.self), content.pointer)
        let window = window.cast(to: GtkWindow.self)
        gtk_window_set_title(window, words.windowTitle)
        gtk_window_set_icon_name(window, "org.lodger.Lodger")
        gtk_window_set_default_size(window, 540, -1)
        gtk_window_set_resizable(window, 1)
        gtk_window_set_focus(window, deny.pointer)
        gtk_window_set_focus_visible(window, 1)
    }

    private func header() -> Widget {
        let bar = Widget(adw_header_bar_new()).with(classes: "flat")
        adw_header_bar_set_decoration_layout(bar.opaque, ":close")
        adw_header_bar_set_title_widget(bar.opaque, Widget(adw_window_title_new(words.windowTitle, "Lodger")).pointer)
        return bar
    }

    /// The site as the daemon knows it, never as it calls itself.
    private func asker() -> Widget {
        let address = siteLabel()
        let asks = Widget.label(words.asks)
        gtk_label_set_justify(asks.opaque, GTK_JUSTIFY_CENTER)
        let box = Widget.box(GTK_ORIENTATION_VERTICAL, spacing: 6, address, asks, identityBadge())
        if question.site.isDevelopmentSite {
            box.append(.label(words.developmentSite, classes: "dim-label", "caption"))
        }
        box.margins(0, 24).with(classes: "lodger-asker")
        box.describe(GTK_ACCESSIBLE_PROPERTY_LABEL, as: "\(question.site.text) \(words.asks)")
        return box
    }

    /// The whole origin, with the registrable domain in bold and, where it is long, on a line of its own.
    private func siteLabel() -> Widget {
        let site = question.site
        let before = "\(site.scheme)://\(site.prefix)"
        let isLong = site.text.count > Self.longestLine
        let after = site.port.map { ":\($0)" } ?? ""
        let label = Widget.label("\(before)\(isLong ? "\n" : "")\(site.domain)\(after)", classes: "lodger-site")
        gtk_label_set_justify(label.opaque, GTK_JUSTIFY_CENTER)
        gtk_label_set_wrap_mode(label.opaque, PANGO_WRAP_CHAR)
        let start = guint(before.utf8.count)
        let end = guint(start) + guint(site.domain.description.utf8.count) + (isLong ? 1 : 0)
        label.attributes {
            let pale = pango_attr_foreground_alpha_new(0x9000)
            let small = isLong ? pango_attr_scale_new(0.75) : nil
            let bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD)
            for attribute in [pale, small] { attribute?.pointee.end_index = start }
            bold?.pointee.start_index = start
            bold?.pointee.end_index = end
            return [pango_attr_insert_hyphens_new(0), pale, bold] + (small.map { [$0] } ?? [])
        }
        return label
    }

    /// In characters.
    private static let longestLine = 36

    private func identityBadge() -> Widget {
        let (icon, style) =
            switch question.identity.kind {
            case .firstTime: ("help-about-symbolic", "lodger-new")
            case .known: ("emblem-ok-symbolic", "lodger-known")
            case .changed: ("dialog-warning-symbolic", "lodger-changed")
            }
        let text = Widget.label(question.identityText(in: words))
        let badge = Widget.box(GTK_ORIENTATION_HORIZONTAL, spacing: 6, .icon(icon), text)
        return badge.with(classes: "lodger-badge", style).aligned(GTK_ALIGN_CENTER)
    }

    /// Everything that is given away; this part scrolls where the screen is small.
    private func facts() -> Widget {
        let box = Widget(gtk_box_new(GTK_ORIENTATION_VERTICAL, 16)).margins(16, 24)
        for warning in question.warnings(in: words) { box.append(FactRows.banner(of: warning)) }
        box.append(FactRows.group(words.machine, question.machineFacts(in: words)))
        box.append(FactRows.group(words.reach, question.reachFacts(in: words)))
        box.append(FactRows.details(words.details, question.details(in: words)))
        let scroller = Widget(gtk_scrolled_window_new())
        gtk_scrolled_window_set_child(scroller.opaque, box.pointer)
        gtk_scrolled_window_set_policy(scroller.opaque, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC)
        // Where there is more to read, it is seen at once that there is.
        gtk_scrolled_window_set_overlay_scrolling(scroller.opaque, 0)
        gtk_scrolled_window_set_propagate_natural_height(scroller.opaque, 1)
        gtk_scrolled_window_set_max_content_height(scroller.opaque, max(160, Self.lowestScreen() - fixedHeight))
        gtk_widget_set_vexpand(scroller.pointer, 1)
        return scroller.with(classes: "lodger-facts")
    }

    /// About what all but the facts need, with a panel of the desktop, in pixels.
    private var fixedHeight: CInt { confirmation == nil ? 350 : 394 }

    /// The height of the lowest screen, in pixels: on which one the window comes up is not ours to say.
    private static func lowestScreen() -> CInt {
        let monitors = gdk_display_get_monitors(gdk_display_get_default())
        var lowest: CInt = 1080
        for index in 0..<g_list_model_get_n_items(monitors) {
            guard let monitor = g_list_model_get_item(monitors, index) else { continue }
            var area = GdkRectangle()
            gdk_monitor_get_geometry(OpaquePointer(monitor), &area)
            g_object_unref(monitor)
            if area.height > 0 { lowest = min(lowest, area.height) }
        }
        return lowest
    }

    private func answers() -> Widget {
        let box = Widget(gtk_box_new(GTK_ORIENTATION_VERTICAL, 12)).with(classes: "lodger-answers")
        let options = Widget(adw_preferences_group_new())
        for option in [confirmation, remember] {
            guard let option else { continue }
            adw_preferences_group_add(options.cast(to: AdwPreferencesGroup.self), option.row.pointer)
        }
        box.append(options)
        block.with(classes: "flat", "lodger-block")
        if confirmation != nil { allow.with(classes: "destructive-action") }
        allow.describe(GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, as: words.armedHint)
        block.describe(GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, as: words.blockHint)
        gtk_widget_set_tooltip_text(block.pointer, words.blockHint)
        gtk_widget_set_tooltip_text(allow.pointer, words.armedHint)
        deny.with(classes: "lodger-default")
        let choices = Widget.box(GTK_ORIENTATION_HORIZONTAL, spacing: 12, deny.expanding(), allow.expanding())
        gtk_box_set_homogeneous(choices.cast(to: GtkBox.self), 1)
        box.append(choices)
        let foot = Widget(gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12))
        foot.append(countdown.expanding())
        gtk_label_set_xalign(countdown.opaque, 0)
        foot.append(block)
        box.append(foot)
        return box
    }
}
