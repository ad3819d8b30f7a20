# SPDX-License-Identifier: Apache-2.0
"""An RS485 line of prepaid meters as a TCP serial line, as far as a gateway can tell: the registers of
docs/formats/modbus-map.md, with the time of a baud rate where one is given. Standard library only.

As a program: fake_meters.py PORT BAUD COUNT serves meters 1 to COUNT until it is ended."""

import os
import socket
import struct
import sys
import threading
import time
import tty


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


def number_of(address):
    return "07%09d" % address


class Meter:
    """One meter's registers and its manners."""

    def __init__(self, address):
        self.address = address
        self.number = number_of(address)
        self.dead = False          # never answers
        self.deaf_to_tokens = 0    # takes so many token writes, but its answer is lost
        self.balance = 5_00000
        self.credited = 5_00000
        self.used = set()
        self.token = b"\0" * 20
        self.token_result = 0
        self.token_amount = 0
        self.token_writes = []
        self.order = (0, 0, 0)
        self.order_writes = []
        self.events = []           # all since new; the log keeps the last twelve
        self.log = None            # the long log behind its window: [(entry, event number)], or none
        self.log_number = 1
        self.reads = 0

    def add_event(self, code, detail=0, value=0):
        self.events.append((len(self.events) + 1, int(time.time()), code, detail, value))

    def enter_token(self, token):
        """Tokens that begin with 9 are damaged; each other is worth 10 units, once."""
        self.token_writes.append(token.decode())
        self.token = token
        if token.startswith(b"9"):
            self.token_result, self.token_amount = 13, 0
            self.add_event(3, 13)
        elif token in self.used:
            self.token_result, self.token_amount = 10, 0
        else:
            self.used.add(token)
            self.token_result, self.token_amount = 1, 10_00000
            self.balance += 10_00000
            self.credited += 10_00000
            self.add_event(2, 0, 10_00000)

    def enter_order(self, registers):
        size = struct.unpack(">H", registers[:2])[0]
        order = registers[2:2 + size]
        sequence = struct.unpack(">I", order[7:11])[0]
        self.order_writes.append(order)
        if order[-1] == 0xFF:
            self.order = (3, sequence, 0)
        elif sequence == self.order[1] and self.order[0] in (1, 2):
            self.order = (2, sequence, 0)
        else:
            self.order = (1, sequence, 0)
            self.add_event(7, order[15], sequence)

    def image(self):
        """All readable blocks: address -> bytes."""
        slots = [b"\0" * 20] * 12
        for number, when, code, detail, value in self.events[-12:]:
            slots[number % 12] = struct.pack(">IIHHq", number, when, code, detail, value)
        return self.log_window() | {
            0x2000: struct.pack(">iiiiiiiqqq", 230_120, 4310, 9876, 120, 9910, 9965, 49998,
                                123_000, 0, int(time.time() * 1000)),
            0x4000: self.number.encode().ljust(12, b"\0"),
            0x5000: struct.pack(">qqqqIIHHHqIHIIII", self.balance, 0, self.credited - self.balance, self.credited,
                                12000, 1, 1, 0, 0, 2_00000, len(self.used), self.token_result, self.order[1],
                                len(self.events), 60, 1),
            0x5100: self.token + struct.pack(">HqI", self.token_result, self.token_amount, 7),
            0x5240: struct.pack(">HIq", *self.order),
            0x5300: b"".join(slots),
        }

    def keep_log(self, lost=(), torn=()):
        """A long log of all events but the `lost` numbers; each in `torn` used an entry up that is not there."""
        self.log, entry = [], 0
        for number in range(1, len(self.events) + 1):
            entry += 2 if number in torn else 1
            if number not in lost:
                self.log.append((entry, number))

    def log_window(self):
        """Registers 7005h on, as far as the gateway reads them."""
        if self.log is None:
            return {}
        data = b""
        for entry, number in [each for each in self.log if each[0] >= self.log_number][:8]:
            number, when, code, detail, value = self.events[number - 1]
            data += struct.pack("<IIIHHq", entry, number, when, code, detail, value)
        ends = struct.pack(">II", self.log[0][0], self.log[-1][0] + 1)
        return {0x7005: ends, 0x700A: struct.pack(">H", len(data)) + data.ljust(200, b"\0")}

    def serve(self, frame):
        """The answer to a frame with a good CRC, or nothing."""
        function, address = frame[1], struct.unpack(">H", frame[2:4])[0]
        if function == 3:
            count = struct.unpack(">H", frame[4:6])[0]
            self.reads += 1
            for start, data in self.image().items():
                if start <= address and address + count <= start + len(data) // 2:
                    part = data[2 * (address - start):2 * (address - start + count)]
                    return self.seal(bytes([self.address, 3, len(part)]) + part)
            return self.seal(bytes([self.address, 0x83, 2]))
        if function == 16:
            registers = frame[7:-2]
            if address == 0x5100 and len(registers) == 20:
                self.enter_token(registers)
                if self.deaf_to_tokens > 0:
                    self.deaf_to_tokens -= 1
                    return b""
            elif address == 0x5200:
                self.enter_order(registers)
            elif address == 0x7000 and self.log is not None:
                pass
            elif address == 0x7001 and self.log is not None:
                self.log_number = struct.unpack(">I", registers)[0]
            else:
                return self.seal(bytes([self.address, 0x90, 2]))
            return self.seal(frame[:6])
        return self.seal(bytes([self.address, function | 0x80, 1]))

    @staticmethod
    def seal(body):
        return body + crc16(body)


class FakeLine:
    """Serves its meters on a TCP port of its own choice, one master at a time."""

    def __init__(self, addresses, baud=0, port=0):
        self.meters = {address: Meter(address) for address in addresses}
        self.baud = baud
        self.turnaround_s = 0.0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        self.place = f'tcp = "127.0.0.1:{self.port}"'
        self.lock = threading.Lock()
        self.connection = None
        self.closing = False
        self.wire_s = 0.0  # time that bytes took on the line
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self):
        self.closing = True
        try:  # wakes accept()
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            pass
        self.hang_up()
        self.thread.join(5)
        self.listener.close()

    def hang_up(self):
        connection = self.connection
        if connection is not None:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _run(self):
        while not self.closing:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection = connection
            try:
                self._serve(connection)
            except OSError:
                pass
            connection.close()

    def _serve(self, connection):
        data = b""
        while not self.closing:
            more = connection.recv(512)
            if not more:
                return
            data += more
            while len(data) >= 8:
                size = 9 + data[6] if data[1] == 16 else 8
                if len(data) < size:
                    break
                frame, data = data[:size], data[size:]
                self._answer(connection, frame)

    def _answer(self, connection, frame):
        if crc16(frame[:-2]) != frame[-2:]:
            return
        self._take_wire_time(frame)
        with self.lock:
            meter = self.meters.get(frame[0])
            answer = b"" if meter is None or meter.dead else meter.serve(frame)
        if answer:
            time.sleep(self.turnaround_s)
            self._take_wire_time(answer)
            connection.sendall(answer)

    def _take_wire_time(self, frame):
        if self.baud:
            seconds = len(frame) * 11 / self.baud
            self.wire_s += seconds
            time.sleep(seconds)


class PtyConnection:
    """The meters' end of a pseudo-terminal, with the words of a socket."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def recv(self, size):
        return os.read(self.descriptor, size)

    def sendall(self, data):
        while data:
            data = data[os.write(self.descriptor, data):]


class PtyLine(FakeLine):
    """Serves its meters on a pseudo-terminal: `place` is its device for gateway.toml."""

    def __init__(self, addresses):
        self.meters = {address: Meter(address) for address in addresses}
        self.baud = 0
        self.turnaround_s = 0.0
        self.lock = threading.Lock()
        self.closing = False
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.place = f'device = "{os.ttyname(self.slave)}"'
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            self._serve(PtyConnection(self.master))
        except OSError:
            pass  # closed

    def close(self):
        self.closing = True
        os.write(self.slave, b"\0")  # wakes the reader
        self.thread.join(5)
        os.close(self.slave)
        os.close(self.master)


if __name__ == "__main__":
    line = FakeLine(range(1, int(sys.argv[3]) + 1), baud=int(sys.argv[2]), port=int(sys.argv[1]))
    line.thread.join()
