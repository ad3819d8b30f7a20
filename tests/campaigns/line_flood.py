#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Garbage on a meter's line at 115 200 baud for a minute of real time, beside a meter of the same load on a quiet line:
metering must not notice. (In virtual time, to the last mJ: meter/core/flood_test.cpp.)

usage: LK_BIN=build/release/bin line_flood.py [SECONDS]
"""

import pathlib
import random
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from virtual_building import Building, Meter, wait_until  # noqa: E402

BAUD = 115_200
SEED = 20261121


def energy_and_clock(building, line, meter):
    values = building.read(line, meter, "import_energy", "clock")
    return int(values["import_energy"]), int(values["clock"])


def flood(port, seconds):
    """As many random bytes as the line carries, with a rest now and then as between frames; how many."""
    noise = random.Random(SEED)
    count = 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(10)
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < seconds:
            behind = int(passed * BAUD / 11) + 200 - count
            if behind > 0:
                line.sendall(noise.randbytes(behind))
                count += behind
            time.sleep(noise.choice((0.002, 0.01)))
    return count


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    flooded, quiet = Meter(1, 1, load="resistor:2000"), Meter(2, 1, load="resistor:2000")
    building = Building({"a": ([flooded], "tcp"), "b": ([quiet], "tcp")}, baud=BAUD)
    building.start()
    try:
        wait_until(lambda: building.read("b", quiet, "active_power")["active_power"] > 0, 20, "a load")
        before = [energy_and_clock(building, "a", flooded), energy_and_clock(building, "b", quiet)]
        wall = time.time()
        byte_count = flood(building.ports["a"], seconds)
        time.sleep(1)
        after = [energy_and_clock(building, "a", flooded), energy_and_clock(building, "b", quiet)]
        wall = time.time() - wall
    finally:
        building.control("status")
        status = building.stop()
        building.remove()
    powers = []
    for (energy_0, clock_0), (energy_1, clock_1), name in zip(before, after, ("flooded", "quiet")):
        powers.append((energy_1 - energy_0) / (clock_1 - clock_0))
        print(f"{name}: {(energy_1 - energy_0) / 3.6e9:.6f} kWh in {(clock_1 - clock_0) / 1000:.2f} s, {powers[-1]:.3f} W")
        assert abs((clock_1 - clock_0) / 1000 - wall) < 1, f"the meter's time was held up: {wall:.2f} s passed"
    print(f"{byte_count} bytes of garbage in {seconds:.0f} s; the first sound frame behind them was answered")
    # A reading tells whole windows of 200 ms: that much at either end.
    assert abs(powers[0] / powers[1] - 1) < 2 * 0.2 / seconds + 0.0005, "metering noticed"
    assert status == 0


if __name__ == "__main__":
    main()
