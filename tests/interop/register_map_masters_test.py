# SPDX-License-Identifier: Apache-2.0
"""Every row of the register map read from the virtual meter, on a pseudo-terminal at the speed of its line, by masters
that others wrote: mbpoll, pymodbus and npm modbus-serial. They know the rows from docs/device-profile.json alone."""

import json
import pathlib
import re
import shutil
import struct
import subprocess
import unittest

from virtual_building import Building, Meter, need_program, pymodbus_client, skip, wait_until

need_program("mbpoll", "mbpoll")
need_program("node", "nodejs")
pymodbus_client()
from pymodbus.client import ModbusSerialClient  # noqa: E402  (skipped above where it is absent)

HERE = pathlib.Path(__file__).resolve().parent
NODE = HERE / "node"
if not (NODE / "node_modules" / "modbus-serial").is_dir():
    skip("npm modbus-serial is not installed (npm --prefix tests/interop/node ci)")

BAUD = 19200
UNIT = 23
PROFILE = json.loads((HERE.parents[1] / "docs" / "device-profile.json").read_text())
# What goes on changing between two reads.
MOVING = re.compile(r"^(sdm_.*|voltage.*|current.*|neutral_.*|fundamental_.*|quadrant|.*_power|power_factor|frequency|.*_energy.*|clock|uptime|balance"
                    r"|phase_.*|deducted|event_.*|log_next|.*demand.*|charged)$")


def readable_rows():
    for row in PROFILE["registers"]:
        if row["access"] != "write":
            yield {"name": row["name"], "address": row["address"], "registers": row["registers"],
                   "input": row["group"] == "sdm"}


class RegisterMap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Meter(5, UNIT, load="resistor:2000")
        cls.building = Building({"a": ([cls.meter], "pty")}, baud=BAUD)
        cls.building.start()
        measures = lambda: cls.building.read("a", cls.meter, "active_power")["active_power"] > 0
        wait_until(measures, 20, "the meter measures its load")
        cls.device = cls.building.terminal("a")
        cls.rows = list(readable_rows())
        cls.by_pymodbus = cls.read_with_pymodbus()

    @classmethod
    def tearDownClass(cls):
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    @classmethod
    def read_with_pymodbus(cls):
        client = ModbusSerialClient(cls.device, baudrate=BAUD, parity="N", stopbits=1, timeout=3)
        assert client.connect()
        found = {}
        for row in cls.rows:
            read = client.read_input_registers if row["input"] else client.read_holding_registers
            reply = read(row["address"], count=row["registers"], slave=UNIT)
            found[row["name"]] = f"exception {reply.exception_code}" if reply.isError() else reply.registers
        client.close()
        return found

    def check(self, found, who):
        for row in self.rows:
            name = row["name"]
            self.assertIsInstance(found[name], list, f"{who} on {name}: {found[name]}")
            self.assertEqual(len(found[name]), row["registers"], f"{who} on {name}")
            if not MOVING.match(name):
                self.assertEqual(found[name], self.by_pymodbus[name], f"{who} on {name}")

    def test_pymodbus_reads_every_row(self):
        self.check(self.by_pymodbus, "pymodbus")
        number = b"".join(word.to_bytes(2, "big") for word in self.by_pymodbus["meter_number"])
        self.assertEqual(number.rstrip(b"\0").decode(), self.meter.number)
        words = struct.pack(">2H", *self.by_pymodbus["sdm_voltage"])
        self.assertAlmostEqual(struct.unpack(">f", words)[0], 230, delta=25)

    def test_modbus_serial_reads_every_row(self):
        lines = "\n".join(json.dumps(row) for row in self.rows)
        result = subprocess.run([shutil.which("node"), "read_rows.mjs", self.device, str(BAUD), str(UNIT)], cwd=NODE,
                                input=lines, capture_output=True, text=True, check=False, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.check(json.loads(result.stdout), "modbus-serial")

    def test_mbpoll_reads_every_row(self):
        found = {}
        for row in self.rows:
            kind = "3:hex" if row["input"] else "4:hex"
            result = subprocess.run(["mbpoll", "-m", "rtu", "-b", str(BAUD), "-P", "none", "-a", str(UNIT), "-0", "-1",
                                     "-o", "3", "-r", str(row["address"]), "-c", str(row["registers"]), "-t", kind,
                                     self.device], capture_output=True, text=True, check=False)
            words = re.findall(r"^\[\d+\]:\s+0x([0-9A-F]{4})", result.stdout, re.MULTILINE)
            found[row["name"]] = [int(word, 16) for word in words] if words else result.stdout + result.stderr
        self.check(found, "mbpoll")

    def test_latchkey_reads_any_row_by_its_name(self):
        names = [row["name"] for row in self.rows if row["name"] != "log_data"]
        ours = self.building.read("a", self.meter, *names)
        self.assertEqual({name.split("[")[0] for name in ours}, set(names))


if __name__ == "__main__":
    unittest.main(verbosity=2)
