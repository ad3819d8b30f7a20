# SPDX-License-Identifier: Apache-2.0
"""A vault whose keys are in SoftHSM 2, in a folder of its own: for benches of the server."""

import os
import pathlib
import shutil
import subprocess
import tempfile

LIBRARY = os.environ.get("LK_SOFTHSM", "/usr/lib/softhsm/libsofthsm2.so")
PIN = "2468"


class SoftHsm:
    """Made on construction, with the key group that the rig's meters have; whatever is started afterwards finds its token."""

    def __init__(self, latchkey):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lk-hsm-"))
        (self.folder / "tokens").mkdir()
        (self.folder / "softhsm2.conf").write_text(f"directories.tokendir = {self.folder}/tokens\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(self.folder / "softhsm2.conf")
        self.pin = self.folder / "pin"
        self.pin.write_text(PIN + "\n")
        self.pin.chmod(0o600)
        self.vault = self.folder / "vault.lkv"
        self.run("softhsm2-util", "--init-token", "--free", "--label", "latchkey", "--pin", PIN, "--so-pin", PIN)
        asked = [latchkey, "vault", "--vault", self.vault, "--module", LIBRARY, "--token", "latchkey", "--pin-file", self.pin]
        self.run(*asked, "init", "pkcs11")
        self.run(*asked, "add-group", "201457-1-2", "--random")

    @staticmethod
    def run(*command):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}{done.stdout}")

    def configure(self, file):
        """Tells a server's configuration of the module."""
        text = file.read_text()
        lines = f'[vault]\nkind = "pkcs11"\nmodule = "{LIBRARY}"\ntoken = "latchkey"\npin_file = "{self.pin}"\n'
        file.write_text(text.replace("[vault]\n", lines))

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
