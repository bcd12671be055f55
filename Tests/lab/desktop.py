"""A desktop without a screen: an X server, a session bus and a window manager."""

import os
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .process import running, wait_until

SIZE = (1280, 1024)


@contextmanager
def desktop(folder):
    """Starts one and gives the environment of programs on it."""
    log = folder / "desktop.log"
    with ExitStack() as stack:

        def started(option, *command, **options):
            """Starts a server that tells where it is on a descriptor, and gives what it tells."""
            reading, writing = os.pipe()
            stack.enter_context(running([*command, option, writing], log, pass_fds=[writing], **options))
            os.close(writing)
            with os.fdopen(reading) as told:
                return told.readline().strip()

        # The server picks a free number itself.
        screen = ["Xvfb", "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
        environment = {**os.environ, "DISPLAY": ":" + started("-displayfd", *screen), "GSK_RENDERER": "cairo",
                       "XDG_SESSION_TYPE": "x11"}
        bus = started("--print-address", "dbus-daemon", "--session", "--nofork", env=environment)
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus
        settings = Path(__file__).with_name("openbox.xml")
        stack.enter_context(running(["openbox", "--config-file", settings], log, env=environment))
        wait_until(lambda: window_manager(environment), 20, f"a window manager; see {log}")
        yield environment


def window_manager(environment):
    return subprocess.run(["xdotool", "get_desktop"], env=environment, capture_output=True).returncode == 0
