#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long `./lk demo` takes on a prepared machine until the console shows live values of all meters."""
import json
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    begun = time.monotonic()
    demo = subprocess.Popen([ROOT / "lk", "demo"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seconds = None
    for line in demo.stdout:
        if "Live values after" in line:
            seconds = time.monotonic() - begun
            break
    demo.send_signal(signal.SIGTERM)
    demo.stdout.read()
    demo.wait()
    if seconds is None:
        raise SystemExit("./lk demo ended before it showed live values")
    print(json.dumps({"seconds": round(seconds, 2)}))


if __name__ == "__main__":
    main()
