# SPDX-License-Identifier: Apache-2.0
"""The virtual meter on a line with masters of DL/T 645: one of our own, written from the tables alone, and the library
`dlt645` of PyPI, with Modbus between them."""

import json
import subprocess
import time
import unittest

import dlt645_master
from dlt645_master import ANYBODY, BROADCAST, Error, Master, digits, number, set_parameter, signed
from virtual_building import Building, Meter, wait_until

try:
    from dlt645 import MeterClientService
    from dlt645.protocol.protocol import DLT645Protocol
except ImportError:
    MeterClientService = None

DLT_PERMISSIONS, DLT_ADDRESS, LINE_ADDRESS, LINE_BAUD = 0x6440, 0x6441, 0x6450, 0x6451
RELAY, CLOCK, ADDRESS, BAUD, DEMAND, EVENTS = 1, 2, 8, 16, 32, 64
EVERYTHING = 0x7F


class Dlt645(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Meter(11, 1, load="resistor:1000")
        cls.neighbour = Meter(12, 2)
        cls.alone = Meter(13, 1)
        cls.on_pty = Meter(14, 1, load="resistor:500")
        cls.building = Building({"a": ([cls.meter, cls.neighbour], "tcp"), "b": ([cls.alone], "tcp"), "c": ([cls.on_pty], "pty")},
                                baud=9600)
        cls.building.start()
        cls.own = "0" + cls.meter.number
        cls.sequence = 0
        measures = lambda: cls.building.read("a", cls.meter, "active_power")["active_power"] > 0
        wait_until(measures, 30, "the meter measures its load")

    @classmethod
    def tearDownClass(cls):
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    def setUp(self):
        self.master = Master(self.building.ports["a"])

    def tearDown(self):
        self.master.close()

    @classmethod
    def next_sequence(cls):
        cls.sequence += 1
        return cls.sequence

    def permit(self, bits, meter=None, master=None):
        meter = meter or self.meter
        order = set_parameter(meter, self.next_sequence(), DLT_PERMISSIONS, bits)
        result = (master or self.master).order("0" + meter.number, order)
        self.assertEqual(result[0], 1, "the order is done")

    def relay(self):
        return self.building.status(self.meter)["relay"]

    def refused(self, error, *arguments, **named):
        with self.assertRaises(Error) as refusal:
            self.master.control(*arguments, **named)
        self.assertEqual(str(refusal.exception), error)

    def test_reads_what_modbus_reads(self):
        ours = self.building.read("a", self.meter, "voltage", "current", "active_power", "frequency", "import_energy",
                                  "balance", "price", "meter_number")
        self.assertAlmostEqual(number(self.master.read(self.own, 0x02010100), 1), ours["voltage"] / 1000, delta=3)
        self.assertAlmostEqual(signed(self.master.read(self.own, 0x02020100), 3), ours["current"] / 1000, delta=0.1)
        self.assertAlmostEqual(signed(self.master.read(self.own, 0x02030000), 4), ours["active_power"] / 10000, delta=0.03)
        self.assertAlmostEqual(number(self.master.read(self.own, 0x02800002), 2), ours["frequency"] / 1000, delta=0.2)
        kwh = ours["import_energy"] / 3_600_000_000
        self.assertAlmostEqual(number(self.master.read(self.own, 0x00010000), 2), kwh, delta=0.02)
        self.assertAlmostEqual(number(self.master.read(self.own, 0x00900200), 2), ours["balance"] / 100_000, delta=0.02)
        self.assertEqual(number(self.master.read(self.own, 0x02800020), 4), ours["price"] / 10_000)
        self.assertEqual(digits(self.master.read(self.own, 0x04000402)), "0" + ours["meter_number"])
        self.assertEqual(len(self.master.read(self.own, 0x0001FF00)), 4 * 9)

    def test_latchkey_reads_names_identifiers_and_blocks(self):
        where = ["--tcp", f"127.0.0.1:{self.building.ports['a']}", "--dlt645", self.meter.number, "--timeout", "2000"]
        ask = lambda *names: subprocess.run([f"{self.building.bin}/latchkey", "read", *where, "--json", *names],
                                            capture_output=True, text=True, check=False)
        shown = json.loads(ask("voltage", "04000402", "0001FF00").stdout)
        self.assertEqual(shown["voltage"]["unit"], "V")
        self.assertAlmostEqual(float(shown["voltage"]["values"][0]), 230, delta=25)
        self.assertEqual(shown["04000402"]["values"], ["0" + self.meter.number])
        self.assertEqual(len(shown["0001FF00"]["values"]), 9, "the total and eight rates")
        refused = ask("12345678")
        self.assertEqual((refused.returncode, "no such data" in refused.stderr), (1, True), refused.stderr)

    def test_reads_by_the_edition_of_1997_beside_it(self):
        volts = number(self.master.read(self.own, 0x02010100), 1)
        self.assertAlmostEqual(number(self.master.read97(self.own, 0xB611)), volts, delta=3)
        self.assertEqual(self.master.read97(self.own, 0x9010), self.master.read(self.own, 0x00010000))
        with self.assertRaises(Error) as refusal:
            self.master.read97(self.own, 0xD001)
        self.assertEqual(str(refusal.exception), "02")

    def test_knows_itself_by_every_kind_of_address(self):
        with_one = Master(self.building.ports["b"])
        self.addCleanup(with_one.close)
        own = "0" + self.alone.number
        self.assertEqual(with_one.ask(ANYBODY, 0x13)[0], own)
        self.assertEqual(with_one.ask(own, 0x13)[0], own)
        self.assertEqual(with_one.ask("AAAAAA" + own[6:], 0x11, bytes.fromhex("00000100"))[0], own)
        self.assertEqual(self.master.exchange(dlt645_master.frame("000000000001", 0x13), 0.6), b"")

    def test_answers_in_its_time(self):
        for wake_up in (0, 1, 4):
            self.master.ask(self.own, 0x11, bytes.fromhex("00000100"), wake_up)
            request_s = (16 + wake_up) * 11 / 9600
            self.assertGreater(self.master.took - request_s, 0.020)
            self.assertLess(self.master.took - request_s, 0.500)

    def test_a_damaged_frame_of_one_protocol_never_costs_the_next_of_the_other(self):
        good = dlt645_master.frame(self.own, 0x11, bytes.fromhex("00000100"))
        damaged = bytearray(good)
        damaged[12] ^= 1
        for rubbish in (good[:9], bytes(damaged), good[:-1], b"\x68" * 20, bytes.fromhex("01 03 50 00 00 04 00"), good[3:]):
            self.master.exchange(rubbish, 0.3)
            self.assertIn("balance", self.building.read("a", self.meter, "balance"))
            self.master.listen(0.2)
            self.master.exchange(rubbish, 0.3)
            self.assertEqual(len(self.master.read(self.own, 0x00010000)), 4)
        self.assertTrue(self.master.exchange(good + good))
        self.assertTrue(self.master.exchange(b"\xFE" * 4 + good[:12] + good), "behind a cut one")
        self.master.listen(0.3)

    def test_trips_and_closes_only_where_the_site_allows_it(self):
        self.permit(0)  # as in a new meter
        self.refused("04", self.own, 0x1A)
        self.permit(RELAY)
        self.refused("04", self.own, 0x1A, password="000001")
        self.refused("01", self.own, 0x1A, until="200101000000")
        self.assertEqual(self.relay(), "closed")
        self.assertEqual(self.master.control(self.own, 0x1A)[1], 0x9C)
        wait_until(lambda: self.relay() == "open", 5, "the relay opens")
        status = lambda: int(digits(self.master.read(self.own, 0x04000503)), 16)
        wait_until(lambda: status() & 0x50 == 0x50, 5, "the status word says that relay and command are open")
        self.assertEqual(self.master.control(self.own, 0x1C)[1], 0x9C)
        wait_until(lambda: self.relay() == "closed", 5, "the relay closes")
        self.assertEqual(len(self.master.read(self.own, 0x1D000101)), 6, "the time of the trip")
        self.assertEqual(self.master.read(self.own, 0x03300001)[10:14].hex(), "1c1c0000", "the last programming")

    def test_freezes_and_reads_the_freeze(self):
        self.assertEqual(self.master.ask(self.own, 0x16, bytes.fromhex("99999999"))[1], 0x96)
        time.sleep(0.2)
        frozen = number(self.master.read(self.own, 0x05010101)[:4], 2)
        self.assertAlmostEqual(frozen, number(self.master.read(self.own, 0x00010000), 2), delta=0.02)
        # Time, import with its rates, export, six of reactive energy, demand: AA behind each.
        self.assertEqual(len(self.master.read(self.own, 0x0501FF01)), sum(size + 1 for size in (5, 36, 4, *6 * [4], 8)))

    def test_tells_what_was_done_to_the_meter(self):
        """Events with the standard's layouts; a record of 202 bytes comes in two frames."""
        self.permit(EVENTS | DEMAND)
        for state in ("on", "off"):
            self.assertEqual(self.building.control(f"contact {self.meter.number} cover {state}"), "ok")
            time.sleep(1.5)
        count = lambda di: number(self.master.read(self.own, di))
        wait_until(lambda: count(0x03300D00) == 1, 10, "the opening is recorded")
        ended = lambda: self.master.read(self.own, 0x03300D01)[6:12] != b"\xFF" * 6
        wait_until(ended, 10, "and that it was closed again")
        opening = self.master.read(self.own, 0x03300D01)
        self.assertEqual((len(opening), opening[12:]), (60, b"\xFF" * 48))
        self.assertEqual(opening[5], self.master.read(self.own, 0x04000101)[3], "of this year")
        credentials = bytes.fromhex("02000000" + "78563412")
        self.assertEqual(self.master.ask(self.own, 0x19, credentials)[1], 0x99)
        reset = self.master.read(self.own, 0x03300201)
        self.assertEqual((len(reset), reset[6:10].hex()), (202, "78563412"), "who reset the demand")
        self.assertEqual(self.master.ask(self.own, 0x1B, credentials + bytes.fromhex("FF0D3003"))[1], 0x9B)
        self.assertEqual(count(0x03300D00), 0, "hidden")
        self.assertEqual(self.master.read(self.own, 0x03300301)[6:].hex().upper(), "78563412" + "FF0D3003", "and by whom")
        self.assertEqual(len(self.master.read(self.own, 0x03020000)), 18)
        self.assertEqual(len(self.master.read(self.own, 0x03100000)), 27)

    def test_selects_what_its_output_tells(self):
        for signal in (b"\x01", b"\x02", b"\x00"):
            self.assertEqual(self.master.ask(self.own, 0x1D, signal)[1:], (0x9D, signal))
        with self.assertRaises(Error):
            self.master.ask(self.own, 0x1D, b"\x03")

    def test_locks_out_after_five_wrong_passwords_but_not_sealed_orders(self):
        master = Master(self.building.ports["b"])
        self.addCleanup(master.close)
        own = "0" + self.alone.number
        self.permit(DEMAND, self.alone, master)
        ask = lambda password: master.ask(own, 0x19, bytes([2]) + dlt645_master.pairs(password, 3) + bytes(4))
        self.assertEqual(ask("000000")[1], 0x99)
        for _ in range(5):
            with self.assertRaises(Error):
                ask("000001")
        with self.assertRaises(Error):
            ask("000000")
        self.permit(ADDRESS, self.alone, master)

    def test_takes_tokens_and_never_a_plain_recharge(self):
        token, worth = self.building.token(self.meter, 5)
        self.assertEqual(self.master.token(self.own, token), (1, worth))
        self.assertEqual(self.master.token(self.own, token)[0], 10, "used")
        self.assertEqual(number(self.master.read(self.own, 0x03330301)), worth // 1000)
        self.permit(EVERYTHING)
        recharge = bytes.fromhex("00009004" + "02000000" + "00000000" + "00500000" + "08000000")
        for control, data in ((0x14, recharge), (0x1A, bytes.fromhex("0200000000000000"))):
            with self.assertRaises(Error):
                self.master.ask(self.own, control, data)

    def test_tells_a_replay_and_a_forgery_alike(self):
        order = set_parameter(self.meter, self.next_sequence(), DLT_PERMISSIONS, 0)
        self.assertEqual(self.master.order(self.own, order)[0], 1)
        self.assertEqual(self.master.order(self.own, order)[0], 2, "already done")
        order = set_parameter(self.meter, self.next_sequence(), DLT_PERMISSIONS, 0)
        forged = order[:-1] + bytes([order[-1] ^ 1])
        self.assertEqual(self.master.order(self.own, forged)[0], 3)
        foreign = set_parameter(self.neighbour, self.next_sequence(), DLT_PERMISSIONS, 0)
        self.assertEqual(self.master.order(self.own, foreign)[0], 3)

    def test_sets_the_clock_by_password_and_keeps_it(self):
        self.permit(CLOCK)
        now = digits(self.master.read(self.own, 0x0400010C))
        data = bytes.fromhex("0C010004" + "04000000" + "00000000") + dlt645_master.pairs(now, 7)
        self.assertEqual(self.master.ask(self.own, 0x14, data)[1], 0x94)
        self.assertEqual(digits(self.master.read(self.own, 0x0400010C))[:10], now[:10])
        self.assertEqual(self.master.ask(BROADCAST, 0x08, dlt645_master.pairs(now[:6] + now[8:], 6)), None)

    def test_changes_address_and_rate_of_a_meter_alone(self):
        master = Master(self.building.ports["b"])
        self.addCleanup(master.close)
        own = "0" + self.alone.number
        self.assertEqual(master.exchange(dlt645_master.frame(ANYBODY, 0x15, dlt645_master.pairs("4711", 6)), 0.6), b"")
        self.permit(ADDRESS | BAUD, self.alone, master)
        self.assertEqual(master.ask(ANYBODY, 0x15, dlt645_master.pairs("4711", 6))[0], "000000004711")
        self.assertEqual(master.ask(own, 0x13), None, "the old address is gone")
        self.assertEqual(master.ask("4711", 0x17, b"\x04")[1:], (0x97, b"\x04"))
        self.assertEqual(master.ask("4711", 0x13)[0], "000000004711")
        self.assertGreater(master.took, (16 + 4) * 11 / 1200, "at 1200 baud now")
        self.assertEqual(master.ask("4711", 0x17, b"\x20")[1:], (0x97, b"\x20"))
        self.assertEqual(master.ask(ANYBODY, 0x15, dlt645_master.pairs(own, 6))[0], own)

    def test_sealed_orders_set_the_line_behind_their_answer(self):
        master = Master(self.building.ports["b"])
        self.addCleanup(master.close)
        own, old = "0" + self.alone.number, self.alone.address

        def order(address, value):
            sealed = set_parameter(self.alone, self.next_sequence(), address, value)
            self.assertEqual(master.order(own, sealed)[0], 1, "answered before it takes effect")

        order(LINE_ADDRESS, 99)
        with self.assertRaises(AssertionError, msg="the old unit is gone"):
            self.building.read("b", self.alone, "line_address")
        self.alone.address = 99
        order(LINE_BAUD, 1200)
        self.assertEqual(self.building.read("b", self.alone, "line_address", "line_baud"),
                         {"line_address": 99, "line_baud": 1200})
        master.ask(own, 0x13)
        self.assertGreater(master.took, (16 + 4) * 11 / 1200, "at 1200 baud now")
        self.building.control(f"power-cut {self.alone.number} 500")
        wait_until(lambda: self.building.status(self.alone)["power"], 10, "the power is back")
        self.assertEqual(self.building.read("b", self.alone, "line_baud")["line_baud"], 1200)
        order(LINE_BAUD, 0)
        order(LINE_ADDRESS, 0)
        self.alone.address = old
        self.assertEqual(self.building.read("b", self.alone, "line_baud")["line_baud"], 9600)

    @unittest.skipIf(MeterClientService is None, "the library dlt645 of PyPI is not installed")
    def test_the_library_of_pypi_reads_it(self):
        # It sends the address in the order it is typed in: typed backwards it comes out right.
        backwards = bytes.fromhex(self.own)[::-1].hex()
        self.permit(RELAY)
        client = MeterClientService.new_tcp_client("127.0.0.1", self.building.ports["a"], timeout=3)
        self.assertTrue(client.connect())
        self.assertTrue(client.set_address(backwards))
        energy, voltage, power = client.read_00(0x00010000), client.read_02(0x02010100), client.read_02(0x02030000)
        self.assertIsNone(client.read_02(0x02010200), "phase B is not there")
        # It freezes; of the switch it knows nothing, but makes and takes apart the frames for it.
        self.assertIsNotNone(client.freeze(99, 99, 99, 99))
        until = dlt645_master.pairs("991231235959", 6)
        for word, state in ((0x1A, "open"), (0x1C, "closed")):
            data = bytes([2, 0, 0, 0]) + bytes(4) + bytes([word, 0]) + until
            frame = DLT645Protocol.build_frame(bytes.fromhex(self.own)[::-1], 0x1C, data)
            answer = DLT645Protocol.deserialize(client.client.send_request(frame))
            self.assertEqual((answer.ctrl_code, answer.data), (0x9C, b""))
            wait_until(lambda: self.relay() == state, 5, f"the relay is {state}")
        client.disconnect()  # it would take for its own what another master of the line is answered
        time.sleep(0.2)
        frozen = number(self.master.read(self.own, 0x05010101)[:4], 2)
        self.assertGreaterEqual(frozen, float(energy.value) - 0.01)
        self.assertAlmostEqual(float(energy.value), number(self.master.read(self.own, 0x00010000), 2), delta=0.02)
        self.assertAlmostEqual(float(voltage.value), number(self.master.read(self.own, 0x02010100), 1), delta=3)
        self.assertAlmostEqual(float(power.value), signed(self.master.read(self.own, 0x02030000), 4), delta=0.03)

    @unittest.skipIf(MeterClientService is None, "the library dlt645 of PyPI is not installed")
    def test_the_library_of_pypi_reads_it_on_a_pseudo_terminal(self):
        client = MeterClientService.new_rtu_client(self.building.terminal("c"), 9600, 8, 1, "N", 3)
        self.assertTrue(client.connect())
        own = "0" + self.on_pty.number
        self.assertTrue(client.set_address(bytes.fromhex(own)[::-1].hex()))
        wait_until(lambda: float(client.read_02(0x02010100).value) > 0, 20, "the meter measures")
        self.assertAlmostEqual(float(client.read_02(0x02010100).value), 230, delta=25)
        self.assertGreaterEqual(float(client.read_00(0x00010000).value), 0)
        self.assertIsNotNone(client.freeze(99, 99, 99, 99))
        client.disconnect()
        ours = self.building.read("c", self.on_pty, "voltage")["voltage"] / 1000
        self.assertAlmostEqual(ours, 230, delta=25, msg="and Modbus on the same terminal")


if __name__ == "__main__":
    unittest.main(verbosity=2)
