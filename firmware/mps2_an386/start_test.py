#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the image start_instructions in QEMU, which gives every instruction the same time, and holds the start of a meter
after a power cut to its limit: 50 ms of a Cortex-M4 at 64 MHz, one instruction a cycle.

usage: start_test.py IMAGE
"""
import json
import subprocess
import sys

CLOCK_HZ = 64_000_000
LIMIT_MS = 50


def measure(image):
    out = subprocess.run(
        ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none", "-icount", "shift=0",
         "-semihosting-config", "enable=on,target=native", "-kernel", image],
        check=True, capture_output=True, text=True, timeout=110)
    lines = (out.stdout + out.stderr).strip().splitlines()
    return json.loads(next(line for line in reversed(lines) if line.startswith("{")))


if __name__ == "__main__":
    seen = measure(sys.argv[1])
    took_ms = 1000 * seen["start"] / CLOCK_HZ
    print(f"{seen['start']} instructions, {took_ms:.1f} ms at 64 MHz (limit {LIMIT_MS} ms): {json.dumps(seen)}")
    sys.exit(0 if took_ms <= LIMIT_MS else 1)
