#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`latchkey provision`: meters' keys that HMAC, written out once more, agrees on, and a vault that is private and never overwritten.

usage: provision_command_test.py LATCHKEY
"""

import hashlib
import hmac
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile

KEY = bytes.fromhex("abababababababab949494949494949401234567")


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=100)


def done(program, *arguments):
    result = run(program, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def private(path, text):
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def luhn_digit(digits):
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def decoder_key(number):
    """DKGA04 of IEC 62055-41, written out once more, by other hands than the library's."""
    pan = "600727" + number
    pan += luhn_digit(pan)
    data = b"\x04\x0204\x0214\x0211\x0201\x00\x04\x06201457\x012\x011\x12"
    data += pan.encode() + (128).to_bytes(4, "big")
    return hmac.new(KEY, data, hashlib.sha256).hexdigest()[:32]


def check_made_vault(program, folder):
    path = folder / "vault.lkv"
    made = done(program, "provision", "--meters", 13, "--first", 1, "--vault", path, "--make-vault")
    for file in (path, folder / "vault.lkv.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, "vault and key are private"
    assert sorted(os.listdir(folder)) == ["vault.lkv", "vault.lkv.audit", "vault.lkv.key", "vault.lkv.lock"], os.listdir(folder)
    meters = [json.loads(line) for line in made.splitlines()]
    assert len(meters) == 13
    for serial, meter in enumerate(meters, 1):
        assert set(meter) == {"number", "decoder_key", "order_key"}, meter
        payload = f"07{serial:08d}"
        assert meter["number"] == payload + luhn_digit(payload), meter
        assert re.fullmatch("[0-9a-f]{32}", meter["decoder_key"]) and re.fullmatch("[0-9a-f]{32}", meter["order_key"]), meter
    assert len({meter["order_key"] for meter in meters} | {meter["decoder_key"] for meter in meters}) == 26
    again = done(program, "provision", "--meters", 2, "--first", 12, "--vault", path)
    assert [json.loads(line) for line in again.splitlines()] == meters[11:], "the same vault gives the same keys"

    before = path.read_bytes()
    refused = run(program, "provision", "--meters", 1, "--first", 1, "--vault", path, "--make-vault")
    assert refused.returncode == 2 and "never overwritten" in refused.stderr, refused.stderr
    assert path.read_bytes() == before
    path.chmod(0o640)
    refused = run(program, "provision", "--meters", 1, "--first", 1, "--vault", path)
    assert refused.returncode != 0 and "chmod 600" in refused.stderr, refused.stderr
    path.chmod(0o600)
    for arguments in (["--meters", 0, "--first", 1], ["--meters", 2, "--first", 99999999],
                      ["--meters", 1, "--first", 100000000], ["--meters", "x", "--first", 1]):
        refused = run(program, "provision", *arguments, "--vault", path)
        assert refused.returncode != 0 and refused.stderr, arguments
    missing = run(program, "provision", "--meters", 1, "--first", 1, "--vault", folder / "no" / "vault.lkv")
    assert missing.returncode != 0 and "there is no such file" in missing.stderr, missing.stderr


def check_known_key(program, folder):
    """A key that two officers load gives the meters' keys that HMAC gives."""
    vault = ["vault", "--vault", folder / "known.lkv"]
    one = private(folder / "one", "password one")
    two = private(folder / "two", "password two")
    done(program, *vault, "init", "file", "--make-key")
    done(program, *vault, "add-officer", "ann", "--new-password-file", one)
    done(program, *vault, "--officer", "ann", "--officer-password-file", one, "add-officer", "bob", "--new-password-file", two)
    done(program, *vault, "--officer", "ann", "--officer-password-file", one, "add-group", "201457-1-2")
    first = os.urandom(20)
    halves = (("ann", one, first), ("bob", two, bytes(a ^ b for a, b in zip(first, KEY))))
    for officer, password, half in halves:
        done(program, *vault, "--officer", officer, "--officer-password-file", password, "load-half", "201457-1-2",
             "--half-file", private(folder / "half", half.hex()))
    for line in done(program, "provision", "--meters", 3, "--first", 1, "--vault", folder / "known.lkv").splitlines():
        meter = json.loads(line)
        assert meter["decoder_key"] == decoder_key(meter["number"]), meter


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        check_made_vault(sys.argv[1], pathlib.Path(name))
    with tempfile.TemporaryDirectory() as name:
        check_known_key(sys.argv[1], pathlib.Path(name))
