#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How well the guard recognises resistive loads, on composed scenes: a table here, a page in build/reports/guard/.

Appliances are drawn by chance with a spread of make; recordings of ../shared/data/waveforms (or LK_SHARED) are added
where they are there. Everything follows from one seed; the guard is tuned on seeds from 1000 on. The full campaign takes some
minutes of two free cores. Besides the page there are cells.csv and found.svg, the picture of docs/pictures.

    ./lk bench guard [--quick] [--scenes N] [--tricks N] [--hours H] [--seed S]
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import page  # noqa: E402  (beside this file)
import picture  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
# How much of 0 to 10 A of background each cell stands for, where a figure is of all backgrounds.
WEIGHTS = {(0.0, 0.1): 0.01, (0.1, 2.0): 0.19, (2.0, 5.0): 0.3, (5.0, 10.0): 0.5}


def share(cells):
    """Found share over cells of several backgrounds, each current of 0 to 10 A counting alike."""
    weights = [WEIGHTS[tuple(cell["amperes"])] for cell in cells]
    found = sum(w * cell["found"] / cell["scenes"] for w, cell in zip(weights, cells))
    return found / sum(weights)


def goals(result):
    """Rows of name, measured text, goal text, held."""
    plain = [c for c in result["cells"] if c["trick"] == "plain"]
    from_200 = share([c for c in plain if c["watts"][0] >= 200])
    from_100 = share([c for c in plain if 100 <= c["watts"][0] < 200])
    slowest = max(c["slowest_s"] for c in plain if c["watts"][0] >= 100)
    soak = result["soak"]
    false = sum(soak["false"]) * 1000 / soak["hours"]
    rows = [
        ("resistive steps of 200 W and more, on 0–10 A", f"{from_200:.1%}", "≥ 99 %", from_200 >= 0.99),
        ("resistive steps of 100 to 200 W, on 0–10 A", f"{from_100:.1%}", "≥ 95 %", from_100 >= 0.95),
        ("slowest decision", f"{slowest:.2f} s", "≤ 1 s", slowest <= 1),
        ("false findings per 1 000 h of other loads", f"{false:.1f}", "0", false == 0),
    ]
    for trick in dict.fromkeys(c["trick"] for c in result["cells"] if c["trick"] != "plain"):
        found = share([c for c in result["cells"] if c["trick"] == trick])
        rows.append((f"trick: {trick}", f"{found:.1%}", "≥ 90 %", found >= 0.9))
    return rows


def csv_of(result):
    """One line for each power or trick and background."""
    lines = ["trick,least_watts,most_watts,least_amperes,most_amperes,scenes,found,false_before,median_s,p99_s,slowest_s,as_"
             + ",as_".join(kind.replace(" ", "_") for kind in page.KINDS)]
    for cell in result["cells"]:
        values = [cell["trick"], *cell["watts"], *cell["amperes"]]
        values += [cell[key] for key in ("scenes", "found", "false_before", "median_s", "p99_s", "slowest_s")] + cell["as"]
        lines.append(",".join(str(value) for value in values))
    return "\n".join(lines) + "\n"


def run(options):
    program = options.build / "bench" / "guard_campaign"
    shared = pathlib.Path(os.environ.get("LK_SHARED", ROOT.parent / "shared")) / "data" / "waveforms"
    command = [program, "--scenes", options.scenes, "--tricks", options.tricks, "--hours", options.hours, "--seed", options.seed]
    if (shared / "manifest.csv").exists():
        command += ["--recordings", shared]
    out = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--scenes", type=int, default=400, help="of each power and background")
    parser.add_argument("--tricks", type=int, default=200, help="of each trick and background")
    parser.add_argument("--hours", type=int, default=1000, help="of other loads alone, simulated cycle by cycle")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a slice, for a first look")
    parser.add_argument("--from-json", type=pathlib.Path, help="make the page of an earlier run")
    options = parser.parse_args()
    if options.quick:
        options.scenes, options.tricks, options.hours = 20, 10, 10
    result = json.loads(options.from_json.read_text()) if options.from_json else run(options)
    rows = goals(result)
    print(f"\n{'on composed scenes, seed ' + str(result['seed']):52} {'measured':>10}  goal")
    for name, measured, goal, held in rows:
        print(f"{name:52} {measured:>10}  {goal}{'' if held else '   MISSED'}")
    folder = ROOT / "build" / "reports" / "guard"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_text(json.dumps(result, indent=1))
    made = f"{datetime.date.today()} on {platform.node()}"
    (folder / "index.html").write_text(page.html(result, rows, made))
    (folder / "cells.csv").write_text(csv_of(result))
    (folder / "found.svg").write_text(picture.svg(result, rows))
    print(f"\npage: {(folder / 'index.html').relative_to(ROOT)}")
    return 0 if all(row[3] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
