# SPDX-License-Identifier: Apache-2.0
"""A meter of three phases, as a process: by pymodbus as an SDM630, by a master of DL/T 645, and by `latchkey read`."""

import struct
import unittest

from dlt645_master import Error, Master, number, signed
from virtual_building import Building, Meter, modbus_call, pymodbus_client, wait_until

CONNECT = pymodbus_client()
WATTS = (1000, 2000, 500)


class ThreePhases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Meter(1, 1, load=f"resistor:{WATTS[0]}")
        cls.shop.more = f'phases = 3\nload_2 = "resistor:{WATTS[1]}"\nload_3 = "resistor:{WATTS[2]}"\n'
        cls.flat = Meter(2, 2, load="resistor:300")
        cls.flat.more = "phase = 3\n"
        cls.feeder = Meter(3, 3, load="feeder")
        cls.feeder.more = "phases = 3\n"
        cls.building = Building({"a": ([cls.shop, cls.flat, cls.feeder], "tcp")})
        cls.building.start()
        cls.client = CONNECT(cls.building.ports["a"])
        assert cls.client.connect()
        measures = lambda: cls.building.read("a", cls.feeder, "active_power")["active_power"] > 30_000
        wait_until(measures, 20, "the feeder measures all loads")

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        status = cls.building.stop()
        cls.building.remove()
        assert status == 0, f"ended with {status} on SIGTERM"

    def floats(self, meter, address, count):
        """Of the block of an SDM630, as pymodbus reads it."""
        reply = modbus_call(self.client, meter.address, "read_input_registers", address, count=2 * count)
        self.assertFalse(reply.isError(), reply)
        return struct.unpack(f">{count}f", b"".join(word.to_bytes(2, "big") for word in reply.registers))

    def test_pymodbus_sees_an_sdm630(self):
        volts, watts = self.floats(self.shop, 0x0000, 3), self.floats(self.shop, 0x000C, 3)
        for phase, nominal in enumerate(WATTS):
            self.assertAlmostEqual(volts[phase], 230, delta=10)
            self.assertAlmostEqual(watts[phase], nominal * (volts[phase] / 230) ** 2, delta=nominal * 0.02)
        total, = self.floats(self.shop, 0x0034, 1)
        self.assertAlmostEqual(total, sum(watts), delta=60)
        mean, = self.floats(self.shop, 0x002A, 1)
        self.assertAlmostEqual(mean, sum(volts) / 3, delta=2)
        feeder = self.floats(self.feeder, 0x000C, 3)
        for phase, expected in enumerate((WATTS[0], WATTS[1], WATTS[2] + 300)):
            self.assertAlmostEqual(feeder[phase], expected * (volts[phase] / 230) ** 2, delta=40)

    def test_energy_of_each_phase_adds_up_to_what_is_sold(self):
        each = [f"phase_import_energy[{phase}]" for phase in range(3)]
        wait_until(lambda: self.building.read("a", self.shop, "import_energy")["import_energy"] > 5_000_000, 30, "5 kJ")
        before = self.building.read("a", self.shop, "import_energy")["import_energy"]
        phases = self.building.read("a", self.shop, *each)
        after = self.building.read("a", self.shop, "import_energy")["import_energy"]
        total = sum(phases[name] for name in each)
        self.assertGreaterEqual(total, before - 3)
        self.assertLessEqual(total, after + 3)
        # Read one after the other, while 3.5 kW flow: phase 2 counts twice what phase 1 does.
        energy = lambda phase: self.building.read("a", self.shop, each[phase])[each[phase]]
        earlier, one, later = energy(1), energy(0), energy(1)
        self.assertLessEqual(earlier, 2.02 * one)
        self.assertGreaterEqual(later, 1.98 * one)

    def test_dlt645_reads_phases_b_and_c(self):
        master = Master(self.building.ports["a"])
        self.addCleanup(master.close)
        shop, flat = "0" + self.shop.number, "0" + self.flat.number
        volts = [number(master.read(shop, 0x02010000 | phase << 8), 1) for phase in (1, 2, 3)]
        for phase, nominal in enumerate(WATTS):
            kilowatts = signed(master.read(shop, 0x02030000 | phase + 1 << 8), 4)
            self.assertAlmostEqual(kilowatts * 1000, nominal * (volts[phase] / 230) ** 2, delta=nominal * 0.02)
        self.assertEqual(len(master.read(shop, 0x0201FF00)), 3 * 2)
        self.assertGreaterEqual(number(master.read(shop, 0x00290000), 2), 0)
        with self.assertRaises(Error):
            master.read(flat, 0x02010200)

    def test_a_power_cut_keeps_each_phase(self):
        energy = lambda: self.building.read("a", self.shop, "phase_import_energy[1]")["phase_import_energy[1]"]
        before = energy()
        self.assertEqual(self.building.control(f"power-cut {self.shop.number} 300"), "ok")
        wait_until(lambda: self.building.status(self.shop)["power"], 20, "the power is back")
        volts = lambda: self.building.read("a", self.shop, "voltage")["voltage"]
        wait_until(lambda: abs(volts() - volts()) < 500, 20, "the window has found the mains again")
        # What was not stored yet when the power went is gone: a second and a half of wall time.
        self.assertGreater(energy(), before - 1.5 * 2_500_000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
