#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs libs/sts by itself into a temporary prefix, and builds and runs its examples against what lies there.

usage: package_test.py LIBS_STS [CMAKE_ARGUMENT ...]
"""
import pathlib
import subprocess
import sys
import tempfile



def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=500, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    sts, arguments = pathlib.Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        prefix = work / "prefix"
        run("cmake", "-S", sts, "-B", work / "build", "-G", "Ninja", f"-DCMAKE_INSTALL_PREFIX={prefix}", *arguments)
        run("cmake", "--build", work / "build", "--target", "install")
        run("cmake", "-S", sts / "example", "-B", work / "example", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", *arguments)
        run("cmake", "--build", work / "example")
        library = next(path for path in prefix.rglob("liblatchkey_sts.so"))
        outputs = {
            "C": run(work / "example/sell_c"),
            "C++": run(work / "example/sell_cpp"),
            "Python": run(sys.executable, "-B", sts / "example/sell.py", library),
        }
        if len(set(outputs.values())) != 1 or "25.6" not in outputs["C"]:
            raise SystemExit(f"the examples do not print the same: {outputs}")
        exported = run("nm", "-D", "--defined-only", library)
        foreign = [line for line in exported.splitlines() if " T " in line and "latchkey_sts_" not in line]
        if foreign:
            raise SystemExit("the shared library exports more than its interface:\n" + "\n".join(foreign))
    print("installed, found, compiled in C and C++, called from Python:\n" + outputs["C"], end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
