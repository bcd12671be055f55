#!/usr/bin/python3
"""The real consent window on a real (virtual) screen, with a real keyboard, mouse and accessibility bus.

LODGER_CONSENT names the program; the debug build's by default.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from questions import CHANGED, IDENTIFIER, question  # noqa: E402
from screen import screen  # noqa: E402

PROGRAM = os.environ.get("LODGER_CONSENT", str(HERE.parent.parent / ".build/debug/lodger-consent"))
#: Far more than any step needs; no test waits that long when all is well.
LONG = 30


class Dialog:
    """A running window, asked one question."""

    def __init__(self, environment, text, **extra):
        self.environment = {**environment, **extra}
        self.process = subprocess.Popen(
            [PROGRAM], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write(text if isinstance(text, bytes) else text.encode())
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def ending(self, seconds=LONG):
        """Exit status, and the answer where there is one."""
        self.process.wait(seconds)
        text = self.process.stdout.read()
        return self.process.returncode, json.loads(text) if text else None

    def decision(self):
        status, answer = self.ending()
        assert status == 0 and answer["id"] == IDENTIFIER, (status, answer)
        return answer["decision"]

    def keys(self, *keys):
        for key in keys:
            subprocess.run(["xdotool", "key", key], env=self.environment, check=True)

    def look(self, script):
        """Runs a line of Python that sees the window; a process of its own, since the bus is the environment's."""
        code = (
            f"import sys; sys.path.insert(0, {str(HERE)!r}); sys.dont_write_bytecode = True\n"
            "import json, press\nfrom gi.repository import Atspi\n"
            f"top = press.wait_for(press.window, {LONG})\n"
            f"buttons, switches = press.wait_for(lambda: len(press.controls(top)[0]) == 3 and press.controls(top), {LONG})\n"
            "deny, allow, block = buttons\n"
            "sensitive = lambda node: press.state(node, Atspi.StateType.SENSITIVE)\n"
            f"{script}")
        run = subprocess.run(
            ["/usr/bin/python3", "-W", "ignore", "-c", code], env=self.environment, capture_output=True, text=True,
            timeout=2 * LONG, check=False)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout) if run.stdout.strip() else None

    def wait_until_shown(self):
        self.look("press.wait_for(lambda: press.state(top, Atspi.StateType.ACTIVE), 30)")

    def wait_until_armed(self):
        assert self.look(f"print(json.dumps(bool(press.wait_for(lambda: sensitive(allow), {LONG}))))")


class DialogTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = screen()
        cls.environment = cls.context.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.context.__exit__(None, None, None)

    def ask(self, text=None, **extra):
        return Dialog(self.environment, question() if text is None else text, **extra)

    def press(self, answer, *options):
        return subprocess.run(
            ["/usr/bin/python3", "-W", "ignore", HERE / "press.py", answer, *options], env=self.environment,
            capture_output=True, text=True, timeout=2 * LONG, check=False)

    # Saying no

    def test_enter_says_no(self):
        with self.ask() as dialog:
            dialog.wait_until_shown()
            dialog.keys("Return")
            self.assertEqual(dialog.decision(), "deny")

    def test_escape_says_no(self):
        with self.ask() as dialog:
            dialog.wait_until_shown()
            dialog.keys("Escape")
            self.assertEqual(dialog.decision(), "deny")

    def test_closing_says_no(self):
        with self.ask() as dialog:
            dialog.wait_until_shown()
            dialog.keys("alt+F4")
            self.assertEqual(dialog.decision(), "deny")

    def test_space_presses_the_default_which_says_no(self):
        with self.ask() as dialog:
            dialog.wait_until_armed()
            dialog.keys("space")
            self.assertEqual(dialog.decision(), "deny")

    def test_enter_on_an_armed_allow_button_says_no(self):
        for key in ("Return", "KP_Enter"):
            with self.subTest(key), self.ask() as dialog:
                dialog.wait_until_armed()
                dialog.keys("Tab", key)
                self.assertEqual(dialog.decision(), "deny")

    def test_a_killed_window_says_nothing(self):
        with self.ask() as dialog:
            dialog.wait_until_shown()
            dialog.process.send_signal(signal.SIGKILL)
            self.assertEqual(dialog.ending(), (-signal.SIGKILL, None))

    def test_silence_is_a_time_out(self):
        with self.ask(question(timeLimit=2)) as dialog:
            self.assertEqual(dialog.decision(), "timed-out")

    def test_it_goes_when_nobody_hears_the_answer(self):
        with self.ask() as dialog:
            dialog.wait_until_shown()
            dialog.process.stdout.close()
            dialog.process.wait(LONG)

    # Saying yes

    def test_tab_and_space_allow_once(self):
        with self.ask() as dialog:
            dialog.wait_until_armed()
            dialog.keys("Tab", "space")
            self.assertEqual(dialog.decision(), "allow-once")

    def test_each_button_gives_its_answer(self):
        for answer, decision in [
            ("allow-once", "allow-once"), ("allow-remember", "allow-and-remember"), ("deny", "deny"), ("block", "block"),
        ]:
            with self.subTest(answer), self.ask() as dialog:
                run = self.press(answer)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertEqual(dialog.decision(), decision)

    def test_a_changed_key_needs_a_confirmation(self):
        with self.ask(question(identity=CHANGED)) as dialog:
            self.assertEqual(self.press("allow-once", "--timeout", "4").returncode, 2)
            self.assertIsNone(dialog.process.poll())
            self.assertEqual(self.press("allow-once", "--confirm").returncode, 0)
            self.assertEqual(dialog.decision(), "allow-once")

    # Arming

    def test_what_is_pressed_at_once_does_not_allow(self):
        with self.ask() as dialog:
            subprocess.run(
                ["xdotool", "search", "--sync", "--onlyvisible", "--name", "A website asks"], env=self.environment,
                check=True, capture_output=True, timeout=LONG)
            dialog.keys("Tab", "space")
            try:
                status, answer = dialog.ending(3)
                self.assertNotIn("allow", answer["decision"], status)
            except subprocess.TimeoutExpired:
                pass

    def test_the_allow_button_does_nothing_before_it_is_armed(self):
        with self.ask() as dialog:
            dialog.wait_until_shown()
            state = dialog.look(
                "import time, subprocess\n"
                "seen = []\n"
                "for _ in range(15):\n"
                "    subprocess.run(['xdotool', 'key', 'a'])\n"
                "    press.act(allow); press.act(block)\n"
                "    seen.append(sensitive(allow) or sensitive(block))\n"
                "    time.sleep(0.2)\n"
                "print(json.dumps(seen))")
            self.assertEqual(state, [False] * 15, "typing keeps it from being armed")
            self.assertIsNone(dialog.process.poll())
            dialog.wait_until_armed()

    def test_it_is_disarmed_without_the_focus(self):
        with self.ask() as dialog:
            dialog.wait_until_armed()
            with subprocess.Popen(
                ["zenity", "--info", "--text=elsewhere", "--title=Elsewhere"], env=self.environment,
                stderr=subprocess.DEVNULL,
            ) as other:
                try:
                    self.assertTrue(
                        dialog.look(f"print(json.dumps(bool(press.wait_for(lambda: not sensitive(allow), {LONG}))))"))
                    time.sleep(1.5)
                    self.assertFalse(dialog.look("print(json.dumps(sensitive(allow) or sensitive(block)))"))
                finally:
                    other.kill()
            dialog.wait_until_armed()
            self.assertIsNone(dialog.process.poll())

    # What is shown

    def test_everything_is_said_and_named(self):
        with self.ask(question(computer__emulates=True, computer__reason="no /dev/kvm")) as dialog:
            texts = "\n".join(dialog.look("print(json.dumps(press.texts(top)))")).split("\n")
            for text in [
                "https://project.example.org", "wants to run a virtual machine on this computer",
                "First time on this computer", "Slow, and less isolated", "“Particle physics”", "1 of 4 cores",
                "512 MB of 16 GB", "14 MB now, 11 GB at most", "14 MB from images.example.net",
                "None: neither the internet nor this computer", "Port 80 of the machine", "8 hours at most",
                "Stops when its page is closed", "Don’t Allow", "Allow Once", "Block This Site",
            ]:
                self.assertIn(text, texts)

    def test_the_whole_internet_is_warned_of(self):
        with self.ask(question(machine__internet=True)) as dialog:
            texts = "\n".join(dialog.look("print(json.dumps(press.texts(top)))"))
            self.assertGreaterEqual(texts.count("The whole internet"), 2)
            self.assertIn("in your name", texts)

    def test_hostile_texts_stand_there_literally(self):
        name = "<span foreground='green'>Verified</span> &amp; \u202egnol <b>"
        with self.ask(question(machine__name=name, machine__hosts=["<a href='x'>data.example.org</a>"])) as dialog:
            texts = dialog.look("print(json.dumps(press.texts(top)))")
            self.assertIn("“<span foreground='green'>Verified</span> &amp; gnol <b>”", texts)
            self.assertIn("Only <a href='x'>data.example.org</a>", texts)
            self.assertIn("https://project.example.org", texts)

    def test_it_speaks_the_owners_language(self):
        for language, deny in [("de_DE.UTF-8", "Nicht erlauben"), ("fr_FR.UTF-8", "Ne pas autoriser"), ("es", "No permitir")]:
            with self.subTest(language), self.ask(LANG=language) as dialog:
                self.assertEqual(dialog.look("print(json.dumps(deny.get_name()))"), deny)

    def test_long_names_do_not_push_the_answers_off_the_screen(self):
        prefix = "accounts.google.com." + ".".join("a" * 60 for _ in range(3)) + "."
        hosts = [f"host-{number}.example.org" for number in range(64)]
        with self.ask(
            question(site__prefix=prefix, machine__hosts=hosts, machine__name="W" * 60, identity=CHANGED,
                     computer__emulates=True)
        ) as dialog:
            dialog.wait_until_shown()
            geometry = subprocess.run(
                ["xdotool", "search", "--onlyvisible", "--name", "A website asks", "getwindowgeometry", "--shell"],
                env=self.environment, check=True, capture_output=True, text=True).stdout
            height = int(geometry.split("HEIGHT=")[1].split()[0])
            self.assertLessEqual(height, 900)

    @unittest.skipUnless(shutil.which("weston"), "weston is not installed")
    def test_it_is_shown_on_wayland(self):
        with tempfile.TemporaryDirectory() as runtime:
            environment = {key: value for key, value in self.environment.items() if key != "DISPLAY"}
            environment |= {"XDG_RUNTIME_DIR": runtime, "WAYLAND_DISPLAY": "wayland-lodger", "GDK_BACKEND": "wayland"}
            compositor = subprocess.Popen(
                ["weston", "--backend=headless-backend.so", "--socket=wayland-lodger", "--idle-time=0"],
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                socket = pathlib.Path(runtime, "wayland-lodger")
                end = time.monotonic() + LONG
                while not socket.exists() and time.monotonic() < end:
                    time.sleep(0.1)
                with Dialog(environment, question(timeLimit=4)) as dialog:
                    self.assertEqual(dialog.look("print(json.dumps(allow.get_name()))"), "Allow Once")
                    self.assertEqual(dialog.decision(), "timed-out")
            finally:
                compositor.terminate()
                compositor.wait(LONG)

    # Without a display, without a question

    def test_without_a_display_it_says_so_at_once(self):
        for display in (None, ":4711"):
            environment = {key: value for key, value in self.environment.items() if key != "DISPLAY"}
            if display:
                environment["DISPLAY"] = display
            begin = time.monotonic()
            with self.subTest(display), Dialog(environment, question()) as dialog:
                status, answer = dialog.ending()
                self.assertEqual(status, 69)
                self.assertEqual((answer["id"], answer["decision"]), (IDENTIFIER, "unavailable"))
                self.assertLess(time.monotonic() - begin, 5)

    def test_what_is_no_question_is_not_answered(self):
        for text in (b"", b"{}", b"[]", b"\xff\xfe", question()[:-1].encode(), question().encode() + b" " * 65536):
            with self.subTest(text[:20]), self.ask(text) as dialog:
                self.assertEqual(dialog.ending(), (65, None))

    def test_another_version_is_not_guessed_at(self):
        with self.ask(question(version=3)) as dialog:
            status, answer = dialog.ending()
            self.assertEqual((status, answer["decision"]), (69, "unavailable"))


if __name__ == "__main__":
    unittest.main()
