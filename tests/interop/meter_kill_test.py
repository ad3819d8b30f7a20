# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments while tokens are entered: each is credited once, and the account always adds up.

LK_SEED repeats a run, LK_KILLS says how many kills (24)."""

import os
import random
import socket
import struct
import threading
import time
import unittest

from virtual_building import Building, Meter

ACCEPTED, USED = 1, 10
SPEED, WATTS = 5, 3000
# A second of wall time, and some for the voltage and a busy machine.
MOST_UNSTORED_MJ = SPEED * WATTS * 1000 * 3 // 2


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack("<H", value)


class Line:
    """A master of our own, so that this test needs nothing installed: one request, one answer or nothing."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=2)

    def ask(self, body, size):
        try:
            self.socket.sendall(body + crc(body))
            answer = b""
            while len(answer) < size:
                part = self.socket.recv(256)
                if not part:
                    return None
                answer += part
        except OSError:
            return None
        return answer if crc(answer[:-2]) == answer[-2:] else None

    def enter(self, address, token):
        return self.ask(struct.pack(">BBHHB", address, 16, 0x5100, 10, 20) + token.encode(), 8)

    def read(self, address, register, count):
        answer = self.ask(struct.pack(">BBHH", address, 3, register, count), 5 + 2 * count)
        return None if answer is None else answer[3:-2]


class KillNine(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("LK_SEED", random.SystemRandom().randrange(1 << 31)))
        print(f"LK_SEED={self.seed}")
        self.random = random.Random(self.seed)
        self.meter = Meter(1, 1, load=f"resistor:{WATTS}")
        # Fast time, so that the account is on the move while it is killed.
        self.building = Building({"a": ([self.meter], "tcp")}, speed=SPEED, baud=115200)
        self.addCleanup(self.building.remove)

    def account(self, line):
        data = line.read(self.meter.address, 0x5000, 0x10)
        self.assertIsNotNone(data, "the meter does not answer")
        return dict(zip(("balance", "priced_energy", "deducted", "credited"), struct.unpack(">qqqq", data)))

    def check(self, account, credited, earlier):
        self.assertEqual(account["balance"], account["credited"] - account["deducted"])
        self.assertEqual(account["deducted"], account["priced_energy"] * 12_000 * 10 // 3_600_000_000)
        self.assertEqual(account["credited"], credited)
        # What was used since the account was last stored is lost with a kill, and no more than that.
        self.assertGreaterEqual(account["priced_energy"], earlier - MOST_UNSTORED_MJ)

    def kill_while_entering(self, token, delay):
        """Whether the meter's answer came before the kill."""
        line = Line(self.building.ports["a"])
        time.sleep(self.random.uniform(0, 0.3))  # anywhere between two stored accounts
        killer = threading.Timer(delay, self.building.process.kill)
        killer.start()
        answer = line.enter(self.meter.address, token)
        killer.join()
        self.building.kill()
        line.socket.close()
        return answer is not None

    def test_each_token_is_credited_once(self):
        kills = int(os.environ.get("LK_KILLS", "24"))
        credited, stored_before_answer, entered_before_kill = 500_000, 0, 0
        priced = 0
        for index in range(kills):
            token, amount = self.building.token(self.meter, f"{self.random.randrange(1, 500_000) / 100_000:.5f}")
            self.building.start()
            # The frame takes 3 ms on the line; the answer begins 4 ms later.
            answered = self.kill_while_entering(token, self.random.uniform(0, 0.015))
            self.building.start()
            line = Line(self.building.ports["a"])
            found = self.account(line)
            is_in = found["credited"] == credited + amount
            self.check(found, credited + (amount if is_in else 0), priced)
            if answered:
                self.assertTrue(is_in, "answered before it was durable")
            self.assertIsNotNone(line.enter(self.meter.address, token))
            result = struct.unpack(">H", line.read(self.meter.address, 0x510A, 1))[0]
            self.assertEqual(result, USED if is_in else ACCEPTED, f"kill {index}")
            credited += amount
            found = self.account(line)
            self.check(found, credited, priced)
            priced = found["priced_energy"]
            stored_before_answer += is_in and not answered
            entered_before_kill += is_in
            line.socket.close()
            # Also killed with nothing under way.
            if index % 2:
                self.building.kill()
            else:
                self.assertEqual(self.building.stop(), 0)
        print(f"{kills} kills in token entry: {entered_before_kill} tokens were in, "
              f"{stored_before_answer} of them unanswered; all credited once")


if __name__ == "__main__":
    unittest.main(verbosity=2)
