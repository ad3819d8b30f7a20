#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy 19 over every product source of the compilation database, as many at once as there are cores. Tests, fuzz
targets and benches are left out: they are run.

A file is passed over where nothing that it depends on has changed since it was last found clean: the mark is a hash of the
file after preprocessing, of .clang-tidy and of the compiler's arguments. `--all` looks at all files again.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def fingerprint(entry):
    """A hash of all that the verdict on this file depends on."""
    arguments = [a for a in shlex.split(entry["command"]) if a not in ("-c",)]
    if os.path.basename(arguments[0]) == "ccache":
        arguments = arguments[1:]
    output = arguments.index("-o")
    del arguments[output : output + 2]
    done = subprocess.run(arguments + ["-E", "-P"], cwd=entry["directory"], capture_output=True)
    if done.returncode != 0:
        return None
    digest = hashlib.sha256(done.stdout)
    for folder in (ROOT, pathlib.Path(entry["file"]).parent):
        if (folder / ".clang-tidy").exists():
            digest.update((folder / ".clang-tidy").read_bytes())
    return digest.hexdigest()


def look(entry, marks, build):
    name = str(pathlib.Path(entry["file"]).relative_to(ROOT))
    mark = marks / (name.replace("/", "_") + ".clean")
    now = fingerprint(entry)
    if now and mark.exists() and mark.read_text() == now:
        return name, "known clean", ""
    done = subprocess.run(["clang-tidy-19", "--quiet", "-p", str(build), entry["file"]], capture_output=True, text=True)
    if done.returncode == 0:
        if now:
            mark.write_text(now)
        return name, "clean", ""
    return name, "broken", done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("names", nargs="*", help="only files whose path contains one of these")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    marks = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "latchkey-tidy"
    if arguments.all:
        marks = build / "tidy-marks"
    marks.mkdir(parents=True, exist_ok=True)
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT) or path.is_relative_to(ROOT / "cmake") or path.is_relative_to(build):
            continue
        if path.stem.endswith(("_test", "_fuzz", "_bench")) or "testing" in path.parts:
            continue
        if arguments.names and not any(n in str(path) for n in arguments.names):
            continue
        entries[str(path)] = entry
    counts = {"clean": 0, "known clean": 0, "broken": 0}
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        jobs = [pool.submit(look, entry, marks, build) for entry in entries.values()]
        for done, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            name, verdict, words = job.result()
            counts[verdict] += 1
            if words:
                print(words)
            if done % 20 == 0 or done == len(jobs):
                print(f"clang-tidy: {done} of {len(jobs)} files ({name})", flush=True)
    print(f"clang-tidy: {counts['clean']} clean, {counts['known clean']} known clean, {counts['broken']} with findings")
    return 1 if counts["broken"] or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
