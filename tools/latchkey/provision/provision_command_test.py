#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`latchkey provision`: keys that `latchkey sts` and HMAC agree on, and a vault that is private and never overwritten.

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


def run(program, *arguments, text=""):
    return subprocess.run([program, *arguments], input=text, capture_output=True, text=True, timeout=100)


def luhn_digit(digits):
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def decoder_key(vault, number):
    """DKGA04 of IEC 62055-41, written out once more, by other hands than the library's."""
    pan = "600727" + number
    pan += luhn_digit(pan)
    data = b"\x04\x0204\x0214\x0211\x0201\x00\x04\x06" + vault["supply_group_code"].encode() + b"\x012\x011\x12"
    data += pan.encode() + (128).to_bytes(4, "big")
    return hmac.new(bytes.fromhex(vault["vending_key"]), data, hashlib.sha256).hexdigest()[:32]


def check(program, folder):
    path = folder / "vault.toml"
    made = run(program, "provision", "--meters", "13", "--first", "1", "--vault", str(path), "--make-vault")
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "the vault is private"
    assert os.listdir(folder) == ["vault.toml"], "nothing else is left behind"
    vault = dict(re.findall(r'^(\w+) = "?([0-9a-f]+)"?', path.read_text(), re.MULTILINE))
    meters = [json.loads(line) for line in made.stdout.splitlines()]
    assert len(meters) == 13
    for serial, meter in enumerate(meters, 1):
        assert set(meter) == {"number", "decoder_key", "order_key"}, meter
        payload = f"07{serial:08d}"
        assert meter["number"] == payload + luhn_digit(payload), meter
        assert meter["decoder_key"] == decoder_key(vault, meter["number"]), meter
        assert re.fullmatch("[0-9a-f]{32}", meter["order_key"]), meter
    assert len({meter["order_key"] for meter in meters}) == 13

    again = run(program, "provision", "--meters", "2", "--first", "12", "--vault", str(path))
    assert [json.loads(line) for line in again.stdout.splitlines()] == meters[11:], "the same vault gives the same keys"

    before = path.read_text()
    refused = run(program, "provision", "--meters", "1", "--first", "1", "--vault", str(path), "--make-vault")
    assert refused.returncode == 2 and "never overwritten" in refused.stderr, refused.stderr
    assert path.read_text() == before and os.listdir(folder) == ["vault.toml"]

    path.chmod(0o640)
    refused = run(program, "provision", "--meters", "1", "--first", "1", "--vault", str(path))
    assert refused.returncode == 2 and "chmod 600" in refused.stderr, refused.stderr
    path.chmod(0o600)

    wrong_lines = {
        "vending_key": 'vending_key = "12"',
        "supply_group_code": "supply_group_code = 201457",
        "key_revision_number": "key_revision_number = 10",
        "base_date": "base_date = 2000",
        "key_type": 'key_type = "unique"',
        "order_master_key": 'order_master_key = "' + "g" * 32 + '"',
    }
    for key, line in wrong_lines.items():
        path.write_text(re.sub(rf"(?m)^{key} = .*$", line, before))
        refused = run(program, "provision", "--meters", "1", "--first", "1", "--vault", str(path))
        assert refused.returncode == 2 and f"{path}: {key} must be" in refused.stderr, refused.stderr
    path.write_text(before + "= broken\n")
    refused = run(program, "provision", "--meters", "1", "--first", "1", "--vault", str(path))
    assert refused.returncode == 2 and f"{path}:8:" in refused.stderr, refused.stderr

    for arguments in (["--meters", "0", "--first", "1"], ["--meters", "2", "--first", "99999999"],
                      ["--meters", "1", "--first", "100000000"], ["--meters", "x", "--first", "1"]):
        refused = run(program, "provision", *arguments, "--vault", str(path))
        assert refused.returncode != 0 and refused.stderr, arguments
    missing = run(program, "provision", "--meters", "1", "--first", "1", "--vault", str(folder / "no" / "vault.toml"))
    assert missing.returncode == 2 and "--make-vault" in missing.stderr, missing.stderr


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        check(sys.argv[1], pathlib.Path(name))
