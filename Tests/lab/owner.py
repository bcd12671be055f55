"""The owner of the computer, who answers the real consent window."""

import subprocess

from .paths import PRESS


def answer(daemon, word, screenshot=None):
    """Presses a button of the window and gives the lines that it showed."""
    command = ["/usr/bin/python3", PRESS, word, "--timeout", "30"]
    if screenshot:
        command += ["--screenshot", screenshot]
    pressed = subprocess.run([str(part) for part in command], env=daemon.environment, capture_output=True, text=True)
    assert pressed.returncode == 0, f"{pressed.stderr}\n{daemon.log.read_text()[-2000:]}"
    return pressed.stdout.splitlines()
