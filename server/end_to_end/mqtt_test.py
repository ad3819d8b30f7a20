#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Server and gateway at a broker that wants TLS, a certificate of theirs, a user and a password; and what comes over it,
against server/openapi.yaml: mqtt_test.py SERVER [GATEWAY]"""

import getpass
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import openapi_test
import rig

SERVER = None
GATEWAY = None
API = openapi_test.API


def find_broker():
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


TOOLS = find_broker() and all(shutil.which(tool) for tool in ("mosquitto_pub", "mosquitto_sub", "mosquitto_passwd", "openssl"))


def eventually(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class SecureBroker:
    """A Mosquitto on loopback with an authority of its own, which signed its certificate and that of its clients."""

    def __init__(self, directory):
        self.directory = directory
        self.port = rig.free_port()
        self.make_certificates()
        passwords = directory / "passwords"
        passwords.touch()
        passwords.chmod(0o600)
        for user in ("server", "gateway", "test"):
            subprocess.run(["mosquitto_passwd", "-b", passwords, user, user + "-secret"], check=True)
        config = directory / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
            f"cafile {directory}/ca.pem\ncertfile {directory}/broker.pem\nkeyfile {directory}/broker.key\n"
            f"require_certificate true\nuser {getpass.getuser()}\n"
        )
        with open(directory / "mosquitto.log", "wb") as log:
            self.process = subprocess.Popen([find_broker(), "-c", config], stdout=log, stderr=log)
        eventually("the broker listens", self.listens)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def make_certificates(self):
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.directory)

        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
        openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority")
        for name, host in (("broker", "IP:127.0.0.1"), ("client", "DNS:client")):
            openssl("req", *curve[:-2], "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
            (self.directory / f"{name}.ext").write_text(f"subjectAltName={host}\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                    "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def toml(self, user, password_file, ca="ca.pem"):
        return (
            f'[mqtt]\nhost = "127.0.0.1"\nport = {self.port}\nuser = "{user}"\npassword_file = "{password_file}"\n'
            f'ca_file = "{self.directory}/{ca}"\ncert_file = "{self.directory}/client.pem"\nkey_file = "{self.directory}/client.key"\n'
        )

    def client(self, tool, *arguments):
        return [tool, "-h", "127.0.0.1", "-p", str(self.port), "-u", "test", "-P", "test-secret", "--cafile", f"{self.directory}/ca.pem",
                "--cert", f"{self.directory}/client.pem", "--key", f"{self.directory}/client.key", "-q", "1", *arguments]

    def publish(self, topic, message):
        subprocess.run(self.client("mosquitto_pub", "-t", topic, "-m", json.dumps(message)), check=True, capture_output=True)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@unittest.skipUnless(TOOLS, "no mosquitto, its clients and openssl here")
class OverTls(unittest.TestCase):
    ask = openapi_test.Answers.ask

    def setUp(self):
        self.covered = set()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lk-mqtt-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.broker = SecureBroker(self.directory)
        self.addCleanup(self.broker.stop)

    def serve(self, password, ca="ca.pem"):
        server = rig.Server(SERVER)
        self.addCleanup(server.remove)
        secret = server.directory / "mqtt-password"
        secret.write_text(password + "\n")
        text = server.config.read_text()
        server.config.write_text(text[: text.index("[mqtt]")] + self.broker.toml("server", secret, ca))
        server.add_operator()
        return server.start()

    def broker_answers(self, server):
        return rig.Client(server.port).ask("GET", "/healthz")[1]["broker"]

    def test_a_wrong_password_or_authority_is_no_link(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=Other authority"],
                       check=True, capture_output=True, cwd=self.directory)
        refused, stranger = self.serve("wrong"), self.serve("server-secret", ca="other.pem")
        eventually("refused by name", lambda: "refuses us" in refused.log())
        # The broker tells of the alert that ends the handshake; libmosquitto does not.
        eventually("cut off", lambda: "alert" in (self.directory / "mosquitto.log").read_text() or "Socket error" in (self.directory / "mosquitto.log").read_text())
        for server in (refused, stranger):
            self.assertFalse(self.broker_answers(server))
            self.assertEqual(server.stop(), 0)

    def test_what_comes_over_it_is_as_documented(self):
        server = self.serve("server-secret")
        eventually("connected", lambda: self.broker_answers(server))
        olga = rig.Client(server.port).log_in()
        (flat,) = rig.make_site(olga, 1)
        base, now, get = "latchkey/v1/demo/gw1", int(time.time() * 1000), "get"
        self.broker.publish(f"{base}/status", {"online": True, "ts": now, "version": "1", "lines": [
            {"name": "a", "meters": 1, "reachable": 1, "cycle_ms": 200}], "outbox": 0, "dropped": 0, "storage": "ok"})
        self.broker.publish(f"{base}/meter/{flat}/event", {
            "ts": now, "number": 1, "code": 1, "name": "power_returned", "detail": 0, "value": 1})
        reading = {
            "ts": now, "seq": 1, "meter_time": now, "voltage_mv": 230120, "current_ma": 4310, "active_power_dw": 9876,
            "reactive_power_dvar": 120, "apparent_power_dva": 9910, "power_factor_e4": 9965, "frequency_mhz": 49998,
            "import_energy_mj": 0, "export_energy_mj": 0, "balance": 400000, "priced_energy_mj": 0, "deducted": 0,
            "credited": 500000, "price": 12000, "tariff_version": 1, "supply_state": "closed", "hold_reasons": ["credit"],
            "alarms": ["low_credit"], "token_count": 0, "order_sequence": 0, "event_count": 1, "power_cuts": 1}
        self.broker.publish(f"{base}/meter/{flat}/reading", reading)
        self.broker.publish(f"{base}/meter/{flat}/link", {"ts": now, "reachable": True})
        eventually("the reading", lambda: olga.ask("GET", f"{API}/meters/{flat}")[1]["reading"])
        (seen,) = self.ask(olga, get, API + "/meters", 200)["meters"]
        self.assertEqual(seen["shadow"]["agrees"], False)
        self.ask(olga, get, API + "/meters/{number}", 200, number=flat)
        self.assertEqual(len(self.ask(olga, get, API + "/meters/{number}/readings", 200, number=flat)["readings"]), 1)
        self.assertEqual(len(self.ask(olga, get, API + "/meters/{number}/events", 200, number=flat)["events"]), 1)
        self.assertEqual({alarm["kind"] for alarm in self.ask(olga, get, API + "/alarms", 200)["alarms"]},
                         {"low_credit", "shadow_difference"})
        self.assertEqual(self.ask(olga, get, API + "/site", 200)["gateways"][0]["name"], "gw1")
        self.ask(olga, get, "/healthz", 200)
        # A purchase and an engineering token, answered by a gateway.
        commands = subprocess.Popen(self.broker.client("mosquitto_sub", "-t", f"{base}/command", "-C", "2"), stdout=subprocess.PIPE, text=True)
        self.addCleanup(commands.wait)
        self.addCleanup(commands.stdout.close)
        time.sleep(0.5)
        sale = {"id": rig.new_id(), "meter": flat, "amount": "10"}
        self.ask(olga, "post", API + "/purchases", 201, sale)
        token = {"id": rig.new_id(), "kind": "power_limit", "value": 5000, "deliver": True}
        self.ask(olga, "post", API + "/meters/{number}/tokens", 201, token, number=flat)
        for line in (commands.stdout.readline(), commands.stdout.readline()):
            self.broker.publish(f"{base}/result", {"id": json.loads(line)["id"], "meter": flat, "outcome": "done", "result": 1,
                                                   "result_name": "accepted", "value": 1000000, "attempts": 1, "ts": now})
        for path, known in (("/purchases/{id}", sale["id"]), ("/tokens/{id}", token["id"])):
            eventually("accepted", lambda: olga.ask("GET", API + path.format(id=known))[1]["state"] == "accepted")
            self.ask(olga, get, API + path, 200, id=known)
        self.assertEqual(server.stop(), 0)

    def test_the_gateway_speaks_it_too(self):
        if not GATEWAY:
            self.skipTest("no gateway was named")
        for name in ("right", "wrong"):
            secret = self.directory / f"{name}-password"
            secret.write_text("gateway-secret\n" if name == "right" else "wrong\n")
            config = self.directory / f"{name}.toml"
            config.write_text(
                f'site = "demo"\nname = "{name}"\nstate = "{self.directory}/{name}"\n' + self.broker.toml("gateway", secret)
                + f'[[line]]\nname = "a"\ntcp = "127.0.0.1:{rig.free_port()}"\n[[line.meter]]\nnumber = "{rig.meter_number(1)}"\naddress = 1\n'
            )
            with open(self.directory / f"{name}.log", "wb") as log:
                gateway = subprocess.Popen([GATEWAY, "--config", config], stderr=log)
            try:
                if name == "right":
                    heard = subprocess.run(self.broker.client("mosquitto_sub", "-t", "latchkey/v1/demo/right/status", "-C", "1", "-W", "60"),
                                           capture_output=True, text=True)
                    self.assertTrue(json.loads(heard.stdout)["online"])
                else:
                    eventually("refused", lambda: "refuses" in (self.directory / "wrong.log").read_text())
            finally:
                gateway.terminate()
                self.assertEqual(gateway.wait(60), 0)


if __name__ == "__main__":
    GATEWAY = sys.argv.pop(2) if len(sys.argv) > 2 else None
    SERVER = sys.argv.pop(1)
    unittest.main(verbosity=2, warnings="ignore")
