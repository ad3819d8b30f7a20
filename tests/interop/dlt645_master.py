# SPDX-License-Identifier: Apache-2.0
"""A master of DL/T 645-2007 and -1997, written from the tables of the standard alone, not from our library: for tests."""

import select
import socket
import subprocess
import time

BROADCAST = "999999999999"
ANYBODY = "A" * 12


def pairs(number, size):
    """Digits as packed pairs, the lowest first; AAAA… as it stands."""
    digits = str(number).rjust(2 * size, "0")
    return bytes.fromhex(digits)[::-1]


def frame(address, control, data=b""):
    body = b"\x68" + pairs(address, 6) + b"\x68" + bytes([control, len(data)])
    body += bytes((byte + 0x33) % 256 for byte in data)
    return body + bytes([sum(body) % 256, 0x16])


def digits(data):
    return data[::-1].hex()


def number(data, decimals=0):
    """An unsigned packed number."""
    return int(digits(data)) / 10**decimals


def signed(data, decimals=0):
    top = data[-1]
    magnitude = int(digits(data[:-1] + bytes([top & 0x7F]))) / 10**decimals
    return -magnitude if top & 0x80 else magnitude


def answer_in(heard):
    """The first whole answer of a slave in what was heard."""
    for begin in range(len(heard)):
        head = heard[begin:begin + 10]
        if len(head) == 10 and head[0] == head[7] == 0x68 and head[8] & 0x80 and len(heard) >= begin + 12 + head[9]:
            return heard[begin:begin + 12 + head[9]]
    return b""


class Error(Exception):
    """An error answer: its data."""


class Master:
    def __init__(self, port, timeout=3.0):
        self.line = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.timeout = timeout
        self.took = 0.0  # from the last byte sent to the first byte heard

    def close(self):
        self.line.close()

    def listen(self, seconds):
        """Bytes heard in that time, up to the end of an answer; what other masters of the line say is passed over."""
        heard = b""
        end = time.monotonic() + seconds
        sent = time.monotonic()
        while (left := end - time.monotonic()) > 0:
            self.line.settimeout(left)
            try:
                part = self.line.recv(512)
            except TimeoutError:
                break
            if not heard:
                self.took = time.monotonic() - sent
            heard += part
            if answer_in(heard):
                break
        return heard

    def exchange(self, request, seconds=None):
        while select.select([self.line], [], [], 0)[0] and self.line.recv(512):
            pass  # what was said before
        self.line.sendall(request)
        return self.listen(self.timeout if seconds is None else seconds)

    def ask(self, address, control, data=b"", wake_up=4):
        """(address, control, data) of the answer; Error where it is one; None for silence."""
        answer = self.exchange(b"\xFE" * wake_up + frame(address, control, data))
        if not answer:
            return None
        answer = answer_in(answer)
        assert answer and answer[-1] == 0x16 and sum(answer[:-2]) % 256 == answer[-2], answer.hex(" ")
        data = bytes((byte - 0x33) % 256 for byte in answer[10:-2])
        if answer[8] & 0x40:
            raise Error(data.hex())
        return digits(answer[1:7]), answer[8], data

    def read(self, address, di, more=b""):
        """The data of an identifier, its parts joined."""
        identifier = di.to_bytes(4, "little")
        _, control, data = self.ask(address, 0x11, identifier + more)
        assert data[:4] == identifier, data.hex(" ")
        whole = data[4:]
        sequence = 0
        while control & 0x20:
            sequence += 1
            _, control, data = self.ask(address, 0x12, identifier + bytes([sequence]))
            assert data[:4] == identifier and data[-1] == sequence, data.hex(" ")
            whole += data[4:-1]
        return whole

    def read97(self, address, di):
        identifier = di.to_bytes(2, "little")
        _, _, data = self.ask(address, 0x01, identifier)
        assert data[:2] == identifier, data.hex(" ")
        return data[2:]

    def order(self, address, order):
        """A sealed order in function 03: (result, sequence, value)."""
        _, _, data = self.ask(address, 0x03, bytes.fromhex("FF010A07") + bytes(4) + order)
        return data[4], int.from_bytes(data[5:9], "little"), int.from_bytes(data[9:17], "little", signed=True)

    def token(self, address, token):
        """A token in function 03: (result, amount)."""
        _, _, data = self.ask(address, 0x03, bytes.fromhex("FF020A07") + bytes(4) + token.encode())
        return data[4], int.from_bytes(data[5:13], "little", signed=True)

    def control(self, address, word, password="000000", level=2, until="991231235959", minutes=0):
        """Function 1C."""
        data = bytes([level]) + pairs(password, 3) + bytes(4) + bytes([word, minutes // 5])
        return self.ask(address, 0x1C, data + pairs(until, 6))


def sealed_order(meter, sequence, verb, arguments):
    """An order as docs/formats/order.md says, sealed by OpenSSL."""
    head = bytes([1]) + int(meter.number).to_bytes(6, "big") + sequence.to_bytes(4, "big") + b"\xFF" * 4
    body = head + bytes([verb, len(arguments)]) + arguments
    mac = subprocess.run(["openssl", "mac", "-cipher", "AES-128-CBC", "-macopt", "hexkey:" + meter.order_key, "CMAC"],
                         input=body, capture_output=True, check=True).stdout
    return body + bytes.fromhex(mac.decode().strip())


def set_parameter(meter, sequence, address, value):
    return sealed_order(meter, sequence, 8, address.to_bytes(2, "big") + value.to_bytes(8, "big", signed=True))
