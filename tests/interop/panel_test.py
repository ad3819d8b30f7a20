# SPDX-License-Identifier: Apache-2.0
"""A person with nothing but the keypad: an empty meter, a token typed in, light again. What is seen is what `latchkey panel`
shows; what is keyed goes through it."""

import os
import subprocess
import time
import unittest

from virtual_building import Building, Meter


class Panel(unittest.TestCase):
    def setUp(self):
        self.meter = Meter(1, 1, load="resistor:6000", preset="0.02")
        self.building = Building({"a": ([self.meter], "tcp")}, speed=5)
        self.addCleanup(self.building.remove)
        self.building.start()

    def look(self, *more):
        command = [os.path.join(self.building.bin, "latchkey"), "panel", "--control", f"{self.building.folder}/control.sock"]
        done = subprocess.run(
            [*command, "--meter", self.meter.number, *more], capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    def key(self, keys):
        return self.look("--keys", keys).strip()

    def eventually(self, found):
        deadline = time.monotonic() + 60
        while not found():
            self.assertLess(time.monotonic(), deadline, self.look("--once"))
            time.sleep(0.1)

    def test_from_empty_to_supplied_with_the_keypad_alone(self):
        self.eventually(lambda: "supply_off no_credit" in self.look("--once").replace("low_credit ", ""))
        self.assertRegex(self.key("31#"), r"^31  OFF   7")
        self.key("*")  # back to the pages by themselves: why it is off takes turns with them
        self.eventually(lambda: self.look("--once").startswith("--  OFF   7"))
        self.assertEqual(self.key("75#").split()[1], self.meter.number[:8])
        self.assertRegex(self.key("37#"), r"^37 +-?0\.0\d ¤$")
        token, _ = self.building.token(self.meter, "2.50")
        self.assertRegex(self.key(token[:6]), rf"^6  {token[:4]}\.{token[4:6]}")
        self.assertIn("Good", self.key(token[6:]))
        self.eventually(lambda: "supply_on" in self.look("--once"))
        self.assertRegex(self.key("31#"), r"^31  on")
        self.assertRegex(self.key("37#"), r"^37 +2\.\d\d ¤$")
        self.assertIn("USEd", self.key(token))
        wrong = token[:-1] + str((int(token[-1]) + 1) % 10)
        self.assertIn("FALSE", self.key(wrong))
        self.assertIn("no CodE", self.key("98#"))
        self.assertIn("Short", self.key(token[:19] + "#"))
        self.assertRegex(self.key("37#"), r"^37 +2\.\d\d ¤$")

    def test_bad_ways_in_are_told(self):
        folder = self.building.folder
        for arguments, code, said in (
            (["--control", f"{folder}/nothing", "--meter", "1", "--once"], 1, "is latchkey-meter running"),
            (["--control", f"{folder}/control.sock", "--meter", "1", "--once"], 1, "no meter 1"),
            (["--control", f"{folder}/control.sock", "--meter", self.meter.number, "--keys", "x"], 2, "is no key"),
        ):
            program = os.path.join(self.building.bin, "latchkey")
            done = subprocess.run([program, "panel", *arguments], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
