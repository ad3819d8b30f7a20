#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures simulated units over every point of the standards and writes the report; status 0 where every goal holds, 1 where one is missed.

usage: accuracy.py --program FILE [--out FOLDER] [--seed N] [--units N] [--picture FILE] [--quick]
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import page  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]


def print_rows(rows):
    print(f"{'worst unit of all':78} {'measured':>10}  {'goal':>12}")
    for row in rows:
        value = "–" if not math.isfinite(row["value"]) else f"{row['value']:.{row['digits']}f}"
        goal = f"≤ {row['goal']:g} {row['unit']}" if row["goal"] else "none"
        print(f"{row['title']:78} {value:>10}  {goal:>12}{'' if row['held'] else '   MISSED: ' + row['where']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/reports/accuracy")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--units", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--picture", type=pathlib.Path, help="writes the picture there too, as docs/pictures/accuracy.svg was made")
    parser.add_argument("--quick", action="store_true", help="two units, few and short points: the slice that runs as a test")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    units = arguments.units or (2 if arguments.quick else 20)
    results = arguments.out / "results.json"
    command = [arguments.program, "--out", results, "--seed", str(arguments.seed), "--units", str(units)]
    command += ["--threads", str(arguments.threads)] if arguments.threads else []
    command += ["--quick"] if arguments.quick else []
    if subprocess.run(command, check=False).returncode != 0:
        return 2
    data = json.loads(results.read_text())
    rows = page.write(data, arguments.out)
    if arguments.picture and not arguments.quick:
        arguments.picture.write_text((arguments.out / "accuracy.svg").read_text())
    print_rows(rows)
    print(f"\n{len(data['points'])} points, {units} units each, seed {arguments.seed}, {data['seconds']:.0f} s. The page: {arguments.out / 'index.html'}")
    return 0 if all(row["held"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
