import CAdwaita
import ConsentWire

/// The window that asks; it belongs to the thread of the toolkit, which is the process's only one.
final class ConsentWindow {
    let question: DialogQuestion
    let words: ConsentWords
    let window: Widget
    let deny: Widget
    let allow: Widget
    let block: Widget
    let remember: SwitchRow
    /// Where the key changed: the owner says that this was to be expected.
    let confirmation: SwitchRow?
    let countdown: Widget
    private let loop = g_main_loop_new(nil, 0)
    private let deadline: Int64
    private let reader: CInt
    private var arming = Arming()
    /// Everything but a clear yes is a no.
    private var decision = DialogDecision.deny

    init(_ question: DialogQuestion, in words: ConsentWords, reader: CInt) {
        self.question = question
        self.words = words
        self.reader = reader
        deadline = Self.now() + Int64(question.timeLimit) * 1000
        window = Widget(adw_window_new())
        deny = .button(words.deny)
        allow = .button(words.allowOnce)
        block = .button(words.block)
        remember = SwitchRow(words.remember)
        confirmation = question.identity.kind == .changed ? SwitchRow(words.changedConfirmation) : nil
        countdown = .label("", classes: "dim-label", "caption", "numeric")
        lay()
        connect()
        refresh()
    }

    /// Shows the window until there is a decision.
    func run() -> DialogDecision {
        gtk_window_present(window.cast(to: GtkWindow.self))
        g_main_loop_run(loop)
        return decision
    }

    func decide(_ decision: DialogDecision) {
        self.decision = decision
        g_main_loop_quit(loop)
    }

    /// Only what is armed allows; the button is insensitive until then, and this does not rest on it.
    func allowIfArmed() {
        guard mayAllow else { return }
        decide(remember.isOn ? .allowAndRemember : .allowOnce)
    }

    func blockIfArmed() {
        guard arming.isArmed else { return }
        decide(.block)
    }

    func focusChanged() {
        arming.focusChanged(gtk_window_is_active(window.cast(to: GtkWindow.self)) != 0, at: Self.now())
        refresh()
    }

    func disturbed() { arming.disturbed(at: Self.now()) }

    /// The clock went on.
    func tick() {
        let now = Self.now()
        guard now < deadline else { return decide(.timedOut) }
        arming.timePassed(at: now)
        refresh()
    }

    func refresh() {
        allow.setSensitive(mayAllow)
        block.setSensitive(arming.isArmed)
        gtk_button_set_label(
            allow.cast(to: GtkButton.self), remember.isOn ? words.allowAndRemember : words.allowOnce)
        let left = max(0, (deadline - Self.now() + 999) / 1000)
        gtk_label_set_text(countdown.opaque, words.secondsLeft(Int(left)))
    }

    private var mayAllow: Bool { arming.isArmed && (confirmation?.isOn ?? true) }

    private func connect() {
        deny.connect("clicked", to: self, unsafeBitCast(onDeny, to: GCallback.self))
        allow.connect("clicked", to: self, unsafeBitCast(onAllow, to: GCallback.self))
        block.connect("clicked", to: self, unsafeBitCast(onBlock, to: GCallback.self))
        for toggle in [remember.toggle, confirmation?.toggle] {
            toggle?.connect("notify::active", to: self, unsafeBitCast(onToggle, to: GCallback.self))
        }
        window.connect("close-request", to: self, unsafeBitCast(onClose, to: GCallback.self))
        window.connect("notify::is-active", to: self, unsafeBitCast(onActive, to: GCallback.self))
        connectControllers()
        let data = Unmanaged.passUnretained(self).toOpaque()
        g_timeout_add(100, onTick, data)
        // The pipe's reader went away: the question is withdrawn, or nobody is left to hear the answer.
        g_unix_fd_add_full(
            G_PRIORITY_DEFAULT, reader, GIOCondition(rawValue: G_IO_ERR.rawValue), onReaderGone, data, nil)
    }

    /// Both see what is pressed before any widget does.
    private func connectControllers() {
        let data = Unmanaged.passUnretained(self).toOpaque()
        let none = GConnectFlags(rawValue: 0)
        let keys = gtk_event_controller_key_new()
        gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE)
        g_signal_connect_data(
            UnsafeMutableRawPointer(keys), "key-pressed", unsafeBitCast(onKey, to: GCallback.self), data, nil, none)
        gtk_widget_add_controller(window.pointer, keys)
        let clicks = gtk_gesture_click_new()
        gtk_gesture_single_set_button(clicks, 0)
        gtk_event_controller_set_propagation_phase(clicks, GTK_PHASE_CAPTURE)
        g_signal_connect_data(
            UnsafeMutableRawPointer(clicks), "pressed", unsafeBitCast(onPress, to: GCallback.self), data, nil, none)
        gtk_widget_add_controller(window.pointer, clicks)
    }

    /// In milliseconds.
    private static func now() -> Int64 { Int64(g_get_monotonic_time() / 1000) }
}
