import CAdwaita

/// A widget of the toolkit, which its parent keeps alive.
struct Widget {
    let pointer: UnsafeMutablePointer<GtkWidget>

    /// The toolkit makes widgets or ends the process.
    init(_ made: UnsafeMutablePointer<GtkWidget>?) {
        guard let made else { fatalError("the toolkit made no widget") }
        pointer = made
    }

    /// The form in which types without public members are taken.
    var opaque: OpaquePointer { OpaquePointer(pointer) }

    func cast<Kind>(to kind: Kind.Type) -> UnsafeMutablePointer<Kind> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: kind)
    }

    @discardableResult func with(classes: String...) -> Widget {
        for name in classes { gtk_widget_add_css_class(pointer, name) }
        return self
    }

    @discardableResult func margins(_ vertical: CInt, _ horizontal: CInt) -> Widget {
        gtk_widget_set_margin_top(pointer, vertical)
        gtk_widget_set_margin_bottom(pointer, vertical)
        gtk_widget_set_margin_start(pointer, horizontal)
        gtk_widget_set_margin_end(pointer, horizontal)
        return self
    }

    @discardableResult func aligned(_ horizontal: GtkAlign, _ vertical: GtkAlign = GTK_ALIGN_CENTER) -> Widget {
        gtk_widget_set_halign(pointer, horizontal)
        gtk_widget_set_valign(pointer, vertical)
        return self
    }

    @discardableResult func expanding() -> Widget {
        gtk_widget_set_hexpand(pointer, 1)
        return self
    }

    func append(_ child: Widget) { gtk_box_append(cast(to: GtkBox.self), child.pointer) }

    func setSensitive(_ isSensitive: Bool) { gtk_widget_set_sensitive(pointer, isSensitive ? 1 : 0) }

    /// What a screen reader says.
    func describe(_ property: GtkAccessibleProperty, as text: String) {
        var property = property
        var value = GValue()
        g_value_init(&value, GType(16 << 2))  // G_TYPE_STRING, which is a macro
        g_value_set_string(&value, text)
        gtk_accessible_update_property_value(opaque, 1, &property, &value)
        g_value_unset(&value)
    }

    func connect(_ signal: String, to data: AnyObject, _ callback: GCallback) {
        // The object outlives the window: `ConsentWindow.run` keeps it.
        g_signal_connect_data(
            pointer, signal, callback, Unmanaged.passUnretained(data).toOpaque(), nil, GConnectFlags(rawValue: 0))
    }
}

extension Widget {
    static func box(_ orientation: GtkOrientation, spacing: CInt, _ children: Widget...) -> Widget {
        let box = Widget(gtk_box_new(orientation, spacing))
        for child in children { box.append(child) }
        return box
    }

    /// Text that is shown exactly as it is, broken into as many lines as it needs.
    static func label(_ text: String, classes: String...) -> Widget {
        let label = Widget(gtk_label_new(nil))
        gtk_label_set_use_markup(label.opaque, 0)
        gtk_label_set_text(label.opaque, text)
        gtk_label_set_wrap(label.opaque, 1)
        gtk_label_set_wrap_mode(label.opaque, PANGO_WRAP_WORD_CHAR)
        for name in classes { gtk_widget_add_css_class(label.pointer, name) }
        // A hyphen that is not in the text would be read as part of it.
        label.attributes { [pango_attr_insert_hyphens_new(0)] }
        return label
    }

    /// Sets how parts of a label's text look.
    func attributes(_ make: () -> [UnsafeMutablePointer<PangoAttribute>?]) {
        let list = pango_attr_list_new()
        for attribute in make() { pango_attr_list_insert(list, attribute) }
        gtk_label_set_attributes(opaque, list)
        pango_attr_list_unref(list)
    }

    /// A picture that says nothing that is not said in words beside it.
    static func icon(_ name: String, size: CInt = 16) -> Widget {
        let image = Widget(gtk_image_new_from_icon_name(name))
        gtk_image_set_pixel_size(image.opaque, size)
        return image
    }

    static func button(_ text: String) -> Widget {
        let button = Widget(gtk_button_new_with_label(text))
        gtk_button_set_use_underline(button.cast(to: GtkButton.self), 0)
        return button
    }
}
