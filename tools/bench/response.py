#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How soon a virtual meter, as a process, answers a read of 40 registers at 115 200 baud: from the end of the silence
behind the request (t3.5) to the first bit of the answer. Bytes take their time on the simulated line; what request,
silence and answer take there is known and is subtracted from what a master sees. Prints one JSON line."""

import argparse
import json
import os
import pathlib
import socket
import struct
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "interop"))

BAUD = 115_200
REGISTERS = 40
CHARACTER_S = 11 / BAUD
SILENCE_S = 0.00175


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


def answer_times(port, unit, count):
    """Seconds from the end of the silence to the answer, one for each read."""
    body = struct.pack(">BBHH", unit, 4, 0, REGISTERS)
    request = body + crc16(body)
    expected = 5 + 2 * REGISTERS
    on_the_wire = (len(request) + expected) * CHARACTER_S + SILENCE_S
    times = []
    with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            sent = time.perf_counter()
            line.sendall(request)
            heard = b""
            while len(heard) < expected:
                part = line.recv(512)
                if not part:
                    raise RuntimeError("the meter hung up")
                heard += part
            took = time.perf_counter() - sent
            if len(heard) != expected or crc16(heard[:-2]) != heard[-2:]:
                raise RuntimeError(f"a damaged answer: {heard.hex()}")
            times.append(took - on_the_wire)
            time.sleep(0.003)
    return sorted(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=2000)
    arguments = parser.parse_args()
    os.environ["LK_BIN"] = str(arguments.build / "bin")
    from virtual_building import Building, Meter  # where the programs are is known only now
    meter = Meter(1, 1, load="resistor:2000")
    building = Building({"a": ([meter], "tcp")}, baud=BAUD, turnaround_ms=0)
    building.start()
    try:
        times = answer_times(building.ports["a"], meter.address, arguments.count)
    finally:
        building.stop()
        building.remove()
    at = lambda share: round(times[min(len(times) - 1, int(share * len(times)))] * 1000, 3)
    print(json.dumps({"p50_ms": at(0.5), "p99_ms": at(0.99), "worst_ms": at(1.0), "reads": len(times)}))


if __name__ == "__main__":
    main()
