#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many purchases a second the server sells over HTTP, each on disk before it is answered.

    purchases.py --server build/release/bin/latchkey-server [--clients 16] [--seconds 5]

Prints one line of JSON: purchases a second, and the median and 99th percentile of the answer's time.
"""

import argparse
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
import rig  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    server = rig.Server(asked.server)
    try:
        server.add_operator()
        server.start()
        first = rig.Client(server.port).log_in()
        meters = rig.make_site(first, asked.clients)
        times = []
        begin = time.monotonic() + 0.5  # let all clients connect
        end = begin + asked.seconds

        def buy(meter):
            client = rig.Client(server.port, first.token)
            own = []
            client.ask("GET", "/api/v1/session")
            time.sleep(max(0, begin - time.monotonic()))
            while (start := time.monotonic()) < end:
                purchase = {"id": rig.new_id(), "meter": meter, "amount": "10.00"}
                status, body = client.ask("POST", "/api/v1/purchases", purchase)
                assert status == 201, body
                own.append(time.monotonic() - start)
            times.extend(own)

        threads = [threading.Thread(target=buy, args=(meter,)) for meter in meters]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.monotonic() - begin
        times.sort()
        _, trial = first.ask("GET", "/api/v1/ledger/balances")
        assert trial["balanced"]
        assert server.stop() == 0
        print(
            json.dumps(
                {
                    "bench": "purchases",
                    "clients": asked.clients,
                    "purchases": len(times),
                    "per_second": round(len(times) / elapsed, 1),
                    "p50_ms": round(times[len(times) // 2] * 1000, 2),
                    "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
                }
            )
        )
    finally:
        server.remove()


if __name__ == "__main__":
    main()
