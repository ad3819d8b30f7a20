# SPDX-License-Identifier: Apache-2.0
"""What Modbus has beside reading and writing, by a master that others wrote (pymodbus): diagnostics, who the meter is, records as
files, broadcasts, the settings of an SDM, the command block; and that refused orders are told apart in the record only."""

import struct
import time
import unittest

from dlt645_master import set_parameter
from virtual_building import Building, Meter, modbus_call, pymodbus_client, wait_until

CONNECT = pymodbus_client()
PASSWORD = 246810
COMPATIBILITY_MODE, COMPATIBILITY_PASSWORD, DEMAND_MINUTES = 0x6400, 0x6401, 0x6243
DONE, ALREADY_DONE, REFUSED = 1, 2, 3


def words_of(data):
    data += b"\0" * (len(data) % 2)
    return [int.from_bytes(data[i:i + 2], "big") for i in range(0, len(data), 2)]


def float_words(value):
    return words_of(struct.pack(">f", value))


class ModbusFunctions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter, cls.neighbour = Meter(51, 1, load="resistor:500"), Meter(52, 2)
        cls.building = Building({"a": ([cls.meter, cls.neighbour], "tcp")})
        cls.building.start()
        cls.client = CONNECT(cls.building.ports["a"])
        assert cls.client.connect()
        cls.sequence = 0

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    def call(self, function, *arguments, unit=1, **named):
        return modbus_call(self.client, unit, function, *arguments, **named)

    def done(self, *arguments, **named):
        reply = self.call(*arguments, **named)
        self.assertFalse(reply.isError(), reply)
        return reply

    def refused(self, code, *arguments, **named):
        reply = self.call(*arguments, **named)
        self.assertTrue(reply.isError(), reply)
        self.assertEqual(reply.exception_code, code, reply)

    def read(self, *names, meter=None):
        return self.building.read("a", meter or self.meter, *names)

    def seal(self, address, value, meter=None):
        type(self).sequence += 1
        return set_parameter(meter or self.meter, self.sequence, address, value)

    def order(self, order, meter=None):
        """By the sealed-order block: its result."""
        self.done("write_registers", 0x5200, [len(order), *words_of(order)], unit=(meter or self.meter).address)
        return self.read("order_result", meter=meter)["order_result"]

    def command(self, code, arguments=b""):
        """By the command block: result, detail, value."""
        if arguments:
            self.done("write_registers", 0x5280, [len(arguments), *words_of(arguments)])
        self.done("write_registers", 0x52A8, [code])
        self.assertEqual(self.read("command_code")["command_code"], code)
        told = self.read("command_result", "command_detail", "command_value")
        return told["command_result"], told["command_detail"], told["command_value"]

    def test_diagnostics(self):
        self.assertEqual(self.done("diag_query_data", b"\x12\x34").message, b"\x12\x34")
        self.done("diag_clear_counters")
        self.refused(2, "read_holding_registers", 0x4FFF, count=1)
        heard = self.done("diag_read_slave_message_count").message
        self.assertGreaterEqual(heard if isinstance(heard, int) else heard[0], 2)
        refusals = self.done("diag_read_bus_exception_error_count").message
        self.assertEqual(refusals if isinstance(refusals, int) else refusals[0], 1)
        self.refused(1, "diag_read_diagnostic_register")

    def test_listens_only_until_it_is_restarted(self):
        self.call("diag_force_listen_only", no_response_expected=True)
        time.sleep(0.2)
        with self.assertRaises(AssertionError, msg="silent"):
            self.read("voltage")
        self.call("diag_restart_communication", False, no_response_expected=True)
        wait_until(lambda: self.read("voltage")["voltage"] > 0, 5, "it speaks again")

    def test_says_who_it_is(self):
        server = self.done("report_slave_id")
        self.assertIn(b"LK1P", server.identifier)
        for read_code, last in ((1, 2), (2, 5)):
            known = self.done("read_device_information", read_code=read_code).information
            self.assertEqual((known[0], known[1]), (b"Latchkey", b"LK1P"))
            self.assertGreaterEqual(max(known), last)
        known = self.done("read_device_information", read_code=3).information
        self.assertIn(self.meter.number.encode(), known.values())
        single = self.done("read_device_information", read_code=4, object_id=1).information
        self.assertEqual(single, {1: b"LK1P"})
        self.refused(2, "read_device_information", read_code=4, object_id=0x7F)

    def test_reads_records_as_files(self):
        try:
            from pymodbus.pdu.file_message import FileRecord
        except ImportError:
            from pymodbus.file_message import FileRecord
        newest = self.read("event_count")["event_count"]
        record = FileRecord(file_number=1, record_number=newest, record_length=12)
        read = self.done("read_file_record", [record]).records[0].record_data
        self.assertEqual(int.from_bytes(read[:4], "big"), newest)
        self.assertEqual(int.from_bytes(read[4:8], "little"), newest, "the entry begins with its number")
        self.refused(2, "read_file_record", [FileRecord(file_number=1, record_number=newest + 500, record_length=12)])

    def test_a_broadcast_corrects_the_clock_and_changes_nothing_else(self):
        clock = lambda: self.read("clock")["clock"]
        before = clock()
        self.call("write_registers", 0x2016, words_of((before + 90_000).to_bytes(8, "big")), unit=0, no_response_expected=True)
        time.sleep(0.3)
        stepped = clock()
        self.call("write_registers", 0x2016, words_of((stepped + 90_000).to_bytes(8, "big")), unit=0, no_response_expected=True)
        time.sleep(0.3)
        self.assertLess(clock() - stepped, 60_000, "once a day")
        minute = before // 60_000 % 1440
        if 6 < minute < 1433:  # not near midnight
            self.assertGreater(stepped - before, 80_000)
        self.call("write_registers", 0x5100, words_of(b"0" * 20), unit=0, no_response_expected=True)
        self.assertEqual(self.read("token_count")["token_count"], 0)

    def test_settings_as_an_sdm_need_the_mode_and_its_password(self):
        self.assertEqual(self.done("read_holding_registers", 0x0014, count=2).registers, float_words(1))
        self.refused(2, "write_registers", 0x0002, float_words(30))
        self.assertEqual(self.order(self.seal(COMPATIBILITY_PASSWORD, PASSWORD)), DONE)
        self.assertEqual(self.order(self.seal(COMPATIBILITY_MODE, 1)), DONE)
        self.refused(2, "write_registers", 0x0002, float_words(30))
        self.refused(3, "write_registers", 0x0018, float_words(1000))
        self.done("write_registers", 0x0018, float_words(PASSWORD))
        self.done("write_registers", 0x0002, float_words(30))
        self.assertEqual(self.done("read_holding_registers", 0x0002, count=2).registers, float_words(30))
        self.assertEqual(self.read("demand_minutes")["demand_minutes"], 30)
        self.refused(3, "write_registers", 0x0014, float_words(300))
        self.refused(2, "write_registers", 0x6040, words_of(bytes(8)))  # the ceiling of the credit is worth money
        self.assertEqual(self.command(4)[0], 1, "locked again")
        self.refused(2, "write_registers", 0x0002, float_words(15))
        self.assertEqual(self.order(self.seal(COMPATIBILITY_MODE, 0)), DONE)

    def test_tokens_and_orders_by_the_command_block(self):
        token, worth = self.building.token(self.meter, 5)
        self.assertEqual(self.command(1, token.encode()), (1, 1, worth))
        self.assertEqual(self.command(1, token.encode())[:2], (3, 10), "used")
        order = self.seal(DEMAND_MINUTES, 20)
        self.assertEqual(self.command(2, order)[0], 1)
        self.assertEqual(self.command(2, order)[0], 2, "already done")
        self.assertEqual(self.command(256 + 1)[0], 6, "a verb without a seal")

    def test_refused_orders_are_told_apart_in_the_record_only(self):
        old = self.seal(DEMAND_MINUTES, 15)
        self.assertEqual(self.order(old), DONE)
        stale = self.seal(DEMAND_MINUTES, 10)
        self.assertEqual(self.order(self.seal(DEMAND_MINUTES, 30)), DONE)
        forged = bytearray(self.seal(DEMAND_MINUTES, 12, meter=self.neighbour))
        forged[-1] ^= 1
        foreign = self.seal(DEMAND_MINUTES, 12)
        # Four refusals a meter are recorded at once: two each, as a slow machine makes pymodbus ask twice.
        for order, meter, detail in ((old, self.meter, 8), (stale, self.meter, 2), (bytes(forged), self.neighbour, 1),
                                     (foreign, self.neighbour, 4)):
            self.assertEqual(self.order(order, meter), REFUSED, "alike on the wire")
            newest = self.read("event_count", meter=meter)["event_count"]
            slot = self.done("read_holding_registers", 0x5300 + 10 * (newest % 12), count=10, unit=meter.address).registers
            self.assertEqual((slot[4], slot[5]), (8, detail), "replayed 8, stale 2, forged 1, of another meter 4")
        self.assertEqual(self.read("demand_minutes")["demand_minutes"], 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
