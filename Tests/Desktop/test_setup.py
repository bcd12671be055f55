#!/usr/bin/python3
"""`lodger setup` and its root helper, with the real pkexec where root runs the tests.

Who may become root is asked over D-Bus of a polkitd that dbusmock plays; apt, dpkg and usermod are stand-ins that note how they
were called.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import system  # noqa: E402
from system import HELPER, LODGER, TOP, Polkit, System  # noqa: E402

NOBODY = 65534
NOT_INSTALLED = 'case $* in *ovmf*|*libvirt-daemon) printf not-installed ;; *) printf installed ;; esac'
SIMULATED = "case $* in *--simulate*) printf 'Inst ovmf (1)\\nInst libvirt0 (2)\\n' ;; *install*) echo Unpacking ovmf ;; esac"
PACKAGES = "libvirt-daemon ovmf"


class HelperTest(unittest.TestCase):
    """The helper alone, as root of a namespace."""

    def setUp(self):
        SYSTEM.forget()

    def run_helper(self, *words, **variables):
        return subprocess.run(
            [TOP / "packaging/polkit/lodger-setup-helper", *words], env={"PATH": "/nowhere", **variables},
            capture_output=True, text=True, timeout=60, check=False)

    def test_installs_what_is_missing_of_its_own_list(self):
        result = self.run_helper("install-packages")
        self.assertEqual(result.returncode, 0, result.stderr)
        update, install = SYSTEM.calls("apt-get")
        self.assertIn(" update ", update)
        self.assertIn(f"--yes --no-install-recommends --no-remove install {PACKAGES} uid=0 frontend=noninteractive", install)

    def test_the_list_is_that_of_the_program(self):
        text = (TOP / "Sources/HostCheck/Setup/Remedy.swift").read_text()
        listed = text[text.index("packages = ["):].split('"')[1::2]
        helper = (TOP / "packaging/polkit/lodger-setup-helper").read_text()
        self.assertEqual(helper.split("packages='")[1].split("'")[0].split(), listed)
        needed = (TOP / "packaging/dependencies/run.txt").read_text().split()
        # The window's icons are the desktop package's own business.
        self.assertLessEqual(set(needed) - {"librsvg2-common"}, set(listed))

    def test_adds_who_asked_to_the_group(self):
        result = self.run_helper("join-kvm-group", PKEXEC_UID=str(NOBODY))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("usermod --append --groups kvm nobody uid=0", SYSTEM.calls("usermod")[0])
        self.assertIn("next login", result.stdout)
        self.assertEqual(self.run_helper("join-kvm-group", SUDO_UID=str(NOBODY)).returncode, 0)

    def test_takes_no_other_word(self):
        for words in [[], ["install"], ["install-packages", "nmap"], ["join-kvm-group", "root"], ["--help"], [""]]:
            self.assertEqual(self.run_helper(*words, PKEXEC_UID=str(NOBODY)).returncode, 64, words)
        for who in ["", "0", "-1", "1;id", "$(id)", "nobody", "4294967294"]:
            self.assertEqual(self.run_helper("join-kvm-group", PKEXEC_UID=who).returncode, 1, who)
        self.assertEqual(SYSTEM.log.read_text(), "")


@unittest.skipUnless(os.getuid() == 0 and "--userns" not in sys.argv, "pkexec needs real root")
class SetupTest(unittest.TestCase):
    """The whole way: doctor's findings, the list, pkexec, polkit, the helper."""

    def setUp(self):
        SYSTEM.forget()

    def setup_command(self, *options):
        home = tempfile.mkdtemp(prefix="lodger-setup-")
        self.addCleanup(subprocess.run, ["rm", "-rf", home], check=True)
        os.mkdir(home + "/run", 0o700)
        for path in [home, home + "/run"]:
            os.chown(path, NOBODY, NOBODY)
        return subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", LODGER, "setup", *options],
            env={"HOME": home, "XDG_RUNTIME_DIR": home + "/run", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, cwd="/",
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False)

    def assert_listed(self, result):
        self.assertIn(f"install from Debian: {PACKAGES}\n    with what they need: libvirt0\n", result.stdout)
        self.assertIn("add you to the group kvm", result.stdout)

    def changes(self):
        return [call for call in SYSTEM.calls("apt-get") if "--simulate" not in call] + SYSTEM.calls("usermod")

    def test_a_dry_run_lists_and_changes_nothing(self):
        POLKIT.answer(Polkit.ALLOWED)
        result = self.setup_command("--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_listed(result)
        self.assertEqual((self.changes(), POLKIT.asked()), ([], []))

    def test_without_a_yes_nothing_is_changed(self):
        POLKIT.answer(Polkit.ALLOWED)
        result = self.setup_command()
        self.assertEqual(result.returncode, 1)
        self.assertIn("nothing was changed", result.stderr)
        self.assertEqual((self.changes(), POLKIT.asked()), ([], []))

    def test_what_is_allowed_is_done_by_root_and_shown(self):
        POLKIT.answer(Polkit.ALLOWED)
        result = self.setup_command("--yes")
        self.assert_listed(result)
        self.assertIn("Unpacking ovmf", result.stdout)
        self.assertIn("nobody is in the group kvm from the next login on", result.stdout)
        self.assertEqual(
            POLKIT.asked(), ["org.lodger.Lodger.install-packages", "org.lodger.Lodger.join-kvm-group"], result.stderr)
        update, install, join = self.changes()
        self.assertIn("update uid=0", update)
        self.assertIn(f"install {PACKAGES} uid=0", install)
        self.assertIn("kvm nobody uid=0", join)

    def test_what_is_denied_is_not_done(self):
        for answer in [Polkit.DENIED, Polkit.DISMISSED]:
            POLKIT.answer(answer)
            result = self.setup_command("--yes")
            self.assertEqual(result.returncode, 1)
            self.assertIn("that was not allowed", result.stderr)
            self.assertEqual(POLKIT.asked(), ["org.lodger.Lodger.install-packages"])
            self.assertEqual(self.changes(), [])

    def test_without_an_agent_and_a_terminal_the_command_is_named(self):
        POLKIT.answer(Polkit.NO_AGENT)
        result = self.setup_command("--yes")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nobody can be asked", result.stderr)
        self.assertIn(f"sudo apt-get install --no-install-recommends {PACKAGES}\n", result.stderr)
        self.assertIn("sudo usermod --append --groups kvm nobody", result.stderr)
        self.assertEqual(self.changes(), [])

    def test_a_helper_that_others_may_write_is_not_run(self):
        POLKIT.answer(Polkit.ALLOWED)
        HELPER.chmod(0o777)
        self.addCleanup(HELPER.chmod, 0o755)
        result = self.setup_command("--yes")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not root's alone", result.stderr)
        self.assertEqual((self.changes(), POLKIT.asked()), ([], []))


def prepare(stack, folder):
    """The stand-ins; gives the system, and polkit where pkexec can become root."""
    made = System(folder)
    made.stand_in("/usr/bin/apt-get", SIMULATED)
    made.stand_in("/usr/bin/dpkg-query", NOT_INSTALLED)
    made.stand_in("/usr/sbin/usermod")
    made.group("kvm")
    if "--userns" in sys.argv:
        return made, None
    made.install()
    # Not executable, so as good as not installed.
    empty = made.folder / "empty"
    empty.touch(0o644)
    for daemon in ["/usr/sbin/libvirtd", "/usr/sbin/virtqemud"]:
        if os.path.exists(daemon):
            made.put(empty, daemon)
    device = made.folder / "kvm"
    device.touch()
    subprocess.run(["chown", "root:kvm", device], check=True)
    device.chmod(0o660)
    if not os.path.exists("/dev/kvm"):
        made.empty("/dev")
        pathlib.Path("/dev/kvm").touch()
    made.put(device, "/dev/kvm")
    stack.enter_context(system.system_bus(folder))
    stack.enter_context(system.mocked_polkit())
    import dbus
    return made, Polkit(dbus.SystemBus())


if __name__ == "__main__":
    import contextlib

    if os.getuid() != 0 and "--inside" not in sys.argv:
        sys.argv.append("--userns")
        system.enter(["--user", "--map-root-user"])
    system.enter([])
    with contextlib.ExitStack() as stack:
        SYSTEM, POLKIT = prepare(stack, stack.enter_context(tempfile.TemporaryDirectory(prefix="lodger-system-")))
        if "--userns" in sys.argv:
            sys.argv.remove("--userns")
            outcome = unittest.main(defaultTest="HelperTest", exit=False, verbosity=2)
        else:
            outcome = unittest.main(exit=False, verbosity=2)
    sys.exit(not outcome.result.wasSuccessful())
