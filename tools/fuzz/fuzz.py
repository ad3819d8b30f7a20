#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fuzz target, or those of a list, for a while: as many at once as there are cores.

Each begins with tests/corpus/NAME.hex and what earlier runs left in build/fuzz/corpus/NAME. With --keep what is new is merged
back into the .hex file. Ends with status 1 where a target found something: the input that shows it lies beside the log
that is named.
"""
import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "corpus"
KEPT_BYTES = 16_384  # of a target's file


def unpack(name, corpus):
    corpus.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{name}.hex"
    for line in kept.read_text().splitlines() if kept.exists() else ():
        data = bytes.fromhex(line)
        (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)


def run(target, seconds, folder):
    corpus, log = folder / "corpus" / target.name, folder / f"{target.name}.log"
    unpack(target.name, corpus)
    with open(log, "wb") as out:
        status = subprocess.run([target.resolve(), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
                                 f"-artifact_prefix={folder}/{target.name}-", corpus], stdout=out, stderr=out, cwd=folder).returncode
    text = log.read_text(errors="replace")
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    return target.name, status, int(runs.group(1)) if runs else 0, log


def keep(target, folder):
    """The smallest inputs that reach all that the corpus reaches, as long as they fit, shortest first; how many."""
    merged = folder / "merged" / target.name
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir(parents=True)
    subprocess.run([target.resolve(), "-merge=1", merged, folder / "corpus" / target.name], check=True, capture_output=True, cwd=folder)
    lines, used = [], 0
    for data in sorted((path.read_bytes() for path in merged.iterdir()), key=lambda data: (len(data), data)):
        used += 2 * len(data) + 1
        if data and used <= KEPT_BYTES:
            lines.append(data.hex() + "\n")
    (KEPT / f"{target.name}.hex").write_text("".join(lines))
    return len(lines)


def wanted(folder, name):
    targets = sorted(p for p in folder.iterdir() if p.is_file() and os.access(p, os.X_OK))
    if not name:
        return targets
    listed = (KEPT / f"{name}.list").read_text().split()
    missing = sorted(set(listed) - {target.name for target in targets})
    if missing:
        raise SystemExit(f"{name}.list names what is no target: {', '.join(missing)}")
    return [target for target in targets if target.name in listed]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=pathlib.Path, required=True)
    parser.add_argument("--keep", action="store_true", help="merge what was found into tests/corpus")
    parser.add_argument("seconds", type=int, nargs="?", default=60)
    parser.add_argument("list", nargs="?", default="", help="only the targets of tests/corpus/LIST.list")
    arguments = parser.parse_args()
    targets = wanted(arguments.targets, arguments.list)
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
        if arguments.keep and not found:
            for target, count in zip(targets, pool.map(lambda target: keep(target, folder), targets)):
                print(f"  kept {count:4} inputs of {target.name}", flush=True)
    print(f"{len(targets) - found} passed, {found} failed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
