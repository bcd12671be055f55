"""A screen of our own: an X server in memory, a window manager and a session bus, gone when the block is left."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile


def _stop(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def screen(size="1280x900"):
    """The environment in which a program shows its windows there."""
    with contextlib.ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="lodger-screen-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        home = os.path.join(folder, "home")
        runtime = os.path.join(folder, "runtime")
        os.mkdir(home, 0o700)
        os.mkdir(runtime, 0o700)

        reading, writing = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(_stop, server)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")

        environment = {
            "PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": runtime, "DISPLAY": f":{number}",
            "GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "LANG": "C.UTF-8", "NO_AT_BRIDGE": "0",
        }
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stack.callback(_stop, bus)
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        stack.callback(bus.stdout.close)

        manager = subprocess.Popen(["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(_stop, manager)
        yield environment


def main():
    """Prints the environment as JSON on one line, and keeps the screen until standard input ends."""
    with screen() as environment:
        print(json.dumps(environment), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
