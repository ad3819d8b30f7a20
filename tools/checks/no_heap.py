#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a firmware image has no heap, no unwinder, no floating point and no static constructors; prints its size.

usage: no_heap.py [--tools PREFIX] IMAGE      (PREFIX: arm-none-eabi-)

Exit status 0 if the image is clean, 1 if it is not (each finding is named), 2 if it cannot be read.
"""

import argparse
import re
import subprocess
import sys

FORBIDDEN = {
    "heap": re.compile(r"^_?_?(malloc|calloc|realloc|free|memalign|sbrk)(_r)?$|^_Zn[wa]|^_Zd[la]Pv"),
    "unwinder": re.compile(r"^__cxa_(throw|allocate_exception|begin_catch)$|^_Unwind_RaiseException$"),
    "floating point": re.compile(r"^__aeabi_(c?[df](add|sub|rsub|mul|div|cmp\w*|2\w+)|u?[il]2[df])$"),
}


class Unreadable(Exception):
    """The image or the tool that reads it is not there; the message says what to do."""


def run(tool, *arguments):
    try:
        done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unreadable(f"'{tool}' is not installed; install the Debian package binutils-arm-none-eabi") from error
    if done.returncode != 0:
        raise Unreadable(f"{done.stderr.strip()}; build the image first")
    return [line.split() for line in done.stdout.splitlines()]


def findings(symbols):
    """What `symbols` (name: address) must not have, as (kind, name)."""
    found = [(kind, name) for name in symbols for kind, pattern in FORBIDDEN.items() if pattern.match(name)]
    constructors = (symbols.get("__init_array_end", 0) - symbols.get("__init_array_start", 0)) // 4
    if constructors:
        found.append(("static constructors", f"{constructors} of them"))
    return sorted(found)


def main():
    parser = argparse.ArgumentParser(description="checks that a firmware image has no heap")
    parser.add_argument("--tools", default="arm-none-eabi-", help="prefix of nm and size")
    parser.add_argument("image")
    options = parser.parse_args()
    try:
        lines = run(options.tools + "nm", options.image)
        sizes = run(options.tools + "size", "-A", options.image)
    except Unreadable as error:
        print(f"no_heap: {error}", file=sys.stderr)
        return 2

    symbols = {line[-1]: int(line[0], 16) if len(line) == 3 else 0 for line in lines if line}
    sections = {line[0]: int(line[1]) for line in sizes if len(line) == 3 and line[1].isdigit()}
    code = sum(sections.get(name, 0) for name in (".text", ".ARM.extab", ".ARM.exidx"))
    print(f"{options.image}: code and constants {code} bytes, data {sections.get('.data', 0)} bytes, "
          f"zeroed data {sections.get('.bss', 0)} bytes")
    found = findings(symbols)
    for kind, name in found:
        print(f"no_heap: {kind}: {name}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
