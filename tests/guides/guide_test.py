#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of a guide as a newcomer would, in an empty folder: guide_test.py GUIDE BIN EXPECTED…

All blocks marked `sh` are one shell's input; each EXPECTED text must be in what it prints. Ends with 77 without curl.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile


def main():
    guide, programs, *expected = sys.argv[1:]
    if not shutil.which("curl"):
        print("skipped: curl is not installed")
        return 77
    blocks = re.findall(r"^```sh\n(.*?)^```", pathlib.Path(guide).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="lk-guide-") as folder:
        environment = {**os.environ, "PORT": str(port), "HOME": folder, "PATH": f"{programs}:{os.environ['PATH']}"}
        environment.pop("XDG_STATE_HOME", None)
        # A group of its own, so that what a failed guide leaves running ends with it.
        shell = subprocess.Popen(["bash", "-eu"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, cwd=folder, env=environment, start_new_session=True)
        try:
            printed, _ = shell.communicate("\n".join(blocks), timeout=240)
        finally:
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    print(printed)
    missing = [text for text in expected if text not in printed]
    if missing:
        print("not printed:", missing)
    return 1 if shell.returncode or missing else 0


if __name__ == "__main__":
    sys.exit(main())
