# SPDX-License-Identifier: Apache-2.0
"""The virtual meter read and written by masters that others wrote: mbpoll on a pseudo-terminal, pymodbus on TCP."""

import math
import pathlib
import re
import socket
import struct
import subprocess
import unittest

from virtual_building import Building, Meter, modbus_call, need_program, pymodbus_client, wait_until

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
        return modbus_call(self.client, (meter or self.on_tcp).address, function, *arguments, **named)

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
        power = lambda: self.building.read("b", self.on_pty, "active_power")["active_power"]
        wait_until(lambda: power() > 40_000, 20, "the meter measures 2000 W and 3000 W")
        self.assertEqual(self.building.control(f"load {self.on_pty.number} 0"), "ok")
        wait_until(lambda: power() < 21_000, 20, "the meter measures 2000 W again")

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


class Process(unittest.TestCase):
    def test_on_a_noisy_line_answers_are_right_or_missing(self):
        meter = Meter(1, 1)
        # Every sixth question or answer is hit.
        building = Building({"a": ([meter], "tcp")}, noise=3e-4)
        self.addCleanup(building.remove)
        building.start()
        self.assertEqual({building.read("a", meter, "meter_number")["meter_number"] for _ in range(30)}, {meter.number})
        self.assertEqual(building.stop(), 0)

    def test_loads_from_a_profile_and_a_recording(self):
        profile, recording = Meter(1, 1), Meter(2, 2)
        building = Building({"a": ([profile, recording], "tcp")})
        self.addCleanup(building.remove)
        rows = [f"2026-01-01T{hour:02d}:{half:02d},0.5" for hour in range(24) for half in (0, 30)]
        pathlib.Path(building.folder, "flat.csv").write_text("timestamp,kwh\n" + "\n".join(rows) + "\n")
        # One second at 50 Hz and 6.4 kHz: 10 A and 230 V, current first, in counts of the default scales.
        waves = [math.sin(2 * math.pi * n / 128) * 2 ** 0.5 for n in range(6400)]
        samples = [value for wave in waves for value in (round(414.738 * wave), round(230 * 21.3872 * wave))]
        pathlib.Path(building.folder, "flat.i16").write_bytes(struct.pack(f"<{len(samples)}h", *samples))
        text = building.config.read_text().replace('load = "flat"', f'load = "profile:{building.folder}/flat.csv"', 1)
        building.config.write_text(text.replace('load = "flat"', f'load = "recording:{building.folder}/flat.i16"', 1))
        building.start()
        power = lambda meter: building.read("a", meter, "active_power")["active_power"] / 10
        wait_until(lambda: abs(power(profile) - 1000) < 100, 20, "half a kWh in half an hour is 1 kW")
        wait_until(lambda: abs(power(recording) - 2300) < 5, 20, "the recording has 2300 W")
        self.assertEqual(building.stop(), 0)

    def test_a_wrong_configuration_ends_with_status_2_and_the_place(self):
        building = Building({"a": ([Meter(1, 1)], "tcp")})
        self.addCleanup(building.remove)
        building.config.write_text(building.config.read_text().replace("address = 1", "address = 300"))
        result = subprocess.run([f"{building.bin}/latchkey-meter", "--config", str(building.config)],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"building.toml:\d+: line.meter.address: 300 is out of range; give .* 1 to 247")

    def test_a_second_process_on_the_same_state_is_refused(self):
        building = Building({"a": ([Meter(1, 1)], "tcp")})
        self.addCleanup(building.remove)
        building.start()
        result = subprocess.run([f"{building.bin}/latchkey-meter", "--config", str(building.config)],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(building.folder, result.stderr)
        self.assertEqual(building.stop(), 0)

    def test_latchkey_read_says_what_failed(self):
        meter = Meter(1, 1)
        building = Building({"a": ([meter], "tcp")})
        self.addCleanup(building.remove)
        building.start()
        where = ["--tcp", f"127.0.0.1:{building.ports['a']}", "--timeout", "200"]
        for arguments, status, words in ((["--address", "9", "voltage"], 1, "no answer in 200 ms"),
                                         (["--register", "0x9000"], 1, "illegal data address (exception 2)"),
                                         (["volage"], 2, "did you mean: voltage"),
                                         (["--register", "zero"], 2, "is no register"),
                                         ([], 2, "nothing to read")):
            result = subprocess.run([f"{building.bin}/latchkey", "read", *where, *arguments], capture_output=True,
                                    text=True, check=False)
            self.assertIn(words, result.stderr)
            self.assertEqual(result.returncode, status, arguments)
        building.kill()
        result = subprocess.run([f"{building.bin}/latchkey", "read", *where, "voltage"], capture_output=True, text=True,
                                check=False)
        self.assertIn("is the other end running?", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
