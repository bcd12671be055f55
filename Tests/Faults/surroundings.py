"""Ways to make a computer unkind to one daemon."""

import os
from contextlib import contextmanager


@contextmanager
def filled(folder, leave=0):
    """A disk with only so many bytes left, for the time of a `with`."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        try:
            while (free := room(folder) - leave) > 0:
                file.write(bytes(min(free, 1 << 20)))
                file.flush()
        except OSError:
            pass  # it is full
    try:
        yield
    finally:
        ballast.unlink()


def room(folder):
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def mounted(script, network=False):
    """A command that becomes the daemon where a script has changed what is mounted, and what the network is."""
    become = f'exec unshare --user --map-user={os.getuid()} --map-group={os.getgid()} "$@"'
    flags = ["--user", "--map-root-user", "--mount"] + (["--net"] if network else [])
    return ["unshare", *flags, "sh", "-euc", f"{script}\n{become}", "sh"]
