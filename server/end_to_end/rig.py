# SPDX-License-Identifier: Apache-2.0
"""A server in a directory of its own, and a client that speaks to it. Only Python's standard library."""

import http.client
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

PASSWORD = "correct-horse-battery"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def meter_number(serial):
    """The DRN of manufacturer 07 with this serial: ten digits and their Luhn digit."""
    digits = f"07{serial:08d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str((10 - total % 10) % 10)


class Client:
    """One connection, kept open. `ask` answers (status, decoded body)."""

    def __init__(self, port, token=None):
        self.port = port
        self.token = token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {}

    def __del__(self):
        self.connection.close()

    def ask(self, method, path, body=None, raw=None, headers=None):
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", "Bearer " + self.token)
        data = raw
        if body is not None:
            data = json.dumps(body)
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            self.connection.request(method, path, data, sent)
            answer = self.connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise
        self.headers = dict(answer.getheaders())
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(content) if is_json and content else content

    def log_in(self, user="olga", password=PASSWORD):
        status, session = self.ask("POST", "/api/v1/session", {"user": user, "password": password})
        assert status == 200, session
        self.token = session["token"]
        return self


class Server:
    """Starts and ends the program under test."""

    def __init__(self, program, broker_port=None, database=None, vault=None):
        """`database` is a URL of PostgreSQL, else it is a file of the server's own; `vault` is another server's."""
        self.program = program
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lk-server-"))
        self.port = free_port()
        self.process = None
        self.vault = vault or self.directory / "vault.lkv"
        if vault is None:
            # Whatever makes vaults stands beside the server.
            subprocess.run([pathlib.Path(program).parent / "latchkey", "provision", "--meters", "1", "--first", "1", "--vault",
                            self.vault, "--make-vault"], check=True, capture_output=True, timeout=120)
        (self.directory / "password").write_text(PASSWORD + "\n")
        pages = self.directory / "dist"
        pages.mkdir()
        (pages / "index.html").write_text("<!doctype html><title>pages</title>")
        database = database or self.directory / "books/latchkey.db"
        self.config = self.directory / "server.toml"
        self.config.write_text(
            f'name = "Test"\ncurrency = "EUR"\nsite = "demo"\ndatabase = "{database}"\n'
            f'listen = "127.0.0.1:{self.port}"\npages = "{pages}"\n'
            f'[vault]\npath = "{self.vault}"\naudit = "{self.directory}/audit"\n'
            f"[mqtt]\nport = {broker_port or free_port()}\n"
        )

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments, "--config", str(self.config)], capture_output=True, text=True, timeout=120
        )

    def add_operator(self):
        done = self.run("user", "add", "--user", "olga", "--password-file", str(self.directory / "password"))
        assert done.returncode == 0, done.stderr

    def start(self):
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen([self.program, "serve", "--config", str(self.config)], stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return self
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError("the server did not start:\n" + self.log()) from None
                time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=60)

    def log(self):
        return (self.directory / "log").read_text()

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def make_site(client, flats=2):
    """A tariff and some flats; their numbers."""
    status, _ = client.ask("POST", "/api/v1/tariffs", {"code": "basic", "name": "Basic", "price": "1.2"})
    assert status in (200, 201)
    numbers = [meter_number(n + 1) for n in range(flats)]
    for number in numbers:
        status, body = client.ask(
            "POST",
            "/api/v1/meters",
            {"number": number, "name": "Flat", "gateway": "gw1", "tariff": "basic", "preset_credit": "5.00"},
        )
        assert status in (200, 201), body
    return numbers


def cmac(key, message):
    """AES-CMAC, by OpenSSL's command line: not by the code that is tested."""
    made = subprocess.run(
        ["openssl", "mac", "-cipher", "AES-128-CBC", "-macopt", "hexkey:" + key.hex(), "-in", "/dev/stdin", "CMAC"],
        input=message, capture_output=True, check=True, timeout=60)
    return bytes.fromhex(made.stdout.decode().strip())


def statement(server, meter, serial, load, results, clock_ms=1_795_000_000_000):
    """What a meter writes on a card (docs/formats/card.md), in hexadecimal."""
    serial_of_meter = int(meter[2:10])
    told = subprocess.run(
        [pathlib.Path(server.program).parent / "latchkey", "provision", "--meters", "1", "--first", str(serial_of_meter),
         "--vault", server.vault], check=True, capture_output=True, timeout=120).stdout
    card_key = cmac(bytes.fromhex(json.loads(told)["order_key"]), b"latchkey card v1")
    head = bytes([1]) + int(meter).to_bytes(6, "big") + bytes.fromhex(serial) + load.to_bytes(4, "big")
    head += bytes([len(results)]) + bytes(results).ljust(8, b"\0") + clock_ms.to_bytes(8, "big")
    body = head.ljust(148, b"\0")
    return (body + cmac(cmac(card_key, b"latchkey stmt v1"), body)).hex()


def new_id():
    return str(uuid.uuid4())
