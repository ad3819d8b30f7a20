# SPDX-License-Identifier: Apache-2.0
"""`latchkey panel` on a terminal, as a person uses it: looked at and keyed, nothing else. And what can be played on a meter's case
and in its flat through the control socket."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import unittest

from virtual_building import Building, Meter, wait_until

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """`latchkey panel` with a pseudo-terminal for its screen and its keyboard."""

    def __init__(self, building, *arguments):
        self.fd, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        command = [f"{building.bin}/latchkey", "panel", *arguments]
        self.process = subprocess.Popen(command, stdin=far, stdout=far, stderr=far, start_new_session=True)
        os.close(far)
        self.seen = ""

    def screen(self):
        """The latest whole picture: each one begins at the top left corner."""
        while select.select([self.fd], [], [], 0.05)[0]:
            try:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                break
        frames = self.seen.split("\x1b[H")
        self.seen = "\x1b[H".join(frames[-3:])
        return ESCAPES.sub("", frames[-2]) if len(frames) > 2 else ""

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def quit(self):
        self.type("q")
        status = self.process.wait(timeout=20)
        os.close(self.fd)
        return status


class OnATerminal(unittest.TestCase):
    def start(self, meter, speed=5):
        building = Building({"a": ([meter], "tcp")}, speed=speed)
        self.addCleanup(building.remove)
        building.start()
        return building

    def terminal(self, building, *arguments):
        terminal = Terminal(building, *arguments)
        self.addCleanup(lambda: terminal.process.poll() is None and terminal.process.kill())
        return terminal

    def test_the_keypad_unit_on_its_own_noisy_line(self):
        meter = Meter(1, 1, load="resistor:6000", preset="0.02")
        building = Building({"a": ([meter], "tcp")}, speed=5)
        self.addCleanup(building.remove)
        meter.keypad_unit = f"{building.folder}/unit"
        meter.keypad_noise = 0.001  # one frame in six is lost, either way
        building.write()
        building.start()
        unit = self.terminal(building, "--unit", meter.keypad_unit)

        def shows(text):
            wait_until(lambda: text in unit.screen(), 90, f"{text}; last was:\n{unit.screen()}")

        shows("supply_off")
        token, _ = building.token(meter, "2.50")
        unit.type(token[:10])
        shows("[10]")  # so many digits stand
        unit.process.kill()  # the unit is torn off the wall in the middle of a token: the meter goes on
        unit.process.wait()
        wait_until(lambda: building.status(meter)["relay"] == "open", 20, "the meter goes on without it")
        again = self.terminal(building, "--unit", meter.keypad_unit)
        wait_until(lambda: "supply_off" in again.screen(), 60, "the unit is back")
        again.type("*" * 10 + token)
        wait_until(lambda: building.status(meter)["relay"] == "closed", 90, f"supplied; last was:\n{again.screen()}")
        wait_until(lambda: "supply_on" in again.screen(), 60, "and shown")
        self.assertEqual(building.status(meter)["token_count"], 1)
        building.control(f"power-cut {meter.number} 600000")
        wait_until(lambda: "no meter" in again.screen(), 60, "a meter without power says nothing")
        self.assertEqual(again.quit(), 0)
        self.assertEqual(building.stop(), 0)

    def test_from_empty_to_supplied_by_the_keys_alone(self):
        meter = Meter(1, 1, load="resistor:6000", preset="0.02")
        building = self.start(meter)
        terminal = self.terminal(building, "--control", f"{building.folder}/control.sock", "--meter", meter.number)

        def shows(text):
            wait_until(lambda: text in terminal.screen(), 90, f"{text}; last was:\n{terminal.screen()}")

        shows("no_credit")
        shows("supply_off")
        token, _ = building.token(meter, "2.50")
        slipped = token[:7] + str((int(token[7]) + 1) % 10)
        terminal.type(slipped + "*" + token[7:])  # one wrong digit, taken back with erase
        shows("supply_on")
        self.assertNotIn("no_credit", terminal.screen())
        terminal.type("37#")  # the short code of the balance
        wait_until(lambda: re.search(r"37", terminal.screen()), 30, "the balance")
        self.assertEqual(terminal.quit(), 0)
        self.assertEqual(building.status(meter)["relay"], "closed")
        self.assertEqual(building.stop(), 0)

    def test_what_is_done_to_the_case_is_seen_on_the_panel_and_told(self):
        meter = Meter(1, 1, load="resistor:100")
        building = self.start(meter)

        def symbols():
            return building.control(f"panel {meter.number}")

        self.assertNotIn("tamper", symbols())
        self.assertEqual(building.control(f"contact {meter.number} magnet on"), "ok")
        wait_until(lambda: "tamper" in symbols(), 60, "the magnet is told")
        magnet = 14
        self.assertEqual(building.read("a", meter, "guard_alarms")["guard_alarms"], 1 << magnet)
        self.assertEqual(building.control(f"contact {meter.number} magnet off"), "ok")
        wait_until(lambda: building.read("a", meter, "guard_alarms")["guard_alarms"] == 0, 60, "its end is told")
        self.assertEqual(building.control(f"power-cut {meter.number} 5000"), "ok")
        self.assertEqual(building.control(f"contact {meter.number} terminal on"), "ok")
        self.assertEqual(building.control(f"contact {meter.number} terminal off"), "ok")
        wait_until(lambda: building.status(meter)["power"], 60, "the power comes back")
        opened_while_off = 32
        wait_until(lambda: opened_while_off in self.event_codes(building, meter), 60, "a cover opened in the dark is told")
        for wrong, said in (("magnet maybe", "say on"), ("door on", "magnet, cover"),):
            self.assertIn(said, building.control(f"contact {meter.number} {wrong}"))
        self.assertIn("no meter", building.control("contact 1 magnet on"))
        self.assertEqual(building.stop(), 0)

    def event_codes(self, building, meter):
        return {building.read("a", meter, f"event_code[{slot}]")[f"event_code[{slot}]"] for slot in range(12)}

    def test_appliances_are_switched_on_and_off(self):
        meter = Meter(1, 1, load="resistor:100")
        building = self.start(meter)

        def power():
            return building.status(meter)["active_power"] / 10  # in 0.1 W

        wait_until(lambda: 90 < power() < 115, 60, "the load alone")
        self.assertEqual(building.control(f"appliance {meter.number} kettle 2000"), "ok")
        wait_until(lambda: 1900 < power() < 2300, 60, "and a kettle")
        self.assertEqual(building.control(f"appliance {meter.number} lights 300"), "ok")
        wait_until(lambda: 2200 < power() < 2600, 60, "and lights")
        self.assertEqual(building.control(f"appliance {meter.number} kettle 0"), "ok")
        wait_until(lambda: 350 < power() < 450, 60, "without the kettle")
        self.assertIn("washing_machine", building.control(f"appliance {meter.number} toaster 500"))
        self.assertIn("0 to 30000", building.control(f"appliance {meter.number} kettle -1"))
        self.assertEqual(building.stop(), 0)


if __name__ == "__main__":
    unittest.main()
