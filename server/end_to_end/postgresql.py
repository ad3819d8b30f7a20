#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server of its own, in a temporary folder and on a Unix socket only, for tests and benches.

    postgresql.py PROGRAM [ARGUMENTS]      runs PROGRAM with LK_TEST_DATABASE naming an empty database; ends with its status

Ends with 77 where PostgreSQL's server programs are not installed.
"""

import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def programs():
    """The newest installed version's folder, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    on_path = shutil.which("initdb")
    if found:
        return pathlib.Path(found[-1]).parent
    return pathlib.Path(on_path).parent if on_path else None


class Postgresql:
    """Started on construction; `url` names its database. It refuses to be root: then it runs as `postgres` or `nobody`."""

    def __init__(self, settings=()):
        self.bin = programs()
        if self.bin is None:
            raise FileNotFoundError("PostgreSQL's server programs are not installed")
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lk-pg-"))
        self.user = self.other_user() if os.geteuid() == 0 else None
        self.directory.chmod(0o711)
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        self.process = None
        data = self.directory / "data"
        self.run(self.bin / "initdb", "-D", data, "-U", "latchkey", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.directory}",
            "max_connections=60",
            "shared_buffers=64MB",
            *settings,
        ]
        self.start()
        self.run(self.bin / "createdb", "-h", self.directory, "-U", "latchkey", "latchkey")
        self.url = f"postgresql:///latchkey?host={self.directory}&user=latchkey"

    @staticmethod
    def other_user():
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise FileNotFoundError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")

    def as_user(self):
        """Runs in the child, before the program."""
        os.setgroups([])
        os.setgid(self.user.pw_gid)
        os.setuid(self.user.pw_uid)

    def options(self):
        return {"preexec_fn": self.as_user} if self.user else {}

    def run(self, *command):
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, cwd=self.directory, **self.options()
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")

    def start(self):
        command = [self.bin / "postgres", "-D", self.directory / "data"]
        for setting in self.settings:
            command += ["-c", setting]
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdout=log, stderr=log, cwd=self.directory, **self.options()
            )
        deadline = time.monotonic() + 60
        ready = [str(self.bin / "pg_isready"), "-q", "-h", str(self.directory)]
        while subprocess.run(ready).returncode:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("PostgreSQL did not start:\n" + (self.directory / "log").read_text())
            time.sleep(0.05)

    def stop(self, how=signal.SIGINT):
        """SIGINT: fast, in order; SIGQUIT: at once, as by a power cut."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def main():
    try:
        server = Postgresql(settings=("fsync=off",))
    except FileNotFoundError as missing:
        print(f"skipped: {missing}")
        return 77
    try:
        return subprocess.run(sys.argv[1:], env={**os.environ, "LK_TEST_DATABASE": server.url}).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
