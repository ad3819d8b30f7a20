#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many purchases a second the server sells over HTTP, each on disk before it is answered.

    purchases.py --build build/release [--postgresql] [--clients 64] [--purchases 20000] [--storm]

Prints one line of JSON: purchases a second, the median and 99th percentile of the answer's time; with --storm also
how much longer the same number of purchases takes when each request is sent five times in disorder.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
import postgresql  # noqa: E402
import rig  # noqa: E402

METERS = 500


def measure(asked, database):
    server = rig.Server(asked.build / "bin" / "latchkey-server", database=database)
    try:
        server.add_operator()
        server.start()
        olga = rig.Client(server.port).log_in()
        meters = server.directory / "meters"
        meters.write_text("".join(number + "\n" for number in rig.make_site(olga, METERS)))

        def load(purchases, repeats):
            command = [asked.build / "bench" / "purchase_load", server.port, olga.token, meters, asked.clients, purchases, repeats]
            return json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)

        load(asked.clients * 16, 1)  # statements are prepared, pages are warm
        result = load(asked.purchases, 1)
        if asked.storm:
            storm = load(asked.purchases, 5)
            result["storm_times"] = round(storm["seconds"] / result["seconds"], 2)
            result["storm_second_tokens"] = storm["purchases"] - result["purchases"]
        _, trial = olga.ask("GET", "/api/v1/ledger/balances")
        assert trial["balanced"], trial
        assert server.stop() == 0
        assert server.run("check").returncode == 0
        return result
    finally:
        server.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, synchronous_commit on; else SQLite")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--purchases", type=int, default=20000)
    parser.add_argument("--storm", action="store_true")
    asked = parser.parse_args()
    database = postgresql.Postgresql() if asked.postgresql else None
    try:
        print(json.dumps({"clients": asked.clients, **measure(asked, database and database.url)}))
    finally:
        if database:
            database.remove()


if __name__ == "__main__":
    main()
