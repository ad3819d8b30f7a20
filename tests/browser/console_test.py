#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A browser on the real console: a whole site is started, then web/e2e drives Chromium through log-in, twelve live
meters, a sale to a flat without credit, and sees its token accepted and its relay closed.

Usage: console_test.py --bin DIR --pages DIR [--shots DIR]
"""
import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "demo"))
from api import wait_for  # noqa: E402
from site_processes import Site, all_live  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--pages", required=True)
    parser.add_argument("--shots", default=str(ROOT / "build" / "browser-shots"))
    arguments = parser.parse_args()
    site = Site(ROOT / "build" / "browser", arguments.bin, arguments.pages, speed=20, presets={11: "0.00"})
    try:
        site.make()
        site.start()
        wait_for("13 live meters", 60, lambda: all_live(site.api, 13))
        return subprocess.run(["npm", "--prefix", ROOT / "web", "run", "e2e", "--", "--base", f"http://127.0.0.1:{site.port}", "--user", site.user,
                               "--password-file", site.folder / "operator.password", "--meters", "12",
                               "--meter", site.meters[11]["number"], "--shots", arguments.shots]).returncode
    finally:
        site.stop()


if __name__ == "__main__":
    sys.exit(main())
