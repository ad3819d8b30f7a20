# SPDX-License-Identifier: Apache-2.0
"""What an end-to-end test of the gateway stands on: a real broker on a free loopback port, the gateway's process, and
what came over MQTT. Every process is ended by its own handle."""

import getpass
import json
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

BASE = "latchkey/v1/test/gw"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=15.0):
    """The first true value of `condition`; fails the test by name where none comes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def find_broker():
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker:
    def __init__(self, directory, port=None):
        self.port = port or free_port()
        self.directory = directory
        self.process = None
        self.start()

    def start(self):
        config = self.directory / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
                          f"persistence_location {self.directory}/\nmax_queued_messages 0\n"
                          # Started by root it would become another user, who cannot keep sessions in this folder.
                          f"user {getpass.getuser()}\n")
        log = open(self.directory / "mosquitto.log", "ab")
        self.process = subprocess.Popen([find_broker(), "-c", str(config)], stdout=log, stderr=log)
        log.close()
        wait_for("the broker listens", self._listens)

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


class Listener:
    """mosquitto_sub with a session of its own, so that it misses nothing while the broker is away."""

    def __init__(self, broker, directory):
        self.path = directory / "heard.txt"
        self.file = open(self.path, "wb")
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-i", "listener", "-c", "-q", "1",
             "-t", "latchkey/#", "-F", "%r %t %p"], stdout=self.file, stderr=subprocess.DEVNULL)

    def messages(self, leaf):
        """All messages so far whose topic ends with `leaf`: (retained, topic, payload)."""
        found = []
        for line in self.path.read_text().splitlines():
            parts = line.split(" ", 2)
            if len(parts) == 3 and parts[1].endswith(leaf):
                try:
                    found.append((parts[0] == "1", parts[1], json.loads(parts[2])))
                except ValueError:
                    pass  # still being written
        return found

    def payloads(self, leaf):
        return [payload for _, _, payload in self.messages(leaf)]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.file.close()


class Rig:
    """Lines of fake meters, a broker, a gateway, a listener."""

    def __init__(self, program, lines, timeout_ms=150, poll_ms=100, outbox_mb=4):
        self.program = program
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="latchkey-gateway-"))
        self.lines = lines
        self.settings = {"timeout_ms": timeout_ms, "poll_ms": poll_ms}
        self.outbox_mb = outbox_mb
        self.broker = Broker(self.directory)
        self.listener = Listener(self.broker, self.directory)
        self.gateway = None

    def configuration(self):
        text = (f'site = "test"\nname = "gw"\nstate = "{self.directory}/state"\n[mqtt]\nhost = "127.0.0.1"\n'
                f"port = {self.broker.port}\noutbox_mb = {self.outbox_mb}\n")
        for index, line in enumerate(self.lines):
            text += f'[[line]]\nname = "{chr(97 + index)}"\n{line.place}\nbaud = {line.baud or 115200}\n'
            for key, value in self.settings.items():
                text += f"{key} = {value}\n"
            for meter in line.meters.values():
                text += f'[[line.meter]]\nnumber = "{meter.number}"\naddress = {meter.address}\n'
        path = self.directory / "gateway.toml"
        path.write_text(text)
        return path

    def start_gateway(self, file_bytes=None):
        """`file_bytes`: no file of the gateway may become larger, as on a full disk."""
        path = self.configuration()
        log = open(self.directory / "gateway.log", "ab")
        limit = None if file_bytes is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                           (file_bytes, resource.RLIM_INFINITY))
        self.gateway = subprocess.Popen([self.program, "--config", str(path), "--log", "debug"], stderr=log,
                                        preexec_fn=limit)
        log.close()
        return self.gateway

    def stop_gateway(self, how=signal.SIGTERM):
        if self.gateway is None:
            return 0
        self.gateway.send_signal(how)
        status = self.gateway.wait(20)
        self.gateway = None
        return status

    def command(self, **fields):
        message = {"id": str(uuid.uuid4()), "expires": int(time.time() * 1000) + 60_000, **fields}
        self.send(json.dumps(message))
        return message

    def send(self, payload):
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1",
                        "-t", BASE + "/command", "-m", payload], check=True, timeout=10)

    def results(self, command):
        return [result for result in self.listener.payloads("/result") if result.get("id") == command["id"]]

    def result(self, command, seconds=15.0):
        return wait_for("a result of " + command["id"], lambda: self.results(command), seconds)[0]

    def log(self):
        """What the gateway and the broker wrote."""
        logs = [self.directory / name for name in ("gateway.log", "mosquitto.log")]
        return "".join(log.read_text() for log in logs if log.exists())

    def close(self, keep=False):
        self.stop_gateway()
        self.listener.stop()
        self.broker.stop()
        for line in self.lines:
            line.close()
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)
