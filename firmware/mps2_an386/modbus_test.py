#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the firmware image in QEMU and talks Modbus RTU and DL/T 645 with it on its UART, as masters would.

usage: modbus_test.py [--qemu PROGRAM] IMAGE
"""

import argparse
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "interop"))
import dlt645_master as dlt645  # noqa: E402  (of the tests against virtual meters)

# Tokens of the STS Association's compliance suite (STS 531-1-11, CTSA20.1 and .2) for the number and key in the image:
# 1 and 16 383 currency units. In 0.00001 units an amount is 10^e·m + (the steps before), rounded up: IEC 62055-41, 6.3.6.
TOKEN_1 = "72503171501464925869"
AMOUNT_1 = 100_004  # 10·8 362 + 2^14, the first such number from 100 000 on
TOKEN_16383 = "52505389063758159292"
# Sealed orders (docs/formats/order.md) for number 0 under the key 00 01 … 0F, made with OpenSSL's CMAC: open as
# sequence 1, close as sequence 2, both without expiry.
ORDER_OPEN = "0100000000000000000001ffffffff0100de3c05de6488a28d09eec65cb1e69962"
ORDER_CLOSE = "0100000000000000000002ffffffff020010e97145b8cc24aab16155f94b01be51"

ACCEPTED, CRC_WRONG, USED = 1, 13, 10
DONE, ALREADY_DONE, REFUSED = 1, 2, 3


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


class Line:
    """The master's end of the serial line."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)

    def exchange(self, frame, wait_s=5.0):
        """Sends bytes as they are; gives what comes back until it ends with a good CRC, or b'' after `wait_s`."""
        self.socket.sendall(frame)
        answer, end = b"", time.monotonic() + wait_s
        while time.monotonic() < end:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                answer += self.socket.recv(512)
            except TimeoutError:
                break
            if len(answer) >= 4 and crc16(answer[:-2]) == answer[-2:]:
                return answer
        return answer

    def exchange_dlt645(self, frame, wait_s=5.0):
        """Sends a frame of DL/T 645; the control byte and data of the answer, without 33H."""
        self.socket.sendall(frame)
        heard, end = b"", time.monotonic() + wait_s
        while not (answer := dlt645.answer_in(heard)):
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            heard += self.socket.recv(512)
        if answer[-1] != 0x16 or sum(answer[:-2]) % 256 != answer[-2]:
            raise AssertionError(f"no sound answer: {answer.hex()}")
        return answer[8], bytes((byte - 0x33) % 256 for byte in answer[10:-2])

    def request(self, body, unit=1):
        """One request; the answer without unit and CRC."""
        frame = bytes([unit]) + body
        answer = self.exchange(frame + crc16(frame))
        if not answer or crc16(answer[:-2]) != answer[-2:] or answer[0] != unit:
            raise AssertionError(f"no sound answer to {frame.hex()}: {answer.hex()}")
        return answer[1:-2]

    def read(self, address, form):
        """Registers from `address` on, unpacked by a struct form."""
        count = struct.calcsize(form) // 2
        answer = self.request(struct.pack(">BHH", 3, address, count))
        if answer[0] != 3 or answer[1] != 2 * count:
            raise AssertionError(f"read of {address:04X}: {answer.hex()}")
        values = struct.unpack(form, answer[2:])
        return values[0] if len(values) == 1 else values

    def write(self, address, data):
        answer = self.request(struct.pack(">BHHB", 16, address, len(data) // 2, len(data)) + data)
        if answer != struct.pack(">BHH", 16, address, len(data) // 2):
            raise AssertionError(f"write to {address:04X}: {answer.hex()}")

    def enter_token(self, digits):
        self.write(0x5100, digits.encode())
        return self.read(0x510A, ">H")

    def enter_order(self, order):
        self.write(0x5200, struct.pack(">H", len(order)) + order + b"\0" * (len(order) % 2))
        return self.read(0x5240, ">H")


class Meter(unittest.TestCase):
    image = ""
    qemu = ""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "line")
        self.process = subprocess.Popen(
            [self.qemu, "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial",
             f"unix:{path},server=on,wait=on", "-semihosting-config", "enable=on,target=native", "-kernel", self.image],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 20
        while not os.path.exists(path) and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.02)
        self.line = Line(path)
        # The board answers once it has started; until then a request may fall into nothing.
        echo = struct.pack(">BHH", 8, 0, 0xA55A)
        frame = b"\x01" + echo
        while self.line.exchange(frame + crc16(frame), 0.5)[1:-2] != echo:
            self.assertLess(time.monotonic(), end, "the meter did not start in 20 s")

    def tearDown(self):
        self.line.socket.close()
        self.process.kill()
        self.process.wait()
        said = self.process.stderr.read()
        self.process.stderr.close()
        self.assertNotIn("assertion", said)
        self.assertNotIn("fault", said)
        self.folder.cleanup()

    def wait_for(self, what, condition):
        end = time.monotonic() + 10
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what} did not happen in 10 s")
            time.sleep(0.1)

    def test_measures_counts_and_deducts(self):
        line = self.line
        self.assertEqual(line.read(0x4000, ">12s"), b"00000000000\0")
        self.wait_for("a measurement", lambda: line.read(0x2004, ">i") > 0)
        self.wait_for("a whole window under load", lambda: line.read(0x2002, ">i") > 9990)
        voltage, current, power, reactive, apparent, factor, frequency = line.read(0x2000, ">7i")
        self.assertAlmostEqual(voltage, 230_000, delta=230)
        self.assertAlmostEqual(current, 10_000, delta=10)
        self.assertAlmostEqual(power, 21_249.2, delta=20)
        self.assertAlmostEqual(reactive, 8_801.7, delta=20)
        self.assertAlmostEqual(apparent, 23_000, delta=23)
        self.assertAlmostEqual(factor, 9239, delta=9)
        self.assertAlmostEqual(frequency, 50_000, delta=5)
        self.assertAlmostEqual(line.read(0x0000, ">f"), 230.0, delta=0.23)

        first = line.read(0x200E, ">q")
        self.wait_for("energy", lambda: line.read(0x200E, ">q") > first + 1_000_000)
        balance, priced, deducted, credited, price = line.read(0x5000, ">4qI")
        self.assertEqual((credited, price), (500_000, 12_000))
        self.assertEqual(balance, credited - deducted)
        self.assertEqual(deducted, priced * price * 10 // 3_600_000_000)
        self.assertLess(abs(line.read(0x2016, ">q") / 1000 - time.time()), 5)

    def test_credits_a_token_once(self):
        line = self.line
        self.assertEqual(line.enter_token(TOKEN_1[:-1] + "8"), CRC_WRONG)
        self.assertEqual(line.enter_token(TOKEN_1), ACCEPTED)
        self.assertEqual(line.enter_token(TOKEN_1), USED)
        self.assertEqual(line.read(0x500C, ">q"), 500_000 + AMOUNT_1)
        self.assertEqual(line.enter_token(TOKEN_16383), ACCEPTED)
        self.assertEqual(line.read(0x501B, ">I"), 2)

    def test_obeys_a_sealed_order_once(self):
        line = self.line
        self.wait_for("the supply", lambda: line.read(0x5014, ">H") == 1)
        forged = bytearray(bytes.fromhex(ORDER_OPEN))
        forged[-1] ^= 1
        self.assertEqual(line.enter_order(bytes(forged)), REFUSED)
        self.assertEqual(line.enter_order(bytes.fromhex(ORDER_OPEN)), DONE)
        self.assertEqual(line.enter_order(bytes.fromhex(ORDER_OPEN)), ALREADY_DONE)
        self.wait_for("the opening", lambda: line.read(0x5014, ">2H") == (0, 2))
        self.wait_for("the end of the current", lambda: line.read(0x2002, ">i") == 0)
        self.assertEqual(line.enter_order(bytes.fromhex(ORDER_CLOSE)), DONE)
        self.wait_for("the closing", lambda: line.read(0x5014, ">2H") == (1, 0))

    def test_speaks_dlt645_on_the_same_line(self):
        line = self.line
        self.assertEqual(line.exchange_dlt645(dlt645.frame("A" * 12, 0x13)), (0x93, bytes(6)), "its address")
        self.wait_for("a whole window", lambda: line.read(0x2000, ">i") > 229_900)
        read_voltage = dlt645.frame(0, 0x11, bytes([0x00, 0x01, 0x01, 0x02]))
        for name, sent in (("plain", read_voltage), ("behind a wake-up", b"\xfe" * 4 + read_voltage)):
            with self.subTest(name):
                control, data = line.exchange_dlt645(sent)
                self.assertEqual(control, 0x91)
                self.assertAlmostEqual(dlt645.number(data[4:], 1), 230.0, delta=0.3)
                self.assertAlmostEqual(line.read(0x2000, ">i"), 230_000, delta=230, msg="Modbus again")
        line.read(0x200E, ">q")
        control, data = line.exchange_dlt645(dlt645.frame(0, 0x11, bytes([0x00, 0x00, 0x01, 0x00])))
        self.assertEqual((control, len(data)), (0x91, 8))
        self.assertEqual(dlt645.number(data[4:], 2), line.read(0x200E, ">q") // 36_000_000 / 100)
        control, _ = line.exchange_dlt645(dlt645.frame(0, 0x01, bytes([0x10, 0x90])))
        self.assertEqual(control, 0x81, "by the edition of 1997")
        order = bytes.fromhex(ORDER_OPEN)
        control, data = line.exchange_dlt645(dlt645.frame(0, 0x03, bytes([0xFF, 0x01, 0x0A, 0x07]) + bytes(4) + order))
        self.assertEqual((control, data[4]), (0x83, DONE), "a sealed order inside function 03")
        self.wait_for("the opening", lambda: line.read(0x5014, ">H") == 0)

    def test_is_silent_to_what_is_not_for_it(self):
        line = self.line
        sound = b"\x01" + struct.pack(">BHH", 3, 0x2000, 2)
        other = b"\x02" + sound[1:]
        for name, frame in (("a wrong CRC", sound + b"\0\0"), ("another meter", other + crc16(other)), ("noise", b"\xff" * 40)):
            with self.subTest(name):
                self.assertEqual(line.exchange(frame, 0.7), b"")
                self.assertGreater(line.read(0x5022, ">I") + 1, 0)
        self.assertEqual(line.request(struct.pack(">BHH", 3, 0x3000, 1)), b"\x83\x02")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", default="qemu-system-arm")
    parser.add_argument("image")
    options = parser.parse_args()
    Meter.image, Meter.qemu = options.image, options.qemu
    unittest.main(argv=[sys.argv[0], "-v"])


if __name__ == "__main__":
    main()
