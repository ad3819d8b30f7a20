# SPDX-License-Identifier: Apache-2.0
"""The virtual meter's optical port, read by a reader of our own over TCP and by npm's smartmeter-obis on a pseudo-terminal."""

import functools
import operator
import os
import pathlib
import shutil
import socket
import subprocess
import time
import unittest

from dlt645_master import ANYBODY, Error, Master, digits, number, sealed_order, set_parameter
from virtual_building import Building, Meter, free_port, wait_until

HERE = pathlib.Path(__file__).parent
READER = HERE / "optical"
ACK, NAK, SOH, STX, ETX = b"\x06", b"\x15", b"\x01", b"\x02", b"\x03"


def check(body):
    return bytes([functools.reduce(operator.xor, body, 0)])


def message(command, data=None):
    body = command + (STX + data if data is not None else b"") + ETX
    return SOH + body + check(body)


class Reader:
    def __init__(self, port):
        self.line = socket.create_connection(("127.0.0.1", port), timeout=10)

    def ask(self, request, ends, seconds=30):
        """Sends, and hears until `ends` says that it is whole."""
        self.line.sendall(request)
        self.line.settimeout(seconds)
        heard = b""
        while not ends(heard):
            part = self.line.recv(256)
            assert part, f"closed after {heard!r}"
            heard += part
        return heard

    def sign_on(self, choice, address=b""):
        identification = self.ask(b"/?" + address + b"!\r\n", lambda heard: heard.endswith(b"\r\n"))
        self.line.sendall(ACK + choice + b"\r\n")
        return identification

    def block(self, request):
        """The data of an answer, or ACK or NAK."""
        whole = lambda heard: heard in (ACK, NAK) or (len(heard) > 2 and heard[-2:-1] == ETX)
        heard = self.ask(request, whole)
        if heard in (ACK, NAK):
            return heard
        assert heard[:1] in (STX, SOH) and check(heard[1:-1]) == heard[-1:], heard
        return heard[1:-2]

    def close(self):
        self.line.close()


class Optical(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Meter(21, 1, load="resistor:1000")
        cls.other = Meter(22, 2, load="resistor:500")
        cls.infrared = Meter(23, 3, load="resistor:500")
        cls.infrared_port = free_port()
        cls.infrared.optical = f"127.0.0.1:{cls.infrared_port}"
        cls.port = free_port()
        cls.meter.optical = f"127.0.0.1:{cls.port}"
        cls.building = Building({"a": ([cls.meter, cls.other, cls.infrared], "tcp")})
        cls.other.optical = f"{cls.building.folder}/optical"
        cls.building.write()
        cls.building.start()
        measures = lambda: cls.building.read("a", cls.meter, "active_power")["active_power"] > 0
        wait_until(measures, 30, "the meter measures its load")

    @classmethod
    def tearDownClass(cls):
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    def setUp(self):
        self.reader = Reader(self.port)
        self.addCleanup(self.reader.close)

    def read_out(self, choice):
        self.assertEqual(self.reader.sign_on(choice), b"/LKY5LK1P\r\n")
        begun = time.monotonic()
        heard = self.reader.ask(b"", lambda heard: len(heard) > 2 and heard[-2:-1] == ETX, 120)
        took = time.monotonic() - begun
        self.assertEqual(heard[:1], STX)
        self.assertEqual(check(heard[1:-1]), heard[-1:])
        lines = heard[1:-2].decode("ascii").split("\r\n")
        self.assertEqual(lines[-2:], ["!", ""])
        return dict(line[:-1].split("(", 1) for line in lines[:-2]), len(heard) / took

    def test_reads_out_what_modbus_reads_at_the_chosen_rate(self):
        values, characters_per_s = self.read_out(b"050")
        self.assertLess(characters_per_s, 960 * 1.02, "not faster than 9600 baud")
        self.assertGreater(characters_per_s, 200)
        ours = self.building.read("a", self.meter, "meter_number", "voltage", "import_energy", "balance", "supply_state")
        self.assertEqual(values["0-0:96.1.0"], ours["meter_number"])
        self.assertAlmostEqual(float(values["32.7.0"].removesuffix("*V")), ours["voltage"] / 1000, delta=3)
        self.assertAlmostEqual(float(values["1.8.0"].removesuffix("*kWh")), ours["import_energy"] / 3.6e9, delta=0.02)
        self.assertAlmostEqual(float(values["0-0:19.10.0"]), ours["balance"] / 100_000, delta=0.02)
        self.assertEqual(values["0-0:96.3.10"], str(ours["supply_state"]))

    def test_takes_a_token_and_an_order_and_nothing_else_without_a_seal(self):
        time.sleep(2)  # a session before this one ends
        self.assertEqual(self.reader.sign_on(b"051", self.meter.number.encode()), b"/LKY5LK1P\r\n")
        self.assertEqual(self.reader.block(b""), b"P0\x02(00000000)")
        self.assertEqual(self.reader.block(message(b"R1", b"C.1.0()")), f"0-0:96.1.0({self.meter.number})".encode())
        self.assertEqual(self.reader.block(message(b"P1", b"(04000000)")), b"(ER03)")
        self.assertEqual(self.reader.block(message(b"W1", b"0-0:96.3.10(0)")), b"(ER03)")
        token, _ = self.building.token(self.meter, 5)
        before = self.building.read("a", self.meter, "token_count")["token_count"]
        self.assertEqual(self.reader.block(message(b"W1", f"0-0:19.40.0({token})".encode())), ACK)
        self.assertEqual(self.reader.block(message(b"W1", f"0-0:19.40.0({token})".encode())), b"(ER04)")
        self.assertEqual(self.building.read("a", self.meter, "token_count")["token_count"], before + 1)
        order = set_parameter(self.meter, 1, 0x6440, 1).hex().upper()
        self.assertEqual(self.reader.block(message(b"W1", f"0-0:128.14.0({order})".encode())), ACK)
        self.assertEqual(self.reader.block(message(b"P1", b"(04000000)")), ACK)
        self.assertEqual(self.reader.block(message(b"W1", b"0-0:96.3.10(0)")), ACK)
        wait_until(lambda: self.building.status(self.meter)["relay"] == "open", 5, "the relay opens")
        self.assertEqual(self.reader.block(message(b"W1", b"0-0:96.3.10(1)")), ACK)
        for sequence, payment in ((2, 1), (3, 0)):  # postpaid, and prepaid again
            mode = bytes([0, payment, 0]) + bytes(8)
            order = sealed_order(self.meter, sequence, 9, mode).hex().upper()
            self.assertEqual(self.reader.block(message(b"W1", f"0-0:128.14.0({order})".encode())), ACK)
            self.assertEqual(self.building.read("a", self.meter, "account_payment")["account_payment"], payment)
        damaged = message(b"R1", b"1.8.0()")[:-1] + b"\x00"
        self.assertEqual(self.reader.block(damaged), NAK)
        self.reader.line.sendall(message(b"B0"))

    def test_speaks_dlt645_where_an_order_says_so_and_mode_c_again(self):
        reader = Reader(self.infrared_port)
        reader.sign_on(b"051")
        self.assertEqual(reader.block(b""), b"P0\x02(00000000)")
        order = set_parameter(self.infrared, 1, 0x6445, 2).hex().upper()
        self.assertEqual(reader.block(message(b"W1", f"0-0:128.14.0({order})".encode())), ACK)
        reader.close()
        master = Master(self.infrared_port, timeout=5)
        own = master.ask(ANYBODY, 0x13)[0]
        self.assertEqual(own, "0" + self.infrared.number)
        # Our own clock may run a little ahead of the one that paces the line.
        self.assertGreater(master.took, 0.95 * (16 + 4) * 11 / 1200, "at 1200 baud")
        volts = self.building.read("a", self.infrared, "voltage")["voltage"] / 1000
        self.assertAlmostEqual(number(master.read(own, 0x02010100), 1), volts, delta=5)
        self.assertEqual(digits(master.read(own, 0x04000701)), "04")
        self.assertEqual(len(master.read(own, 0x00010000)), 4)
        self.assertEqual(master.read97(own, 0x9010), master.read(own, 0x00010000))
        with self.assertRaises(Error):
            master.ask(own, 0x17, b"\x20")
        token, worth = self.building.token(self.infrared, 5)
        self.assertEqual(master.token(own, token), (1, worth))
        self.assertEqual(master.order(own, set_parameter(self.infrared, 2, 0x6440, 1))[0], 1)
        self.assertEqual(master.control(own, 0x1A)[1], 0x9C)
        wait_until(lambda: self.building.status(self.infrared)["relay"] == "open", 5, "the relay opens")
        self.assertEqual(master.order(own, set_parameter(self.infrared, 3, 0x6445, 1))[0], 1)
        master.close()
        again = Reader(self.infrared_port)
        self.addCleanup(again.close)
        self.assertEqual(again.sign_on(b"050"), b"/LKY5LK1P\r\n")

    def test_smartmeter_obis_reads_it(self):
        if shutil.which("node") is None or not (READER / "node_modules" / "smartmeter-obis").exists():
            self.skipTest("npm's smartmeter-obis is not installed: npm ci --prefix tests/interop/optical")
        result = subprocess.run(["node", str(READER / "read.js"), self.other.optical], capture_output=True, text=True,
                                timeout=120, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        values = dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line)
        energy = next(value for name, value in values.items() if "1.8.0" in name)
        self.assertTrue(energy.endswith("kWh"), energy)
        ours = self.building.read("a", self.other, "import_energy")["import_energy"] / 3.6e9
        self.assertAlmostEqual(float(energy.split()[0]), ours, delta=0.02)
        self.assertTrue(any("32.7.0" in name for name in values), values)


if __name__ == "__main__":
    unittest.main(verbosity=2)
