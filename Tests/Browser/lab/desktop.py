"""A desktop without a screen: an X server and a window manager."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .process import running, wait_until

SIZE = (1280, 1024)


@contextmanager
def desktop(folder):
    """Starts one and gives the environment of programs on it."""
    reading, writing = os.pipe()
    log = folder / "desktop.log"
    # The server itself picks a free number and tells it.
    command = ["Xvfb", "-displayfd", writing, "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
    with running(command, log, pass_fds=[writing]):
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        environment = {**os.environ, "DISPLAY": f":{number}", "GSK_RENDERER": "cairo", "NO_AT_BRIDGE": "0",
                       "GTK_A11Y": "atspi", "XDG_SESSION_TYPE": "x11"}
        with running(["openbox", "--config-file", Path(__file__).with_name("openbox.xml")], log, env=environment):
            wait_until(lambda: window_manager(environment), 20, "a window manager")
            yield environment


def window_manager(environment):
    return subprocess.run(["xdotool", "get_desktop"], env=environment, capture_output=True).returncode == 0
