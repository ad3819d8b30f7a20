#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fuzz target for a while, as many at once as there are cores; a corpus is kept in build/fuzz/corpus.

Ends with status 1 where a target found something: the input that shows it lies beside the log that is named.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys


def run(target, seconds, folder):
    corpus, log = folder / "corpus" / target.name, folder / f"{target.name}.log"
    corpus.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as out:
        status = subprocess.run([target.resolve(), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
                                 f"-artifact_prefix={folder}/{target.name}-", corpus], stdout=out, stderr=out, cwd=folder).returncode
    text = log.read_text(errors="replace")
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    return target.name, status, int(runs.group(1)) if runs else 0, log


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    targets = sorted(p for p in arguments.targets.iterdir() if p.is_file() and os.access(p, os.X_OK))
    if not targets:
        print(f"no fuzz target in {arguments.targets}")
        return 2
    folder = arguments.targets.parent.resolve()
    print(f"{len(targets)} targets, {arguments.seconds} s each", flush=True)
    found = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, status, runs, log in pool.map(lambda target: run(target, arguments.seconds, folder), targets):
            bad = status != 0 or runs == 0
            found += bad
            print(f"  {'FOUND' if bad else 'ok   '} {name:32} {runs:12,} inputs{f'   see {log}' if bad else ''}", flush=True)
    print(f"{len(targets) - found} passed, {found} failed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
