import CAdwaita
import ConsentWire

// What the toolkit calls. Global functions, so that none of them belongs to an actor.

private func target(_ data: gpointer?) -> ConsentWindow? {
    data.map { Unmanaged<ConsentWindow>.fromOpaque($0).takeUnretainedValue() }
}

typealias Signal = @convention(c) (gpointer?, gpointer?) -> Void

let onDeny: Signal = { _, data in target(data)?.decide(.deny) }

let onAllow: Signal = { _, data in target(data)?.allowIfArmed() }

let onBlock: Signal = { _, data in target(data)?.blockIfArmed() }

let onToggle: @convention(c) (gpointer?, gpointer?, gpointer?) -> Void = { _, _, data in target(data)?.refresh() }

let onClose: @convention(c) (gpointer?, gpointer?) -> gboolean = { _, data in
    target(data)?.decide(.deny)
    return 1
}

let onActive: @convention(c) (gpointer?, gpointer?, gpointer?) -> Void = { _, _, data in target(data)?.focusChanged() }

let onTick: GSourceFunc = { data in
    target(data)?.tick()
    return 1
}

let onReaderGone: @convention(c) (CInt, GIOCondition, gpointer?) -> gboolean = { _, _, data in
    target(data)?.decide(.deny)
    return 0
}

/// Enter and Escape say no, wherever the focus is; any other key may be meant for another window while none is armed.
let onKey: @convention(c) (gpointer?, guint, guint, GdkModifierType, gpointer?) -> gboolean = { _, key, _, _, data in
    guard let window = target(data) else { return 0 }
    switch CInt(key) {
    case GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_Escape:
        window.decide(.deny)
        return 1
    default:
        window.disturbed()
        return 0
    }
}

let onPress: @convention(c) (gpointer?, CInt, Double, Double, gpointer?) -> Void = { _, _, _, _, data in
    target(data)?.disturbed()
}
