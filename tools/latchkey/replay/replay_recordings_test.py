#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `latchkey replay` over every recording of ../shared/data/waveforms (or LK_SHARED) and compares with the
manifest: for currents above 0.3 A, PF within 0.005 and P, V, I within 0.5 %. Also tries what it must refuse.

    replay_recordings_test.py LATCHKEY REPOSITORY      status 77: the recordings are absent
"""

import csv
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

V_SCALE, I_SCALE, RATE = "21.3872", "41.4738", "6400"
SKIPPED = 77


def replay(program, *arguments):
    return subprocess.run([program, "replay", *arguments], capture_output=True, text=True, timeout=60)


def usual(file):
    return ["--rate", RATE, "--v-scale", V_SCALE, "--i-scale", I_SCALE, "--order", "iv", "--json", str(file)]


def check_refusals(program, folder):
    """Each bad input ends with status 2 and a message that names it."""
    whole, empty, odd = folder / "whole.i16", folder / "empty.i16", folder / "odd.i16"
    whole.write_bytes(struct.pack("<4h", 1, 2, 3, 4))
    empty.write_bytes(b"")
    loud = folder / "loud.i16"
    loud.write_bytes(struct.pack("<4h", 900, 8000, 900, -8000))
    odd.write_bytes(b"\0\0\0")
    scales = ["--v-scale", "20", "--i-scale", "40"]
    rows = [
        ("missing file", ["--rate", "6400", *scales, str(folder / "none.i16")], "none.i16: cannot be opened"),
        ("empty file", ["--rate", "6400", *scales, str(empty)], "empty.i16: is empty"),
        ("odd length", ["--rate", "6400", *scales, str(odd)], "odd.i16: has 3 bytes"),
        ("a folder", ["--rate", "6400", *scales, str(folder)], "is a folder"),
        ("zero scale", ["--rate", "6400", "--v-scale", "0", "--i-scale", "40", str(whole)], "--v-scale: expected"),
        ("negative scale", ["--rate", "6400", "--v-scale", "20", "--i-scale=-1", str(whole)], "--i-scale: expected"),
        ("scale that is none", ["--rate", "6400", "--v-scale", "nan", "--i-scale", "4", str(whole)], "--v-scale: exp"),
        ("slow rate", ["--rate", "3999", *scales, str(whole)], "--rate: expected"),
        ("fast rate", ["--rate", "16001", *scales, str(whole)], "--rate: expected"),
        ("broken rate", ["--rate", "6400.5", *scales, str(whole)], "--rate: expected"),
        ("no rate", [*scales, str(whole)], "--rate is required"),
        ("pairs, not three phases", ["--rate", "6400", *scales, "--phases", "3", str(whole)], "sets of 6 int16"),
        ("int16, not int32", ["--rate", "6400", *scales, "--format", "i32", "--neutral", str(whole)], "sets of 3 int32"),
        ("pairs of int16, not int32", ["--rate", "6400", *scales, "--format", "i32", str(loud)], "beyond 24 bits; is it of int16"),
        ("two phases", ["--rate", "6400", *scales, "--phases", "2", str(whole)], "--phases"),
        ("unknown format", ["--rate", "6400", *scales, "--format", "i24", str(whole)], "--format"),
        ("no meter's scale", ["--rate", "6400", "--v-scale", "900000", "--i-scale", "40", "--full", str(whole)], "--full: with these"),
        ("unknown order", ["--rate", "6400", *scales, "--order", "xy", str(whole)], "--order"),
        ("no file", ["--rate", "6400", *scales], "FILE is required"),
    ]
    failures = []
    for name, arguments, expected in rows:
        result = replay(program, *arguments)
        if result.returncode != 2 or expected not in result.stderr:
            failures.append(f"{name}: status {result.returncode}, said {result.stderr!r}, expected {expected!r}")
    if replay(program, "--rate", "6400", *scales, "--json", str(whole)).returncode != 0:
        failures.append("two samples are a short recording, not an error")
    return failures


def check_recordings(program, waveforms):
    """Compares each recording with its row of the manifest; prints the worst of each figure."""
    limits = {"pf": 0.005, "p_w": 0.005, "vrms": 0.005, "irms": 0.005}
    worst = {name: (0.0, "none") for name in limits}
    failures, compared = [], 0
    with open(waveforms / "manifest.csv", newline="", encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["dataset"] == "hfhad_c" and float(row["irms"]) > 0.3]
    for row in rows:
        result = replay(program, *usual(waveforms / row["file"]))
        if result.returncode != 0:
            failures.append(f"{row['file']}: status {result.returncode}: {result.stderr}")
            continue
        measured = json.loads(result.stdout)
        compared += 1
        errors = {
            "pf": abs(measured["pf"] - float(row["pf"])),
            "p_w": abs(measured["p_w"] / float(row["p_w"]) - 1),
            "vrms": abs(measured["v_rms"] / float(row["vrms"]) - 1),
            "irms": abs(measured["i_rms"] / float(row["irms"]) - 1),
        }
        for name, error in errors.items():
            worst[name] = max(worst[name], (error, row["file"]))
            if error > limits[name]:
                failures.append(f"{row['file']}: {name} is off by {error:.5f}, limit {limits[name]}")
    if compared == 0:
        failures.append("the manifest names no recording above 0.3 A")
    print(f"{compared} recordings; the worst, as a share of the figure (pf: absolute):")
    for name, (error, file) in worst.items():
        print(f"  {name:5} {error:.5f}  limit {limits[name]}  {file}")
    return failures


def main():
    program, repository = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        failures = check_refusals(program, pathlib.Path(folder))
    waveforms = pathlib.Path(os.environ.get("LK_SHARED", repository.parent / "shared")) / "data" / "waveforms"
    if not failures and not (waveforms / "manifest.csv").exists():
        print(f"skipped: {waveforms} is absent, so there are no recordings to compare with")
        return SKIPPED
    if not failures:
        failures = check_recordings(program, waveforms)
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
