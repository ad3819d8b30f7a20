# SPDX-License-Identifier: Apache-2.0
"""The commands of the guides on reading, one by one, against a virtual meter on a pseudo-terminal in place of /dev/ttyUSB0."""

import pathlib
import re
import shlex
import subprocess
import unittest

from virtual_building import Building, Meter, need_program, wait_until

need_program("mbpoll", "mbpoll")
GUIDES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guides"


def commands_of(guide, program):
    """The lines of code that call a program, without what is said behind them."""
    for line in (GUIDES / guide).read_text(encoding="utf-8").splitlines():
        if line.startswith(f"    {program} "):
            yield re.split(r" {2,}", line.strip())[0]


class ReadingGuides(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Meter(41, 1, load="resistor:1500")
        cls.building = Building({"a": ([cls.meter], "pty")}, baud=9600)
        cls.building.start()
        measures = lambda: cls.building.read("a", cls.meter, "active_power")["active_power"] > 0
        wait_until(measures, 30, "the meter measures its load")

    @classmethod
    def tearDownClass(cls):
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    def run_as_written(self, command):
        words = shlex.split(command.replace("/dev/ttyUSB0", self.building.terminal("a")))
        words = ["none" if word == "even" else word for word in words]  # a pseudo-terminal makes no parity
        if words[0] == "latchkey":
            words[0] = f"{self.building.bin}/latchkey"
            words += ["--timeout", "2000"] if "--device" in words else []
        result = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}{result.stderr}")
        return result.stdout

    def test_each_command_does_what_the_guide_says(self):
        for guide, program, least in (("wiring-and-reading.md", "mbpoll", 4), ("wiring-and-reading.md", "latchkey", 4),
                                      ("reading-by-dlt645.md", "latchkey", 1), ("reading-by-dlt645.md", "python3", 1)):
            commands = list(commands_of(guide, program))
            self.assertGreaterEqual(len(commands), least, guide)
            for command in commands:
                with self.subTest(command):
                    self.assertTrue(self.run_as_written(command))

    def test_the_figures_are_those_of_the_meter(self):
        shown = [self.run_as_written(command) for command in commands_of("wiring-and-reading.md", "mbpoll")]
        number = lambda text: float(re.search(r"^\[\d+\]:\s+(\S+)", text, re.MULTILINE)[1])
        self.assertAlmostEqual(number(shown[0]), 230, delta=25, msg="voltage")
        self.assertAlmostEqual(number(shown[1]), 1500, delta=350, msg="active power")


if __name__ == "__main__":
    unittest.main(verbosity=2)
