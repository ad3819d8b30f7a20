#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A building on prepaid power, on this machine: stays up until Ctrl-C, or (--check) plays the whole story and ends."""
import argparse
import pathlib
import signal
import sys
import time

from api import wait_for
from site_processes import Site, all_live
from story import Story


def say(words):
    print(words, flush=True)


def stay(site, begun):
    site.start()
    wait_for("13 live meters", 60, lambda: all_live(site.api, len(site.meters)))
    say(f"""
  Console       http://127.0.0.1:{site.port}/          user {site.user}, password {site.password}
  Tenant        http://127.0.0.1:{site.port}/tenant    user {site.tenant}, password {site.tenant_password}
  Logs, state   {site.folder}
  Live values after {time.monotonic() - begun:.1f} s. The meters' clock runs {site.speed} times the wall clock.
  Ctrl-C stops everything.
""")
    while True:
        time.sleep(1)
        for name in site.dead():
            raise SystemExit(f"the {name} has ended by itself; see {site.folder}/log/{name}.log")


def main():
    parser = argparse.ArgumentParser(prog="lk demo", description=__doc__)
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--pages", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="play the whole story unattended, check it, end")
    parser.add_argument("--json", metavar="FILE", help="with --check: write the steps and their times there too")
    parser.add_argument("--speed", type=int, help="the meters' clock against the wall clock (1 to 100)")
    parser.add_argument("--port", type=int, default=8080, help="the console's port where it is free")
    parser.add_argument("--seed", type=int, default=42, help="all that is random in the building comes from here")
    parser.add_argument("--profile", metavar="FILE.csv", help="every flat follows this recorded household (timestamp,kwh by the half-hour,"
                        " or power by the minute)")
    arguments = parser.parse_args()
    if arguments.profile and not pathlib.Path(arguments.profile).is_file():
        parser.error(f"--profile: there is no file {arguments.profile}")
    if arguments.json and not arguments.check:
        parser.error("--json goes with --check")
    speed = arguments.speed or (20 if arguments.check else 1)
    if not 1 <= speed <= 100:
        parser.error("--speed takes a whole number from 1 to 100")

    def end(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    begun = time.monotonic()
    folder = "build/demo-check" if arguments.check else "build/demo"
    site = Site(folder, arguments.bin, arguments.pages, speed, arguments.port, arguments.seed,
                presets=Story.presets if arguments.check else {0: "2.40"}, profile=arguments.profile)
    try:
        say("making a site: 12 flats, a feeder, two RS485 lines, a gateway, a broker, the platform …")
        site.make()
        if arguments.check:
            return Story(site, say, arguments.json).play(begun)
        stay(site, begun)
    except KeyboardInterrupt:
        say("\nstopping …")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave a process behind
        site.stop()


if __name__ == "__main__":
    sys.exit(main())
