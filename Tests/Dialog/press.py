#!/usr/bin/python3
"""Answers the consent window on this display, the way a person does: waits until it is there and armed, then presses.

    press.py allow-once|allow-remember|deny|block [--screenshot FILE.png] [--timeout SECONDS] [--confirm]

Needs DISPLAY and the session bus of the window (DBUS_SESSION_BUS_ADDRESS). Exit status: 0 pressed and gone,
1 no window in time, 2 the button never became sensitive, 3 the window did not go away. It says on standard output what the
window showed, one line for each text, so that a test can look for an origin or a number.
"""
import argparse
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

APPLICATION = "org.lodger.Lodger"
#: The place of each button and switch among its kind, from the top; the texts differ by language.
DENY, ALLOW, BLOCK = 0, 1, 2


def walk(node, depth=0):
    """Everything below a node of the accessibility tree; what goes away meanwhile is passed over."""
    yield node
    if depth > 40:
        return
    try:
        children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except GLib.Error:
        return
    for child in children:
        if child is not None:
            yield from walk(child, depth + 1)


def window(name=APPLICATION):
    """The consent window, or None while there is none."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        try:
            application = desktop.get_child_at_index(index)
            if application is not None and application.get_name() == name and application.get_child_count():
                return application.get_child_at_index(0)
        except GLib.Error:
            continue
    return None


def state(node, kind):
    return node.get_state_set().contains(kind)


def controls(top):
    """The answers at the window's foot: its three buttons, and the switches above them."""
    buttons, switches = [], []
    for node in walk(top):
        role = node.get_role()
        if role == Atspi.Role.CHECK_BOX:
            switches.append(node)
        elif role == Atspi.Role.PUSH_BUTTON:
            buttons.append(node)
    return buttons[-3:], switches


def texts(top):
    """What can be read in the window, without repetition."""
    seen = []
    for node in walk(top):
        text = node.get_name() or ""
        if text and text not in seen and not text.startswith(("Gtk", "Adw")):
            seen.append(text)
    return seen


def wait_for(found, seconds, pause=0.1):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            value = found()
        except GLib.Error:
            value = None
        if value:
            return value
        time.sleep(pause)
    return None


def screenshot(path):
    gi.require_version("Gdk", "3.0")
    from gi.repository import Gdk

    Gdk.init([])
    root = Gdk.get_default_root_window()
    picture = Gdk.pixbuf_get_from_window(root, 0, 0, root.get_width(), root.get_height())
    picture.savev(path, "png", [], [])


def act(node):
    """Does what a press does; a window that closes at once may not answer any more."""
    try:
        Atspi.Action.do_action(node, 0)
    except GLib.Error:
        pass


def press(answer, timeout, picture=None, confirm=False):
    top = wait_for(window, timeout)
    if top is None:
        print("no consent window", file=sys.stderr)
        return 1
    found = wait_for(lambda: len(controls(top)[0]) == 3 and controls(top), timeout)
    if not found:
        print("the consent window has no answers", file=sys.stderr)
        return 1
    buttons, switches = found
    # The last switch remembers; the one above it, where the key changed, confirms.
    if confirm and len(switches) > 1:
        act(switches[0])
    if answer == "allow-remember":
        act(switches[-1])
    button = buttons[{"deny": DENY, "block": BLOCK}.get(answer, ALLOW)]
    if not wait_for(lambda: state(button, Atspi.StateType.SENSITIVE), timeout):
        print("the button is not armed: has the window the focus?", file=sys.stderr)
        return 2
    print("\n".join(texts(top)))
    if picture:
        screenshot(picture)
    act(button)
    if wait_for(lambda: window() is None, timeout) is None:
        print("the consent window is still there", file=sys.stderr)
        return 3
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("answer", choices=["allow-once", "allow-remember", "deny", "block"])
    parser.add_argument("--screenshot", metavar="FILE.png")
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--confirm", action="store_true", help="confirm a changed key too")
    options = parser.parse_args()
    return press(options.answer, options.timeout, options.screenshot, options.confirm)


if __name__ == "__main__":
    sys.exit(main())
