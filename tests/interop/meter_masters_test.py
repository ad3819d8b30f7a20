# SPDX-License-Identifier: Apache-2.0
"""The virtual meter read and written by masters that others wrote: mbpoll on a pseudo-terminal, pymodbus on TCP."""

import re
import socket
import subprocess
import unittest

from virtual_building import Building, Meter, need_program, pymodbus_client, wait_until

need_program("mbpoll", "mbpoll")
CONNECT = pymodbus_client()

ACCEPTED, USED, CRC = 1, 10, 13
IDENTITY = ("meter_number", "firmware_version", "model")
STEADY = ("credited", "price", "tariff_version", "supply_state", "hold_reasons", "alarms", "low_credit", "token_count")
MEASURED = ("voltage", "current", "active_power", "frequency")


def signed(registers):
    value = int.from_bytes(b"".join(register.to_bytes(2, "big") for register in registers), "big")
    bits = 16 * len(registers)
    return value - (1 << bits) if value >> (bits - 1) else value


class Masters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.on_tcp = Meter(1, 1, load="resistor:1000")
        cls.other_on_tcp = Meter(2, 2)
        cls.on_pty = Meter(3, 17, load="resistor:2000")
        cls.building = Building({"a": ([cls.on_tcp, cls.other_on_tcp], "tcp"), "b": ([cls.on_pty], "pty")})
        cls.building.start()
        cls.client = CONNECT(cls.building.ports["a"])
        assert cls.client.connect()
        measures = lambda: cls.building.read("a", cls.on_tcp, "active_power")["active_power"] > 0
        wait_until(measures, 20, "the meter measures its load")

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    def call(self, function, *arguments, meter=None, **named):
        """A call of pymodbus, whatever this version calls the unit."""
        unit = (meter or self.on_tcp).address
        # It takes what others said on the line meanwhile for its answer: a new connection has heard nothing yet.
        self.client.close()
        self.client.connect()
        for name in ("device_id", "slave", "unit"):
            try:
                return getattr(self.client, function)(*arguments, **named, **{name: unit})
            except TypeError as error:
                if name not in str(error):
                    raise
        raise AssertionError("no way to name the unit")

    def registers(self, address, count, meter=None):
        reply = self.call("read_holding_registers", address, count=count, meter=meter)
        self.assertFalse(reply.isError(), reply)
        return reply.registers

    def mbpoll(self, *arguments):
        return subprocess.run(["mbpoll", "-m", "rtu", "-b", "19200", "-P", "none", "-a", str(self.on_pty.address), "-0",
                               "-1", "-o", "2", *arguments, self.building.terminal("b")],
                              capture_output=True, text=True, check=False)

    def mbpoll_registers(self, address, count, *arguments):
        result = self.mbpoll("-r", str(address), "-c", str(count), "-t", "4:hex", *arguments)
        found = [int(value, 16) for value in re.findall(r"^\[\d+\]:\s+0x([0-9A-F]{4})", result.stdout, re.MULTILINE)]
        self.assertEqual(len(found), count, result.stdout + result.stderr)
        return found

    def enter(self, token, meter=None):
        """Enters a token and returns its result and the amount credited."""
        words = [int.from_bytes(token[i:i + 2].encode(), "big") for i in range(0, 20, 2)]
        reply = self.call("write_registers", 0x5100, words, meter=meter)
        self.assertFalse(reply.isError(), reply)
        result = self.registers(0x510A, 5, meter=meter)
        return result[0], signed(result[1:5])

    def test_pymodbus_and_latchkey_read_the_same(self):
        ours = self.building.read("a", self.on_tcp, *IDENTITY, *STEADY)
        text = b"".join(r.to_bytes(2, "big") for r in self.registers(0x4000, 6)).rstrip(b"\0").decode()
        self.assertEqual(text, self.on_tcp.number)
        self.assertEqual(text, ours["meter_number"])
        account = self.registers(0x5000, 0x26)
        self.assertEqual(signed(account[0x0C:0x10]), ours["credited"])
        self.assertEqual(signed(account[0x00:0x04]), signed(account[0x0C:0x10]) - signed(account[0x08:0x0C]))
        self.assertEqual(signed([0, *account[0x10:0x12]]), ours["price"])
        self.assertEqual(account[0x14], ours["supply_state"])
        self.assertEqual(signed(account[0x17:0x1B]), ours["low_credit"])

    def test_mbpoll_and_latchkey_read_the_same(self):
        ours = self.building.read("b", self.on_pty, *IDENTITY, *STEADY)
        text = b"".join(r.to_bytes(2, "big") for r in self.mbpoll_registers(0x4000, 6)).rstrip(b"\0").decode()
        self.assertEqual(text, ours["meter_number"])
        account = self.mbpoll_registers(0x5000, 0x26)
        self.assertEqual(signed(account[0x00:0x04]), signed(account[0x0C:0x10]) - signed(account[0x08:0x0C]))
        self.assertEqual(signed(account[0x0C:0x10]), ours["credited"])
        self.assertEqual(account[0x14], ours["supply_state"])

    def test_integers_floats_and_the_load_agree(self):
        for line, meter, read, watts in (("a", self.on_tcp, self.registers, 1000),
                                         ("b", self.on_pty, self.mbpoll_registers, 2000)):
            ours = self.building.read(line, meter, *MEASURED, "sdm_voltage", "sdm_active_power")
            voltage, power = signed(read(0x2000, 2)) / 1000, signed(read(0x2004, 2)) / 10
            self.assertAlmostEqual(voltage, ours["voltage"] / 1000, delta=3)
            self.assertAlmostEqual(voltage, ours["sdm_voltage"], delta=3)
            # A resistor of that power at 230 V.
            self.assertAlmostEqual(power, watts * (voltage / 230) ** 2, delta=watts * 0.02)
            self.assertAlmostEqual(power, ours["sdm_active_power"], delta=watts * 0.03)
            self.assertAlmostEqual(ours["frequency"] / 1000, 50, delta=0.2)

    def test_input_registers_are_the_same_registers(self):
        reply = self.call("read_input_registers", 0x4000, count=6)
        self.assertEqual(reply.registers, self.registers(0x4000, 6))
        self.assertEqual(self.mbpoll_registers(0x4000, 6, "-t", "3:hex"), self.mbpoll_registers(0x4000, 6))

    def test_refusals_are_exceptions_of_modbus(self):
        for what, address, count, exception in (("no such register", 0x9000, 1, 2), ("half beyond", 0x5024, 4, 2)):
            reply = self.call("read_holding_registers", address, count=count)
            self.assertTrue(reply.isError(), what)
            self.assertEqual(reply.exception_code, exception, what)
        result = self.mbpoll("-r", str(0x9000), "-t", "4:hex")
        self.assertIn("Illegal data address", result.stdout + result.stderr)

    def test_a_write_to_what_is_read_only_is_refused(self):
        before = self.registers(0x500C, 4)
        reply = self.call("write_registers", 0x500C, [0, 0, 1, 0])
        self.assertTrue(reply.isError())
        self.assertEqual(self.registers(0x500C, 4), before)

    def test_a_token_is_credited_once_and_told_used_after(self):
        before = self.building.read("a", self.on_tcp, "credited", "token_count")
        token, worth = self.building.token(self.on_tcp, "12.34567")
        self.assertEqual(self.enter(token), (ACCEPTED, worth))
        self.assertEqual(self.enter(token)[0], USED)
        after = self.building.read("a", self.on_tcp, "credited", "token_count")
        self.assertEqual(after["credited"] - before["credited"], worth)
        self.assertEqual(after["token_count"] - before["token_count"], 1)

    def test_a_token_of_another_meter_and_a_mistyped_one_credit_nothing(self):
        token, _ = self.building.token(self.on_tcp, "50")
        before = self.building.read("a", self.other_on_tcp, "credited")
        self.assertNotIn(self.enter(token, meter=self.other_on_tcp)[0], (ACCEPTED, USED))
        mistyped = token[:10] + str((int(token[10]) + 1) % 10) + token[11:]
        own_before = self.building.read("a", self.on_tcp, "credited")
        self.assertNotIn(self.enter(mistyped)[0], (ACCEPTED, USED))
        self.assertEqual(self.building.read("a", self.other_on_tcp, "credited"), before)
        self.assertEqual(self.building.read("a", self.on_tcp, "credited"), own_before)

    def test_mbpoll_enters_a_token(self):
        token, _ = self.building.token(self.on_pty, "3")
        words = [str(int.from_bytes(token[i:i + 2].encode(), "big")) for i in range(0, 20, 2)]
        result = subprocess.run(["mbpoll", "-m", "rtu", "-b", "19200", "-P", "none", "-a", str(self.on_pty.address), "-0",
                                 "-o", "2", "-r", str(0x5100), "-t", "4", self.building.terminal("b"), *words],
                                capture_output=True, text=True, check=False)
        self.assertIn("Written 10 references", result.stdout, result.stderr)
        self.assertEqual(self.mbpoll_registers(0x510A, 1), [ACCEPTED])

    def test_everybody_on_the_line_hears_the_question_and_the_answer(self):
        with socket.create_connection(("127.0.0.1", self.building.ports["a"]), timeout=2) as listener:
            # The line has the listener once it has answered a question of its own.
            listener.sendall(bytes.fromhex("010350140001D50E"))
            heard = b""
            while len(heard) < 7:
                heard += listener.recv(64)
            words = self.registers(0x4000, 6)
            heard = b""
            while len(heard) < 8 + 17:
                heard += listener.recv(64)
            self.assertEqual(heard[:6], bytes.fromhex("010340000006"))
            self.assertEqual(heard[8:11], bytes.fromhex("01030C"))
            self.assertEqual(heard[11:23], b"".join(word.to_bytes(2, "big") for word in words))

    def test_the_control_socket_answers_each_line(self):
        status = self.building.status(self.on_tcp)
        self.assertEqual(status["balance"], status["credited"] - status["deducted"])
        for command, answer in (("dance", "error: unknown command"), ("", "error: unknown command"),
                                ("load 123 5", "error: no meter 123"),
                                (f"load {self.on_tcp.number} much", "error: WATTS"),
                                (f"power-cut {self.on_tcp.number} -1", "error: MS")):
            self.assertTrue(self.building.control(command).startswith(answer), command)

    def test_an_extra_load_is_measured(self):
        self.assertEqual(self.building.control(f"load {self.on_pty.number} 3000"), "ok")
        reads = lambda: self.building.read("b", self.on_pty, "active_power")["active_power"] > 40_000
        wait_until(reads, 20, "the meter measures 2000 W and 3000 W")
        self.assertEqual(self.building.control(f"load {self.on_pty.number} 0"), "ok")

    def test_a_power_cut_in_a_write_loses_no_credit(self):
        meter = self.other_on_tcp
        credited = self.building.read("a", meter, "credited")["credited"]
        for _ in range(5):
            token, worth = self.building.token(meter, "1")
            result = self.enter(token, meter=meter)
            self.assertEqual(self.building.control(f"power-cut {meter.number} 300"), "ok")
            self.assertFalse(self.building.status(meter)["power"])
            wait_until(lambda: self.building.status(meter)["power"], 20, "the power is back")
            self.assertEqual(result, (ACCEPTED, worth))
            credited += worth
            status = self.building.status(meter)
            self.assertEqual(status["credited"], credited)
            self.assertEqual(status["balance"], status["credited"] - status["deducted"])
            self.assertEqual(self.enter(token, meter=meter)[0], USED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
