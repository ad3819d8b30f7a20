#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`latchkey vault` from end to end, over a sealed file and over SoftHSM 2: nothing secret is ever printed.

usage: vault_command_test.py LATCHKEY
"""

import fcntl
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOFTHSM = os.environ.get("LK_SOFTHSM", "/usr/lib/softhsm/libsofthsm2.so")
GROUP = "201457-1-2"


def private(path, text):
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


class Desk:
    """Officers at the command line; keeps all that was printed, to look for secrets in it."""

    def __init__(self, program, folder, options):
        self.program, self.folder = program, folder
        self.base = ["vault", "--vault", folder / "vault.lkv", *options]
        self.printed = ""
        self.secrets = []

    def run(self, *arguments, officer=None):
        who = ["--officer", officer, "--officer-password-file", self.folder / officer] if officer else []
        result = subprocess.run([self.program, *map(str, [*self.base, *who, *arguments])], capture_output=True, text=True,
                                timeout=100, stdin=subprocess.DEVNULL, start_new_session=True)
        self.printed += result.stdout + result.stderr
        return result

    def done(self, *arguments, officer=None):
        result = self.run(*arguments, officer=officer)
        assert result.returncode == 0, (arguments, result.stderr)
        return result.stdout

    def refused(self, text, *arguments, officer=None, status=2):
        result = self.run(*arguments, officer=officer)
        assert result.returncode == status and text in result.stderr, (arguments, result.returncode, result.stderr)

    def half(self, value):
        self.secrets.append(value.hex())
        return private(self.folder / "half", value.hex())


def check_value(key):
    return hmac.new(key, bytes(8), hashlib.sha256).hexdigest()[:6]


def check(desk, init, folder):
    for name in ("ann", "bob"):
        private(folder / name, f"password of {name}")
        desk.secrets.append(f"password of {name}")
    desk.done(*init)
    desk.refused("never overwritten", *init[:2], "--audit", folder / "x")
    desk.done("add-officer", "ann", "--new-password-file", folder / "ann")
    desk.refused("does not exist", "add-officer", "bob", "--new-password-file", folder / "bob")
    desk.done("add-officer", "bob", "--new-password-file", folder / "bob", officer="ann")

    desk.refused("must be supply group code", "add-group", "201457", officer="ann")
    desk.done("add-group", GROUP, "--ken", "200", "--expires", "2040-01-01", officer="ann")
    first, second = os.urandom(20), os.urandom(20)
    whole = bytes(a ^ b for a, b in zip(first, second))
    desk.secrets.append(whole.hex())
    desk.refused("hexadecimal digits", "load-half", GROUP, "--half-file", private(folder / "half", "12xy"), officer="ann")
    desk.refused("mistyped", "load-half", GROUP, "--half-file", desk.half(first), "--check-value", "000000", officer="ann")
    out = desk.done("load-half", GROUP, "--half-file", desk.half(first), "--check-value", check_value(first), officer="ann")
    assert check_value(first) in out, out
    assert "half" in desk.done("list")
    desk.refused("another officer", "load-half", GROUP, "--half-file", desk.half(second), officer="ann")
    out = desk.done("load-half", GROUP, "--half-file", desk.half(second), officer="bob")
    assert check_value(second) in out and check_value(whole) in out, out
    desk.refused("has its key", "load-half", GROUP, "--half-file", desk.half(second), officer="ann")

    desk.done("limits", GROUP, "--uses", "1000", "--units", "5000.5", "--money", "100.00", officer="ann")
    desk.refused("digits behind the point", "limits", GROUP, "--units", "1.55", officer="ann")
    desk.done("limits", GROUP, "--money", "none", officer="ann")
    desk.done("rotate", GROUP, "--active", "2035-01-01", officer="ann")
    desk.done("add-group", "000042-1-2", "--random", officer="bob")

    public = json.loads(desk.done("export"))
    group = public["groups"][0]
    assert group["check_value"] == check_value(whole) and group["state"] == "loaded", group
    assert group["limits"] == {"uses": 1000, "uses_a_day": None, "units": 50005, "money": None}, group
    assert group["expires"] == 2051222400 and public["groups"][1]["group"] == "201457-2-2", public
    assert "2 keys" in desk.done("check")
    head = desk.done("audit").split()[-1]
    desk.done("add-group", "000043-1-2", officer="ann")
    desk.done("remove-group", "000043-1-2", "--yes", officer="ann")
    desk.done("audit", "--head", head)
    assert f"{public['audit']['number']}:{public['audit']['hash']}" == head
    assert "first half, check value" in desk.done("audit", "--all")

    # Somebody works with it: changes wait, looks do not.
    audit = folder / "vault.lkv.audit"
    with open(audit / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        desk.refused("another process", "limits", GROUP, "--uses", "1", officer="ann", status=1)
        desk.done("list")
    # An audit whose end was cut off is whole in itself; the noted head tells.
    segment = audit / "00000001.audit"
    whole_audit = segment.read_text()
    last = desk.done("audit").split()[-1]
    segment.write_text("".join(whole_audit.splitlines(keepends=True)[:-1]))
    desk.done("audit")
    desk.refused("cut off", "audit", "--head", last)
    segment.write_text(whole_audit.replace("first half", "second try", 1))
    desk.refused("was changed", "audit", status=1)
    segment.write_text(whole_audit)
    desk.done("check")


def over_file(program, folder):
    desk = Desk(program, folder, [])
    check(desk, ["init", "file", "--make-key"], folder)
    desk.secrets.append((folder / "vault.lkv.key").read_text().strip())
    desk.done("reseal", "--passphrase", "--new-file", private(folder / "phrase", "a long passphrase"), officer="ann")
    desk.base += ["--passphrase-file", folder / "phrase"]
    desk.done("check")
    private(folder / "phrase", "another passphrase")
    desk.refused("passphrase is wrong", "check", status=1)
    return desk


def over_module(program, folder):
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "till", "--pin", "135791", "--so-pin", "864202"],
                   check=True, capture_output=True)
    desk = Desk(program, folder, ["--module", SOFTHSM, "--token", "till", "--pin-file", private(folder / "pin", "135791")])
    check(desk, ["init", "pkcs11"], folder)
    desk.secrets.append("135791")
    private(folder / "pin", "000000")
    desk.refused("CKR_PIN_INCORRECT", "check", status=1)
    private(folder / "pin", "135791")
    shutil.rmtree(folder / "tokens")
    (folder / "tokens").mkdir()
    desk.refused("is not in any slot", "check", status=1)
    return desk


if __name__ == "__main__":
    ways = [over_file]
    if os.path.exists(SOFTHSM) and shutil.which("softhsm2-util"):
        ways.append(over_module)
    else:
        print("no SoftHSM 2 here (package softhsm2): only the sealed file is tried")
    for way in ways:
        with tempfile.TemporaryDirectory() as name:
            desk = way(sys.argv[1], pathlib.Path(name))
            for secret in desk.secrets:
                assert secret.lower() not in desk.printed.lower(), f"{way.__name__} printed a secret"
