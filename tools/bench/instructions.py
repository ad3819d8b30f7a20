#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions that metering takes for a sample set on a Cortex-M4, and the bytes of its objects; and those that an answer
on Modbus takes, and a byte of garbage on the line.

Builds the images firmware/mps2_an386/*_instructions.cpp and runs each in QEMU with `-icount shift=0`, which gives every
instruction the same time, so that the figures repeat. Prints one JSON line. Images of a cortex-m4 build may be given
instead:

    instructions.py [IMAGE … [NAME=LIMIT …]]

With limits it fails where a figure is above its own: that is the test of the firmware build.
"""
import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = ("metering_instructions", "response_instructions")


def built():
    """The images, built where the tools for them are."""
    if not shutil.which("arm-none-eabi-g++"):
        raise RuntimeError("arm-none-eabi-g++ is missing; ./lk doctor says how to get it")
    for command in (["cmake", "--preset", "cortex-m4"], ["cmake", "--build", "--preset", "cortex-m4", "--target", *TARGETS]):
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / "build" / "cortex-m4" / "bin" / f"{target}.elf" for target in TARGETS]


def measure(image):
    out = subprocess.run(
        ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none", "-icount", "shift=0",
         "-semihosting-config", "enable=on,target=native", "-kernel", image],
        check=True, capture_output=True, text=True, timeout=120)
    lines = (out.stdout + out.stderr).strip().splitlines()
    return json.loads(next(line for line in reversed(lines) if line.startswith("{")))


if __name__ == "__main__":
    images = [argument for argument in sys.argv[1:] if "=" not in argument]
    figures = {}
    for image in images or built():
        figures |= measure(image)
    print(json.dumps(figures))
    limits = dict(argument.split("=") for argument in sys.argv[1:] if "=" in argument)
    above = [f"{name} is {figures[name]}, more than {limit}" for name, limit in limits.items() if figures[name] > int(limit)]
    sys.exit("\n".join(above) or None)
