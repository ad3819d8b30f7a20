#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Latchkey promises in speed and memory, measured on this machine and printed as one table against its goals.

A measure is a Google Benchmark (in build/release/bench) or a program that prints one JSON line with its figures. Absolute
figures vary from machine to machine; the machine's name stands above the table.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

# title, unit, goal, "at least" or "at most", how it is measured: (program, benchmark filter, counter) or (program, arguments, key)
MEASURES = [
    ("metrology: single-phase meters a core, 6.4 kHz", "meters", 1000, "at least", "benchmark", "metrology_bench", "Feed/6400", "meters"),
    ("tokens: EA11 encodes a second and core", "1/s", 200_000, "at least", "benchmark", "sts_bench", "EncodeEa11", "items_per_second"),
    ("tokens: EA11 decodes a second and core", "1/s", 200_000, "at least", "benchmark", "sts_bench", "DecodeEa11", "items_per_second"),
]


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def benchmark(build, program, name, counter):
    """The best of three runs of one Google Benchmark: noise only ever slows."""
    out = subprocess.run([build / "bench" / program, f"--benchmark_filter=^{name}$", "--benchmark_format=json", "--benchmark_repetitions=3"],
                         check=True, capture_output=True, text=True).stdout
    runs = [run for run in json.loads(out)["benchmarks"] if run.get("run_type") == "iteration"]
    if not runs:
        raise RuntimeError(f"{program} has no benchmark {name}")
    return max(run[counter] for run in runs)


def script(build, program, arguments, cache={}):
    """The figures of a program that prints one JSON line; it is run once for all of them."""
    key = (program, tuple(arguments))
    if key not in cache:
        out = subprocess.run([program if program.startswith("/") else build / program, *arguments], check=True, capture_output=True, text=True).stdout
        cache[key] = json.loads(out.strip().splitlines()[-1])
    return cache[key]


def measure(build, row):
    kind, rest = row[4], row[5:]
    if kind == "benchmark":
        return benchmark(build, *rest)
    program, arguments, key = rest
    return script(build, program, [a.replace("{build}", str(build)) for a in arguments])[key]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("name", nargs="?", default="", help="only measures whose title contains this")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    print(f"{platform.node()}: {cpu_name()}, {os.cpu_count()} cores\n")
    print(f"{'measure':58} {'measured':>12}  {'goal':>20}")
    missed = 0
    for row in MEASURES:
        title, unit, goal, sense = row[:4]
        if arguments.name not in title:
            continue
        try:
            value = measure(build, row)
        except (OSError, RuntimeError, subprocess.CalledProcessError, KeyError, ValueError) as error:
            print(f"{title:58} {'–':>12}  could not be measured: {error}")
            missed += 1
            continue
        held = value >= goal if sense == "at least" else value <= goal
        missed += not held
        print(f"{title:58} {value:12,.1f}  {sense} {goal:,} {unit}{'' if held else '   MISSED'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
