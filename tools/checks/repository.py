#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that no compiler knows, over every file that git tracks or would.

 - folders: no include points up (docs/architecture.md has the table)
 - numbers: no floating point in libs/ and meter/ (their tests and benches may)
 - heap: no allocating standard type in libs/, meter/, port/mps2_an386 and firmware/mps2_an386
 - licence: every source file begins with its SPDX line (a script may have `#!` before it)
 - links: every relative link of a document leads somewhere, anchors included
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# folder -> the folders whose files it may include
MAY_INCLUDE = {
    "libs": {"libs"},
    "port": {"libs", "port"},
    "meter": {"libs", "meter", "port/include"},
    "firmware": {"libs", "meter", "port", "firmware", "sim"},
    "gateway": {"libs", "gateway"},
    "server": {"libs", "server"},
    "sim": {"libs", "port", "meter", "gateway", "server", "firmware", "sim"},
    "tools": {"libs", "port", "meter", "gateway", "server", "firmware", "sim", "tools"},
    "tests": {"libs", "port", "meter", "gateway", "server", "firmware", "sim", "tools", "tests"},
}
# firmware/host stands on the simulated world; an image for a board must not.
BOARD_FIRMWARE = {"libs", "meter", "port", "firmware"}
TEST_FILE = re.compile(r"_(test|fuzz|bench)\.cpp$|/testing/")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
FLOATING = re.compile(r"\b(float|double)\b|\b\d+\.\d+[fF]?\b")
HEAP = re.compile(r"#include <(vector|string|map|set|unordered_map|unordered_set|memory|functional|deque|list|iostream|sstream)>")


def files():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in out.stdout.splitlines() if (ROOT / name).is_file()]


def without_comments(text):
    """The code alone: comments and string literals are blanked, lines keep their numbers."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda m: "\n" * m.group().count("\n"), text)


def folder_of_include(target, including):
    """The folder that an include leads to, or None for a header from outside."""
    for prefix, base in (("", ROOT), ("libs/", ROOT / "libs"), ("port/include/", ROOT / "port/include")):
        if (base / target).is_file():
            return prefix + target
    beside = (ROOT / including).parent / target
    return str(beside.resolve().relative_to(ROOT)) if beside.is_file() else None


def check_folders(name, text):
    top = name.split("/")[0]
    allowed = BOARD_FIRMWARE if name.startswith("firmware/mps2") else MAY_INCLUDE.get(top)
    if allowed is None:
        return
    if TEST_FILE.search(name) and top in ("libs", "meter"):
        allowed = allowed | {"port"}  # tests run on the simulated port
    for match in INCLUDE.finditer(text):
        reached = folder_of_include(match.group(1), name)
        if reached and not any(reached.startswith(folder + "/") for folder in allowed):
            line = text[: match.start()].count("\n") + 1
            yield f"{name}:{line}: {top}/ may not include {reached} (docs/architecture.md, Folders)"


def check_numbers(name, text):
    if name.split("/")[0] not in ("libs", "meter") or TEST_FILE.search(name):
        return
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        if FLOATING.search(line):
            yield f"{name}:{number}: floating point in integer-only code: {line.strip()}"


def check_heap(name, text):
    freestanding = name.startswith(("libs/", "meter/", "port/include/", "port/mps2_an386/", "firmware/mps2_an386/"))
    if not freestanding or TEST_FILE.search(name):
        return
    for match in HEAP.finditer(text):
        yield f"{name}:{text[: match.start()].count(chr(10)) + 1}: {match.group()} brings the heap into firmware"


def check_licence(name, text):
    lines = text.splitlines()
    first = lines[1] if lines and lines[0].startswith("#!") and len(lines) > 1 else (lines[0] if lines else "")
    if "SPDX-License-Identifier: Apache-2.0" not in first:
        yield f"{name}:1: the file does not begin with its SPDX line"


def anchors(path):
    found = set()
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("#"):
            title = re.sub(r"[`*_]", "", line.lstrip("#").strip()).lower()
            found.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return found


def check_links(name, text):
    prose = re.sub(r"```.*?```", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    for match in re.finditer(r"\]\(([^)\s]+)\)", prose):
        target, _, anchor = match.group(1).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        line = prose[: match.start()].count("\n") + 1
        path = (ROOT / name).parent / target if target else ROOT / name
        if not path.exists():
            yield f"{name}:{line}: dead link: {match.group(1)}"
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            yield f"{name}:{line}: no heading for the anchor: {match.group(1)}"


def main():
    complaints, seen = [], 0
    for name in files():
        suffix = pathlib.Path(name).suffix
        is_cpp = suffix in (".cpp", ".hpp", ".h")
        is_script = suffix in (".py", ".sh", ".ts", ".tsx", ".mjs") or name in ("lk", ".ci/run")
        if not (is_cpp or is_script or suffix == ".md"):
            continue
        seen += 1
        text = (ROOT / name).read_text(errors="replace")
        if is_cpp:
            for check in (check_folders, check_numbers, check_heap):
                complaints += check(name, text)
        if is_cpp or is_script:
            complaints += check_licence(name, text)
        if suffix == ".md":
            complaints += check_links(name, text)
    for complaint in complaints:
        print(complaint)
    print(f"repository rules: {seen} files read, {len(complaints)} broken rules")
    return 1 if complaints or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
