#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The running server over HTTP and MQTT: server_e2e_test.py PROGRAM [unittest arguments]"""

import base64
import http.client
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

import rig

PROGRAM = None


class OverHttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = rig.Server(PROGRAM)
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        assert status == 0, cls.server.log()

    def setUp(self):
        self.anybody = rig.Client(self.server.port)
        if not hasattr(type(self), "token"):
            status, problem = self.anybody.ask("GET", "/api/v1/session")
            self.assertEqual((status, problem["type"]), (401, "urn:latchkey:problem:no_users"))
            self.server.add_operator()
            type(self).token = rig.Client(self.server.port).log_in().token
            type(self).meters = rig.make_site(rig.Client(self.server.port, self.token), 3)
        self.olga = rig.Client(self.server.port, self.token)

    def refused(self, client, method, path, body=None, raw=None, headers=None):
        status, problem = client.ask(method, path, body, raw, headers)
        self.assertEqual(client.headers["Content-Type"], "application/problem+json", problem)
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["detail"])
        return status, problem["type"].removeprefix("urn:latchkey:problem:"), problem.get("field", "")

    def test_every_documented_path_answers(self):
        operations = 0
        serial = "00000000000000AB"
        card = {"serial": serial, "kind": "query"}
        self.assertIn(self.olga.ask("POST", "/api/v1/cards", card)[0], (200, 201))
        path = None
        with open(os.path.join(os.path.dirname(rig.__file__), "..", "openapi.yaml"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("components:"):
                    break
                if line.startswith("  /"):
                    path = line.strip().rstrip(":")
                method = line.strip().rstrip(":").upper()
                if path and line.startswith("    ") and not line.startswith("     ") and method in ("GET", "POST", "DELETE"):
                    filled = path.replace("{number}", self.meters[0]).replace("{id}", rig.new_id()).replace("{code}", "basic").replace("{serial}", serial)
                    client = rig.Client(self.server.port)
                    status, body = client.ask(method, filled, {} if method == "POST" else None)
                    self.assertNotIn(status, (404, 405, 500), f"{method} {path}: {body}")
                    operations += 1
        self.assertGreater(operations, 25)

    def test_the_interface_is_served_beside_the_pages(self):
        status, text = self.anybody.ask("GET", "/openapi.yaml")
        self.assertEqual(status, 200)
        self.assertIn(b"openapi: 3.1.0", text)
        status, page = self.anybody.ask("GET", "/meters/07000000013")
        self.assertEqual((status, page[:9]), (200, b"<!doctype"))
        self.assertEqual(self.anybody.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("default-src 'self'", self.anybody.headers["Content-Security-Policy"])
        for path in ("/../vault.lkv", "/%2e%2e/vault.lkv", "/..%2fvault.lkv", "/assets/..%2f..%2fvault.lkv"):
            _, body = self.anybody.ask("GET", path)
            self.assertNotIn(b"vending_key", body if isinstance(body, bytes) else b"")

    def test_bad_requests_are_named(self):
        good = {"id": rig.new_id(), "meter": self.meters[0], "amount": "5"}
        post = "/api/v1/purchases"
        rows = [
            (dict(good, id="7"), (422, "bad_field", "id")),
            (dict(good, amount=5), (422, "bad_field", "amount")),
            (dict(good, amount="0.000001"), (422, "bad_field", "amount")),
            (dict(good, amount="-5"), (422, "bad_field", "amount")),
            (dict(good, amount="0"), (422, "bad_field", "amount")),
            (dict(good, amount="10000.00001"), (422, "bad_field", "amount")),
            (dict(good, meter="07"), (422, "bad_field", "meter")),
            (dict(good, meter="07000000099"), (404, "unknown_meter", "meter")),
            (dict(good, mony="5"), (422, "unknown_field", "mony")),
            ({"id": good["id"]}, (422, "bad_field", "meter")),
        ]
        for body, expected in rows:
            self.assertEqual(self.refused(self.olga, "POST", post, body), expected, body)
        for raw in ("", "{", "[]", "{}x", '{"id":"\\ud800"}', "[" * 5000):
            self.assertEqual(self.refused(self.olga, "POST", post, raw=raw)[:2], (400, "bad_json"), raw[:20])
        plain = {"Content-Type": "text/plain"}
        self.assertEqual(self.refused(self.olga, "POST", post, raw="{}", headers=plain)[:2], (415, "not_json"))
        self.assertEqual(self.refused(self.olga, "POST", post, raw=" " * 70_000)[0], 413)
        self.olga = rig.Client(self.server.port, self.token)
        self.assertEqual(self.refused(self.olga, "GET", "/api/v1/nothing")[:2], (404, "not_found"))
        self.assertEqual(self.refused(self.olga, "PUT", post, {})[0], 405)
        self.assertEqual(self.refused(self.olga, "GET", post + "?limit=0")[:3], (422, "bad_field", "limit"))
        mistyped = {"number": "07000000012", "name": "x", "gateway": "gw1", "tariff": "basic"}
        self.assertEqual(self.refused(self.olga, "POST", "/api/v1/meters", mistyped), (422, "bad_field", "number"))

    def test_damaged_http_is_answered_and_forgotten(self):
        for sent in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 20_000):
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as peer:
                peer.sendall(sent)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass
        self.assertEqual(self.olga.ask("GET", "/api/v1/session")[0], 200)

    def test_an_id_is_one_sale_for_sixteen_clients_at_once(self):
        purchase = {"id": rig.new_id(), "meter": self.meters[0], "amount": "12.34"}
        answers = []

        def buy():
            answers.append(rig.Client(self.server.port, self.token).ask("POST", "/api/v1/purchases", purchase))

        threads = [threading.Thread(target=buy) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(status for status, _ in answers), [200] * 15 + [201])
        self.assertEqual(len({json.dumps(body, sort_keys=True) for _, body in answers}), 1)
        other = dict(purchase, amount="12.35")
        self.assertEqual(self.refused(self.olga, "POST", "/api/v1/purchases", other), (409, "id_reused", "id"))
        status, again = self.olga.ask("POST", "/api/v1/purchases/" + purchase["id"] + "/reissue")
        self.assertEqual((status, again["token"]), (200, answers[0][1]["token"]))

    def test_a_repeat_is_the_same_sale_and_tells_what_has_become_of_it(self):
        purchase = {"id": rig.new_id(), "meter": self.meters[1], "amount": "7.00", "deliver": False}
        status, first = self.olga.ask("POST", "/api/v1/purchases", purchase)
        self.assertEqual(status, 201)
        for _ in range(3):
            self.assertEqual(self.olga.ask("POST", "/api/v1/purchases", purchase), (200, first))
        nobody = rig.Client(self.server.port)
        self.assertEqual(self.refused(nobody, "POST", "/api/v1/purchases", purchase)[:2], (401, "not_logged_in"))
        reversal = {"id": rig.new_id(), "reason": "wrong flat"}
        self.assertEqual(self.olga.ask("POST", f"/api/v1/purchases/{purchase['id']}/reversal", reversal)[0], 201)
        status, again = self.olga.ask("POST", "/api/v1/purchases", purchase)
        self.assertEqual((status, again["state"], again["token"]), (200, "reversed", first["token"]))

    def test_repeats_of_other_things_answer_the_first_result(self):
        customer = {"id": rig.new_id(), "name": "Repeated"}
        for expected in (201, 200):
            self.assertEqual(self.olga.ask("POST", "/api/v1/customers", customer)[0], expected)
        changed = dict(customer, name="Other")
        self.assertEqual(self.refused(self.olga, "POST", "/api/v1/customers", changed), (409, "id_reused", "id"))
        order = {"id": rig.new_id(), "verb": "open"}
        orders = f"/api/v1/meters/{self.meters[2]}/orders"
        status, placed = self.olga.ask("POST", orders, order)
        self.assertEqual((status, placed["state"]), (202, "sent"))
        self.assertEqual(self.olga.ask("POST", orders, order), (200, placed))
        self.assertEqual(self.refused(self.olga, "POST", orders, dict(order, verb="close"))[0], 409)
        price = {"id": rig.new_id(), "verb": "set_price", "tariff": "none"}
        self.assertEqual(self.refused(self.olga, "POST", orders, price), (422, "unknown_tariff", "tariff"))
        self.assertEqual(self.refused(self.olga, "POST", orders, dict(order, id=rig.new_id(), amount="1"))[0], 422)

    def test_a_tenant_sees_and_buys_for_its_own_meters_only(self):
        customer = {"id": rig.new_id(), "name": "Tina", "credit_limit": "5"}
        self.assertEqual(self.olga.ask("POST", "/api/v1/customers", customer)[0], 201)
        own = rig.meter_number(77)
        meter = {"number": own, "name": "Tina's", "gateway": "gw1", "tariff": "basic", "customer": customer["id"]}
        self.assertEqual(self.olga.ask("POST", "/api/v1/meters", meter)[0], 201)
        user = {"user": "tina", "password": "a-long-password", "role": "tenant", "customer": customer["id"]}
        self.assertEqual(self.olga.ask("POST", "/api/v1/users", user)[0], 201)
        self.assertEqual(self.olga.ask("POST", "/api/v1/users", user)[0], 200, "a repeat is the same user")
        other = {"user": "tina", "password": "a-long-password", "role": "operator"}
        self.assertEqual(self.refused(self.olga, "POST", "/api/v1/users", other)[:2], (409, "user_exists"))
        tina = rig.Client(self.server.port).log_in("tina", "a-long-password")

        self.assertEqual([m["number"] for m in tina.ask("GET", "/api/v1/meters")[1]["meters"]], [own])
        foreign = self.meters[0]
        for path in (f"/api/v1/meters/{foreign}", f"/api/v1/meters/{foreign}/readings", f"/api/v1/meters/{foreign}/events"):
            self.assertEqual(self.refused(tina, "GET", path)[:2], (404, "unknown_meter"))
        bought = {"id": rig.new_id(), "meter": foreign, "amount": "5"}
        self.assertEqual(self.refused(tina, "POST", "/api/v1/purchases", bought)[:2], (404, "unknown_meter"))
        self.assertEqual(self.olga.ask("POST", "/api/v1/purchases", bought)[0], 201)
        self.assertEqual(self.refused(tina, "GET", "/api/v1/purchases/" + bought["id"])[0], 404)
        self.assertEqual(self.refused(tina, "POST", f"/api/v1/purchases/{bought['id']}/reissue")[0], 404)
        self.assertEqual(self.refused(tina, "POST", "/api/v1/purchases", bought)[0], 404)
        self.assertEqual(tina.ask("GET", f"/api/v1/purchases?meter={foreign}")[1]["purchases"], [])
        self.assertEqual(tina.ask("POST", "/api/v1/purchases", dict(bought, id=rig.new_id(), meter=own))[0], 201)
        owes = self.refused(tina, "POST", "/api/v1/purchases", dict(bought, id=rig.new_id(), meter=own))
        self.assertEqual(owes[:2], (402, "credit_limit"))
        self.assertEqual([p["meter"] for p in tina.ask("GET", "/api/v1/purchases")[1]["purchases"]], [own])
        self.assertEqual(tina.ask("GET", "/api/v1/site")[1]["meters"], 1)
        self.assertEqual(tina.ask("GET", "/api/v1/customers")[1]["customers"][0]["name"], "Tina")
        for method, path in (
            ("POST", f"/api/v1/meters/{own}/orders"),
            ("POST", "/api/v1/meters"),
            ("POST", "/api/v1/tariffs"),
            ("POST", "/api/v1/customers"),
            ("POST", "/api/v1/users"),
            ("GET", "/api/v1/ledger/balances"),
            ("GET", "/api/v1/ledger/entries"),
        ):
            answer = self.refused(tina, method, path, {} if method == "POST" else None)
            self.assertEqual(answer[:2], (403, "forbidden"), path)

    def test_sessions_end_and_wrong_passwords_are_counted(self):
        client = rig.Client(self.server.port)
        status, _ = client.ask("POST", "/api/v1/session", {"user": "olga", "password": rig.PASSWORD})
        cookie = client.headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        carried = {"Cookie": cookie.split(";")[0]}
        self.assertEqual(client.ask("GET", "/api/v1/session", headers=carried)[0], 200)
        self.assertEqual(client.ask("DELETE", "/api/v1/session", headers=carried)[0], 204)
        self.assertEqual(self.refused(client, "GET", "/api/v1/session", headers=carried)[:2], (401, "not_logged_in"))
        for _ in range(10):
            wrong = self.refused(client, "POST", "/api/v1/session", {"user": "nobody", "password": "wrong"})
            self.assertEqual(wrong[:2], (401, "wrong_password"))
        self.assertEqual(self.refused(client, "POST", "/api/v1/session", {"user": "nobody", "password": "wrong"})[0], 429)

    def test_the_live_socket_tells_of_a_purchase(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as peer:
            key = base64.b64encode(os.urandom(16)).decode()
            head = (
                "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            )
            peer.sendall((head + f"Authorization: Bearer {self.token}\r\n\r\n").encode())
            stream = peer.makefile("rb")
            self.assertIn(b"101", stream.readline())
            while stream.readline() != b"\r\n":
                pass
            purchase = {"id": rig.new_id(), "meter": self.meters[1], "amount": "1"}
            self.olga.ask("POST", "/api/v1/purchases", purchase)
            while True:
                _, size = struct.unpack("BB", stream.read(2))
                if size == 126:
                    (size,) = struct.unpack(">H", stream.read(2))
                message = json.loads(stream.read(size))
                if message["type"] == "purchase" and message["data"]["id"] == purchase["id"]:
                    break
        for line, status in (("", b"401"), (f"Authorization: Bearer {self.token}\r\nOrigin: http://evil\r\n", b"403")):
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as peer:
                peer.sendall((head + line + "\r\n").encode())
                self.assertIn(status, peer.makefile("rb").readline())


class Killed(unittest.TestCase):
    def test_every_answered_purchase_is_there_once_after_a_kill(self):
        server = rig.Server(PROGRAM)
        self.addCleanup(server.remove)
        server.add_operator()
        server.start()
        olga = rig.Client(server.port).log_in()
        meters = rig.make_site(olga, 4)
        answered = {}
        asked = []
        for kill in range(3):
            lock = threading.Lock()

            def buy(meter):
                client = rig.Client(server.port, olga.token)
                try:
                    while True:
                        purchase = {"id": rig.new_id(), "meter": meter, "amount": "3.21"}
                        with lock:
                            asked.append(purchase)
                        status, body = client.ask("POST", "/api/v1/purchases", purchase)
                        if status == 201:
                            with lock:
                                answered[purchase["id"]] = body
                except (http.client.HTTPException, OSError):
                    pass

            threads = [threading.Thread(target=buy, args=(meter,)) for meter in meters]
            before = len(answered)
            for thread in threads:
                thread.start()
            while len(answered) < before + 20:
                time.sleep(0.01)
            server.kill()
            for thread in threads:
                thread.join()
            server.start()
        olga = rig.Client(server.port, olga.token)
        for identity, body in answered.items():
            status, found = olga.ask("GET", "/api/v1/purchases/" + identity)
            self.assertEqual((status, found["token"], found["receipt"]), (200, body["token"], body["receipt"]))
        for purchase in asked:
            status, body = olga.ask("POST", "/api/v1/purchases", purchase)
            self.assertIn(status, (200, 201), body)
        _, listed = olga.ask("GET", "/api/v1/purchases?limit=1000")
        receipts = sorted(purchase["receipt"] for purchase in listed["purchases"])
        self.assertEqual(len({p["id"] for p in listed["purchases"]}), len(receipts))
        self.assertEqual(receipts, list(range(receipts[0], receipts[0] + len(receipts))))
        self.assertTrue(olga.ask("GET", "/api/v1/ledger/balances")[1]["balanced"])
        self.assertEqual(server.stop(), 0)
        check = server.run("check")
        self.assertEqual(check.returncode, 0, check.stdout)


@unittest.skipUnless(shutil.which("mosquitto") and shutil.which("mosquitto_pub"), "no mosquitto and its clients here")
class OverMqtt(unittest.TestCase):
    def publish(self, end, body):
        topic = "latchkey/v1/demo/gw1/" + end
        message = body if isinstance(body, str) else json.dumps(body)
        subprocess.run(
            ["mosquitto_pub", "-p", str(self.broker_port), "-q", "1", "-t", topic, "-m", message], check=True, timeout=60
        )

    def eventually(self, look):
        deadline = time.monotonic() + 30
        while not (found := look()):
            self.assertLess(time.monotonic(), deadline, "it did not happen")
            time.sleep(0.05)
        return found

    def test_a_token_reaches_the_gateway_and_its_result_the_purchase(self):
        self.broker_port = rig.free_port()
        broker = subprocess.Popen(["mosquitto", "-p", str(self.broker_port)], stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (broker.kill(), broker.wait()))
        server = rig.Server(PROGRAM, self.broker_port)
        self.addCleanup(server.remove)
        server.add_operator()
        server.start()
        olga = rig.Client(server.port).log_in()
        self.eventually(lambda: olga.ask("GET", "/healthz")[0] == 200)
        (flat,) = rig.make_site(olga, 1)
        now = int(time.time() * 1000)
        self.publish("status", {"online": True, "ts": now, "lines": [{"name": "a", "meters": 1}]})
        self.publish("status", "{")
        reading = {"ts": now, "seq": 1, "balance": 500000, "credited": 500000, "deducted": 0, "priced_energy_mj": 0}
        reading.update(price=12000, tariff_version=1, supply_state="closed", hold_reasons=[], alarms=[])
        reading["active_power_dw"] = 4200
        self.publish(f"meter/{flat}/link", {"ts": now, "reachable": True})
        self.publish(f"meter/{flat}/reading", reading)
        meter = self.eventually(lambda: (m := olga.ask("GET", "/api/v1/meters/" + flat)[1])["reading"] and m)
        self.assertTrue(meter["reachable"])
        self.assertEqual(meter["reading"]["balance"], "5.00")
        self.assertEqual(meter["shadow"], {"balance": "5.00", "difference": "0.00", "agrees": True})
        self.assertEqual(olga.ask("GET", "/api/v1/site")[1]["active_power_dw"], 4200)

        listen = ["mosquitto_sub", "-p", str(self.broker_port), "-q", "1", "-t", "latchkey/v1/demo/gw1/command"]
        gateway = subprocess.Popen(listen, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (gateway.kill(), gateway.wait(), gateway.stdout.close()))
        time.sleep(0.5)  # the subscription; a command that is missed comes again with the next status
        purchase = {"id": rig.new_id(), "meter": flat, "amount": "20"}
        _, sold = olga.ask("POST", "/api/v1/purchases", purchase)
        command = json.loads(gateway.stdout.readline())
        self.assertEqual((command["kind"], command["meter"], command["token"]), ("token", flat, sold["token"]))

        # The meter shows the credit before the result comes.
        credited = round(float(sold["credited"]) * 100000)
        reading.update(ts=now + 1000, seq=2, balance=500000 + credited, credited=500000 + credited)
        self.publish(f"meter/{flat}/reading", reading)
        self.eventually(lambda: olga.ask("GET", "/api/v1/meters/" + flat)[1]["reading"]["ts"] == now + 1000)
        self.assertTrue(olga.ask("GET", "/api/v1/meters/" + flat)[1]["shadow"]["agrees"])

        # A server that was killed asks again, and hears the result that came meanwhile.
        server.kill()
        result = {"id": command["id"], "meter": flat, "outcome": "done", "result": 1, "result_name": "accepted"}
        self.publish("result", dict(result, value=credited, attempts=1, ts=now + 2000))
        server.start()
        found = lambda: olga.ask("GET", "/api/v1/purchases/" + purchase["id"])[1]  # noqa: E731
        olga = rig.Client(server.port, olga.token)
        self.eventually(lambda: found()["state"] == "accepted")
        _, trial = olga.ask("GET", "/api/v1/ledger/balances")
        balances = {account["name"]: account["balance"] for account in trial["accounts"]}
        self.assertTrue(trial["balanced"])
        self.assertEqual(balances["tokens_issued"], "0.00")
        self.assertAlmostEqual(float(balances["customer_credit"]), -5 - credited / 100000)
        self.assertEqual(server.stop(), 0)


class OnTheCommandLine(unittest.TestCase):
    def setUp(self):
        self.server = rig.Server(PROGRAM)
        self.addCleanup(self.server.remove)

    def told(self, *arguments):
        done = self.server.run(*arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_mistakes_are_told_with_file_key_and_remedy(self):
        text = self.server.config.read_text()
        self.server.config.write_text(text.replace('currency = "EUR"', 'currency = "euro"'))
        self.assertIn("server.toml:2: currency must be an ISO 4217 code", self.told("serve"))
        self.server.config.write_text("colour = 3\n" + text)
        self.assertIn("colour is not known here", self.told("serve"))
        self.server.config.write_text(text)
        for file in (self.server.vault, self.server.directory / "vault.lkv.key"):
            file.chmod(0o644)
            self.assertIn("chmod 600", self.told("serve"))
            file.chmod(0o600)
        self.server.config.write_text(text.replace("[vault]", '[vault]\nkind = "stone"'))
        self.assertIn('vault.kind must be "file" or "pkcs11"', self.told("serve"))
        self.server.config.write_text(text.replace("[vault]", '[vault]\nkind = "pkcs11"\ntoken = "t"'))
        self.assertIn("vault.module is missing", self.told("serve"))
        self.server.config.write_text(text.replace("[vault]", '[vault]\nkind = "pkcs11"\ntoken = "t"\nmodule = "/no/module.so"'))
        self.assertIn("is a vault of kind \"file\"", self.told("serve"))
        self.server.config.write_text(text)
        short = self.server.directory / "short"
        short.write_text("short\n")
        self.assertIn("at least 10", self.told("user", "add", "--user", "x", "--password-file", str(short)))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2, warnings="ignore")
