"""Processes that a test starts and that end with it."""

import subprocess
import time
from contextlib import contextmanager


def wait_until(condition, seconds, what):
    """What the condition gives once it gives anything; fails after the time, telling what was waited for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.05)


def end(process, seconds=10):
    """Asks a process to go, and sees to it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running(command, log, **options):
    """A process for the time of a `with`, its output in a file."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        yield process
    finally:
        end(process)
