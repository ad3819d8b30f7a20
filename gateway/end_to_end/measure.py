# SPDX-License-Identifier: Apache-2.0
"""Measures a gateway at work and prints a line for each figure: its resident memory with 64 meters, and a round of 7
meters at 19 200 baud against the time that the bytes take on the wire.

measure.py PROGRAM; status 1 where a bound is broken."""

import json
import sys
import time

from fake_meters import FakeLine
from rig import Rig, wait_for

MEMORY_BOUND_KB = 32 * 1024


def resident_kb(process, field="VmRSS"):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


def memory(program):
    """64 meters on two lines, polled as fast as they answer for 20 s, with the broker away for a part of it."""
    rig = Rig(program, [FakeLine(range(1, 33)), FakeLine(range(33, 65))], poll_ms=1000)
    try:
        rig.start_gateway()
        wait_for("all 64 meters are read",
                 lambda: len({topic for _, topic, _ in rig.listener.messages("/reading")}) == 64, 60)
        time.sleep(8)
        rig.broker.stop()
        time.sleep(6)
        rig.broker.start()
        time.sleep(6)
        return resident_kb(rig.gateway), resident_kb(rig.gateway, "VmHWM")
    finally:
        rig.close()


def cycle(program):
    """The median round of 7 meters at 19 200 baud, what the bytes alone take, and that with the silences."""
    line = FakeLine(range(1, 8), baud=19200)
    rig = Rig(program, [line], timeout_ms=300, poll_ms=1000)
    try:
        rig.start_gateway()
        wait_for("all 7 meters are read",
                 lambda: len({topic for _, topic, _ in rig.listener.messages("/reading")}) == 7, 60)
        statuses = lambda: [s["lines"][0]["cycle_ms"] for s in rig.listener.payloads("/status")
                            if s.get("lines") and s["lines"][0]["cycle_ms"]]
        wait_for("two statuses with a cycle", lambda: len(statuses()) >= 2, 40)
        cycles = sorted(statuses())
        frame_bytes = (8 + 5 + 2 * 26) + (8 + 5 + 2 * 38)
        bytes_ms = 7 * frame_bytes * 11 / 19.2
        return cycles[len(cycles) // 2], bytes_ms, bytes_ms + 7 * 4 * 3.5 * 11 / 19.2
    finally:
        rig.close()


def main():
    program = sys.argv[1]
    now_kb, peak_kb = memory(program)
    measured_ms, bytes_ms, wire_ms = cycle(program)
    print(json.dumps({"resident_mb": round(now_kb / 1024, 1), "peak_mb": round(peak_kb / 1024, 1), "round_ms": measured_ms,
                      "bytes_ms": round(bytes_ms), "wire_ms": round(wire_ms), "round_to_wire": round(measured_ms / wire_ms, 2)}))
    return 0 if peak_kb < MEMORY_BOUND_KB else 1


if __name__ == "__main__":
    sys.exit(main())
