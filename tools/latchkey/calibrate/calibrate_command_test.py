#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`latchkey calibrate`: a simulated unit and the same unit from its bench file get the same sealed bytes; bad input is named.

usage: calibrate_command_test.py LATCHKEY
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile


def run(program, *arguments):
    return subprocess.run([program, "calibrate", *map(str, arguments)], capture_output=True, text=True, timeout=100)


def check_simulated(program, folder, phases):
    key, bench = folder / "key", folder / "bench.json"
    key.write_text("000102030405060708090a0b0c0d0e0f\n")
    made = run(program, "--simulate", "--seed", 7, "--phases", phases, "--save-bench", bench, "--key", key, "--out", folder / "a", "--json")
    assert made.returncode == 0, made.stderr
    board = json.loads(made.stdout)
    assert board["phases"] == phases and len(board["voltage"]) == phases
    assert [point["milliamperes"] for point in board["current"][0]["curve"]] == [250, 1118, 5000, 60000]
    again = run(program, bench, "--key", key, "--out", folder / "b", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == board, "the bench file says what the simulated bench said"
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    key.write_text("f" * 32)
    assert run(program, bench, "--key", key, "--out", folder / "c").returncode == 0
    assert (folder / "a").read_bytes() != (folder / "c").read_bytes(), "another key, another seal"
    return json.loads(bench.read_text())


def check_bad_input(program, folder, good):
    def spoiled(change):
        bench = copy.deepcopy(good)
        change(bench)
        path = folder / "spoiled.json"
        path.write_text(json.dumps(bench))
        return run(program, path, "--key", folder / "key", "--out", folder / "never")

    rows = [
        ("no design", lambda b: b.pop("design"), '"design" is missing'),
        ("no points", lambda b: b.pop("points"), "one to three load points"),
        ("two phases", lambda b: b["design"].update(phases=2), "phases: expected 1 or 3"),
        ("a text for a number", lambda b: b["points"][1]["reference"].update(frequency_hz="50"), "points[1].reference: frequency_hz: expected a number"),
        ("a list too long", lambda b: b["points"][0]["reference"].update(voltage_v=[230, 230]), "voltage_v: expected a list of 1"),
        ("no channel", lambda b: b["points"][0]["measured"].pop("current"), '"current" is missing'),
        ("a wrong sensor", lambda b: b["points"][0]["measured"]["current"][0].update(rms=1.0), 'load point "5 A": I1 is'),
        ("four points", lambda b: b["points"].append(b["points"][0]), "one to three load points"),
    ]
    for name, change, says in rows:
        result = spoiled(change)
        assert result.returncode == 2, f"{name}: status {result.returncode}"
        assert says in result.stderr, f"{name}: {result.stderr}"
        assert not (folder / "never").exists(), name
    (folder / "broken.json").write_text("{")
    (folder / "short").write_text("00")
    for arguments, says in [((folder / "broken.json",), "not JSON"), ((folder / "missing.json",), "cannot be opened"), ((), "either a bench FILE or --simulate"),
                            (("--simulate", "--out", folder / "never"), "belong together"), (("--simulate", "--key", folder / "short", "--out", folder / "never"), "32 hexadecimal")]:
        result = run(program, *arguments)
        assert result.returncode == 2 and says in result.stderr, f"{arguments}: {result.stderr}"


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_simulated(program, folder, 3)
        check_bad_input(program, folder, check_simulated(program, folder, 1))


if __name__ == "__main__":
    main()
