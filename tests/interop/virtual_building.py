# SPDX-License-Identifier: Apache-2.0
"""A building of virtual meters in a temporary folder, for tests: starts, kills and asks `latchkey-meter`."""

import decimal
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77  # what ctest takes for "skipped"


def bin_folder():
    folder = os.environ.get("LK_BIN", "build/dev/bin")
    for program in ("latchkey-meter", "latchkey"):
        if not os.access(os.path.join(folder, program), os.X_OK):
            sys.exit(f"no program {program} in {folder}: build it, or set LK_BIN")
    return folder


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def pymodbus_client():
    """The class of pymodbus that speaks RTU over a TCP socket, however this version names things."""
    try:
        import pymodbus
        from pymodbus.client import ModbusTcpClient
    except ImportError:
        skip("pymodbus is not installed (pip install pymodbus)")
    try:
        from pymodbus import FramerType

        def connect(port):
            return ModbusTcpClient("127.0.0.1", port=port, framer=FramerType.RTU, timeout=2)
    except ImportError:
        from pymodbus.transaction import ModbusRtuFramer

        def connect(port):
            return ModbusTcpClient("127.0.0.1", port=port, framer=ModbusRtuFramer, timeout=2)
    print(f"pymodbus {pymodbus.__version__}")
    return connect


def modbus_call(client, unit, function, *arguments, **named):
    """A call of pymodbus, whatever this version calls the unit. On a new connection: it takes what others said on the line
    meanwhile for its answer, and a new one has heard nothing yet."""
    client.close()
    client.connect()
    for name in ("device_id", "slave", "unit"):
        try:
            return getattr(client, function)(*arguments, **named, **{name: unit})
        except TypeError as error:
            if name not in str(error):
                raise
    raise AssertionError("no way to name the unit")


def need_program(name, package):
    if shutil.which(name) is None:
        skip(f"{name} is not installed (Debian package {package})")


def meter_number(serial):
    """An 11-digit number of manufacturer 07 with its Luhn digit."""
    payload = f"07{serial:08d}"
    total = 0
    for index, digit in enumerate(reversed(payload)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return payload + str(-total % 10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Meter:
    def __init__(self, serial, address, load="flat", preset="5.00"):
        self.number = meter_number(serial)
        self.address = address
        self.decoder_key = secrets.token_hex(16)
        self.order_key = secrets.token_hex(16)
        self.load = load
        self.preset = preset
        self.optical = None  # "127.0.0.1:5701", or the path of a pseudo-terminal
        self.keypad_unit = None  # the path of a pseudo-terminal
        self.keypad_noise = 0.0
        self.more = ""  # further lines of its configuration
        self.minute = 60  # of the latest token's identifier, after 2026-01-01; 00:01 of a day is reserved

    def toml(self):
        return f"""
    [[line.meter]]
    number = "{self.number}"
    address = {self.address}
    decoder_key = "{self.decoder_key}"
    order_key = "{self.order_key}"
    price = "1.2000"
    preset_credit = "{self.preset}"
    low_credit = "2.00"
    load = "{self.load}"
    flat_seed = {self.address}
""" + (f'    optical = "{self.optical}"\n' if self.optical else "") + (
            f'    keypad_unit = "{self.keypad_unit}"\n    keypad_noise = {self.keypad_noise}\n' if self.keypad_unit else "") + self.more


class Building:
    """`lines` maps a name to (meters, kind), kind being "tcp" or "pty"."""

    def __init__(self, lines, speed=1, baud=19200, noise=0.0, turnaround_ms=2):
        self.bin = bin_folder()
        self.folder = tempfile.mkdtemp(prefix="latchkey-")
        self.process = None
        self.lines, self.speed, self.baud, self.noise = lines, speed, baud, noise
        self.turnaround_ms = turnaround_ms
        self.ports = {name: free_port() for name, (_, kind) in lines.items() if kind == "tcp"}
        self.config = pathlib.Path(self.folder, "building.toml")
        self.write()

    def write(self):
        """The configuration, as the meters are now."""
        text = (f'seed = 7\nspeed = {self.speed}\nstate = "{self.folder}/state"\n'
                f'control = "{self.folder}/control.sock"\n')
        for name, (meters, kind) in self.lines.items():
            text += f'[[line]]\nname = "{name}"\nbaud = {self.baud}\nnoise = {self.noise}\nturnaround_ms = {self.turnaround_ms}\n'
            if kind == "tcp":
                text += f'listen = "127.0.0.1:{self.ports[name]}"\n'
            else:
                text += f'pty = "{self.terminal(name)}"\n'
            text += "".join(meter.toml() for meter in meters)
        self.config.write_text(text)

    def terminal(self, name):
        return f"{self.folder}/line-{name}"

    def start(self):
        self.process = subprocess.Popen([f"{self.bin}/latchkey-meter", "--config", str(self.config)],
                                        stderr=subprocess.PIPE, text=True)
        while True:  # the log says when it is ready; end of file: it failed
            line = self.process.stderr.readline()
            if "ready:" in line:
                return
            assert line, f"latchkey-meter ended with {self.process.wait()}"

    def kill(self):
        """kill -9, and waits until it is gone."""
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def stop(self):
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        rest = self.process.stderr.read()
        self.process.stderr.close()
        status = self.process.wait()
        assert "ERROR" not in rest, rest
        return status

    def control(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(f"{self.folder}/control.sock")
            connection.sendall(command.encode() + b"\n")
            return connection.makefile().readline().rstrip("\n")

    def status(self, meter):
        meters = json.loads(self.control("status"))["meters"]
        return next(entry for entry in meters if entry["number"] == meter.number)

    def read(self, line, meter, *names):
        """`latchkey read --json`: name → raw number, or the text of values that have none."""
        where = ["--tcp", f"127.0.0.1:{self.ports[line]}"] if line in self.ports else ["--device", self.terminal(line)]
        command = [f"{self.bin}/latchkey", "read", *where, "--address", str(meter.address), "--timeout", "2000", "--json"]
        result = subprocess.run(command + list(names), capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return {name: value.get("raw", value["value"]) for name, value in json.loads(result.stdout).items()}

    def token(self, meter, amount):
        """A new currency token for a meter, and what it is worth in 0.00001: a token's amount is rounded up."""
        meter.minute += 1
        key = {"dkga": 0, "ea": 11, "dk": meter.decoder_key, "bdt": 2014}
        line = {"key": key, "cls": 0, "sub": 4, "kind": "cur",
                "rnd": 5, "dt": f"2026-01-{1 + meter.minute // 1440:02d} {meter.minute // 60 % 24:02d}:{meter.minute % 60:02d}",
                "val": amount}
        token = self.sts("encode", line)["tok"]
        worth = decimal.Decimal(self.sts("decode", {"key": key, "tok": token})["val"])
        return token, int(worth * 100_000)

    def sts(self, verb, line):
        result = subprocess.run([f"{self.bin}/latchkey", "sts", verb], input=json.dumps(line) + "\n",
                                capture_output=True, text=True, check=False)
        answer = json.loads(result.stdout)
        assert "error" not in answer, answer
        return answer

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_until(holds, seconds, what):
    """Asks again and again until `holds()`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)
