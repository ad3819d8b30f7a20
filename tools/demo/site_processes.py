# SPDX-License-Identifier: Apache-2.0
"""A site on this machine: its files, its processes, its meters and customers."""
import fcntl
import getpass
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import time

from api import Api, Refused, new_id, wait_for

PRICE = "0.3000"
FLATS = 12
PEOPLE = ["A. Okafor", "L. Zhang", "M. Silva", "S. Novak", "R. Patel", "J. Lindqvist", "Corner Bakery", "F. Rossi",
          "T. Mbeki", "N. Haddad", "Laundry Shop", "E. Dubois"]


def free_port(wanted=0):
    """`wanted` where nobody listens on it, else any free port of the loopback."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise OSError("no free port on the loopback")


class Site:
    """Everything under one folder; `start` brings it up, `stop` ends every process it started, by its id."""

    def __init__(self, folder, programs, pages, speed=1, port=0, seed=42, presets=None, profile=None):
        self.folder, self.programs, self.pages = pathlib.Path(folder).resolve(), pathlib.Path(programs).resolve(), pathlib.Path(pages).resolve()
        self.speed, self.seed, self.presets = speed, seed, presets or {}
        self.profile = pathlib.Path(profile).resolve() if profile else None
        self.wanted_port, self.processes, self.meters, self.api = port, {}, [], None

    # --- files ---------------------------------------------------------------------------------------------------
    def make(self):
        """A fresh site. Refuses where another demo runs in the same folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.folder / "lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"another demo is running in {self.folder}; stop it first (Ctrl-C in its terminal)")
        for old in self.folder.iterdir():
            if old.name != "lock":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        for name in ("log", "server", "gateway", "building", "broker"):
            (self.folder / name).mkdir()
        self.port = free_port(self.wanted_port or 8080)
        self.broker_port = free_port()
        self.line_ports = [free_port(), free_port()]
        self.control = self.folder / "building.sock"
        self._provision()
        self._write_configurations()

    def _provision(self):
        vault = self.folder / "server" / "vault.lkv"
        out = subprocess.run([self.programs / "latchkey", "provision", "--meters", str(FLATS + 1), "--first", "1",
                              "--vault", vault, "--make-vault"], check=True, capture_output=True, text=True).stdout
        for index, line in enumerate(out.splitlines()):
            meter = json.loads(line)
            feeder = index == FLATS
            meter.update(
                kind="feeder" if feeder else "flat",
                name="Feeder" if feeder else f"Flat {index // 3 + 1}{'ABC'[index % 3]}",
                owner=None if feeder else PEOPLE[index],
                line=0 if index < 6 or feeder else 1,
                preset="0.00" if feeder else self.presets.get(index, f"{8 + 3 * (index % 5)}.00"),
            )
            self.meters.append(meter)
        for line in (0, 1):
            for address, meter in enumerate((m for m in self.meters if m["line"] == line), 1):
                meter["address"] = address

    def _write_configurations(self):
        building = [f'seed = {self.seed}', f'speed = {self.speed}', f'state = "{self.folder}/building"',
                    f'control = "{self.control}"', 'mains = { voltage = 230.0, frequency = 50.0 }', '']
        gateway = ['site = "demo"', 'name = "gw1"', f'state = "{self.folder}/gateway"', '[mqtt]', 'host = "127.0.0.1"',
                   f'port = {self.broker_port}', 'outbox_mb = 64', '']
        for line, port in enumerate(self.line_ports):
            name = "ab"[line]
            building += ['[[line]]', f'name = "{name}"', f'listen = "127.0.0.1:{port}"', 'baud = 19200', '']
            gateway += ['[[line]]', f'name = "{name}"', f'tcp = "127.0.0.1:{port}"', 'baud = 19200', 'timeout_ms = 300',
                        'poll_ms = 1000', '']
            for meter in (m for m in self.meters if m["line"] == line):
                feeder = meter["kind"] == "feeder"
                building += ['[[line.meter]]', f'number = "{meter["number"]}"', f'address = {meter["address"]}',
                             f'decoder_key = "{meter["decoder_key"]}"', f'order_key = "{meter["order_key"]}"',
                             f'price = "{"0.0000" if feeder else PRICE}"', f'preset_credit = "{meter["preset"]}"',
                             'low_credit = "2.00"', f'load = "{self._load(meter)}"']
                if not feeder:
                    building.append(f'flat_seed = {self.meters.index(meter) + 1}')
                building.append('')
                gateway += ['[[line.meter]]', f'number = "{meter["number"]}"', f'address = {meter["address"]}', '']
        self._private("building.toml", "\n".join(building))
        self._private("gateway.toml", "\n".join(gateway))
        self._private("server.toml", "\n".join([
            'name = "Demo building"', 'currency = "EUR"', 'site = "demo"',
            f'database = "{self.folder}/server/latchkey.db"', f'listen = "127.0.0.1:{self.port}"',
            f'pages = "{self.pages}"', '[vault]', f'path = "{self.folder}/server/vault.lkv"', '[mqtt]', 'host = "127.0.0.1"',
            f'port = {self.broker_port}', '']))
        self._private("mosquitto.conf", f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\n"
                      f"persistence true\npersistence_location {self.folder}/broker/\nautosave_on_changes true\n"
                      f"autosave_interval 1\nmax_queued_messages 100000\nuser {getpass.getuser()}\n")

    def _load(self, meter):
        return f"profile:{self.profile}" if self.profile and meter["kind"] == "flat" else meter["kind"]

    def _private(self, name, text):
        with open(os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    # --- processes -----------------------------------------------------------------------------------------------
    def run(self, name):
        """Starts one of the site's processes (again)."""
        command = {
            "broker": [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", self.folder / "mosquitto.conf"],
            "server": [self.programs / "latchkey-server", "serve", "--config", self.folder / "server.toml"],
            "building": [self.programs / "latchkey-meter", "--config", self.folder / "building.toml"],
            "gateway": [self.programs / "latchkey-gateway", "--config", self.folder / "gateway.toml"],
        }[name]
        with open(self.folder / "log" / f"{name}.log", "ab") as log:
            # Its own session: Ctrl-C reaches this program only, which then stops the others in order.
            self.processes[name] = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, start_new_session=True)

    def kill(self, name):
        """Ends a process without warning, as a power cut does."""
        self.processes[name].kill()
        self.processes[name].wait()

    def end(self, name):
        """Asks one process to end, and waits until it has."""
        process = self.processes[name]
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill(name)

    def stop(self):
        """Ends every process this site started, gently first."""
        for name in ("gateway", "server", "building", "broker"):
            process = self.processes.get(name)
            if process and process.poll() is None:
                self.end(name)

    def dead(self):
        """The names of processes that have ended by themselves."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def _listening(self, port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def start(self):
        """Everything up, the operator logged in, meters and customers registered."""
        self.run("broker")
        wait_for("the broker to listen", 10, lambda: self._listening(self.broker_port))
        self.user, self.password = "operator", secrets.token_urlsafe(12)
        self._private("operator.password", self.password)
        with open(self.folder / "log" / "server.log", "ab") as log:
            subprocess.run([self.programs / "latchkey-server", "user", "add", "--config", self.folder / "server.toml", "--user",
                            self.user, "--role", "operator", "--password-file", self.folder / "operator.password"],
                           check=True, stdout=log, stderr=log)
        self.run("building")
        self.run("server")
        self.api = Api(self.port)
        wait_for("the platform to listen", 20, lambda: self._listening(self.port))
        self.api.log_in(self.user, self.password)
        self._register()
        self.run("gateway")

    def _register(self):
        self.api.call("POST", "/tariffs", {"code": "home", "name": "Home", "price": PRICE})
        self.api.call("POST", "/tariffs", {"code": "feeder", "name": "Feeder, not billed", "price": "0.0000"})
        for meter in self.meters:
            customer = None
            if meter["owner"]:
                customer = new_id()
                self.api.call("POST", "/customers", {"id": customer, "name": meter["owner"], "credit_limit": "500.00"})
            self.api.call("POST", "/meters", {
                "number": meter["number"], "name": meter["name"], "kind": meter["kind"], "gateway": "gw1",
                "line": "ab"[meter["line"]], "address": meter["address"], "customer": customer,
                "tariff": "feeder" if meter["kind"] == "feeder" else "home", "preset_credit": meter["preset"]})
            meter["customer"] = customer
        first = self.meters[0]
        self.tenant, self.tenant_password = "tenant", secrets.token_urlsafe(12)
        self.api.call("POST", "/users", {"user": self.tenant, "password": self.tenant_password, "role": "tenant",
                                         "customer": first["customer"]})

    # --- the building's own word ---------------------------------------------------------------------------------
    def tell(self, line):
        """One line to the simulated building, one line back."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(str(self.control))
            control.sendall((line + "\n").encode())
            answer = b""
            while not answer.endswith(b"\n"):
                part = control.recv(65536)
                if not part:
                    break
                answer += part
        return answer.decode().strip()

    def meters_themselves(self):
        """What each meter itself holds, by number; not through gateway or platform."""
        return {meter["number"]: meter for meter in json.loads(self.tell("status"))["meters"]}


def all_live(api, count):
    """True when `count` meters have a reading and are reachable."""
    meters = api.get("/meters")["meters"]
    return len([m for m in meters if m["reachable"] and m.get("reading")]) == count
