#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every answer against server/openapi.yaml, undocumented fields forbidden: openapi_test.py PROGRAM"""

import copy
import pathlib
import sys
import unittest

import rig

try:
    import yaml
    from jsonschema import Draft202012Validator, FormatChecker
except ImportError as missing:
    print(f"skipped: {missing}; install tests/requirements.txt")
    sys.exit(77)

PROGRAM = None
DOCUMENT = yaml.safe_load((pathlib.Path(__file__).parents[1] / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "delete", "put", "patch")
API = "/api/v1"
# Needs a broker or an upgraded connection: server_e2e_test.py has both.
NOT_HERE = {("/healthz", "get", "200"), (API + "/live", "get", "101")}  # mqtt_test.py has the first
# A proof that holds needs a meter: vending/returned_test.cpp.
NOT_HERE |= {(API + "/orders/{id}/refund", "post", status) for status in ("200", "201", "409")}


def strict(node):
    """The same schema, in which an object may have only the fields that are listed."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: strict(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        node.setdefault("additionalProperties", False)
    return node


STRICT = strict(copy.deepcopy(DOCUMENT))


class Answers(unittest.TestCase):
    def ask(self, client, method, template, expected, body=None, query="", **filled):
        status, answer = client.ask(method.upper(), template.format(**filled) + query, body)
        self.assertEqual(status, expected, f"{method} {template}: {answer}")
        response = STRICT["paths"][template][method]["responses"][str(expected)]
        if "$ref" in response:
            response = STRICT["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        self.covered.add((template, method, str(expected)))
        if "content" not in response:
            self.assertFalse(answer)
            return answer
        kind = client.headers["Content-Type"]
        self.assertIn(kind, response["content"])
        schema = dict(response["content"][kind]["schema"], components=STRICT["components"])
        errors = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer.decode("latin-1") if isinstance(answer, bytes) else answer))
        self.assertEqual(errors, [], f"{method} {template} {status}: {answer}")
        return answer

    def test_every_documented_answer(self):
        self.covered = set()
        server = rig.Server(PROGRAM)
        self.addCleanup(server.remove)
        server.add_operator()
        server.start()
        anybody, olga = rig.Client(server.port), rig.Client(server.port).log_in()
        (flat,) = rig.make_site(olga, 1)
        new, post, get = rig.new_id, "post", "get"
        session = API + "/session"
        self.ask(anybody, post, session, 200, {"user": "olga", "password": rig.PASSWORD})
        for _ in range(10):
            self.ask(anybody, post, session, 401, {"user": "nobody", "password": "wrong"})
        self.ask(anybody, post, session, 429, {"user": "nobody", "password": "wrong"})
        self.ask(anybody, get, session, 401)
        self.ask(olga, get, session, 200)
        self.ask(anybody, "delete", session, 204)
        customer = {"id": new(), "name": "Tina"}
        tariff = {"code": "night", "name": "Night", "price": "0.9"}
        meter = {"number": rig.meter_number(9), "name": "Flat", "gateway": "gw1", "tariff": "basic"}
        for path, body in (("customers", customer), ("tariffs", tariff), ("meters", meter)):
            for expected, sent in ((201, body), (200, body), (409, dict(body, name="Other")), (422, {})):
                self.ask(olga, post, f"{API}/{path}", expected, sent)
        user = {"user": "tina", "password": "a-long-password", "role": "tenant", "customer": customer["id"]}
        for expected, sent in ((201, user), (200, user), (409, dict(user, password="another-password")), (422, {})):
            self.ask(olga, post, API + "/users", expected, sent)
        sale = {"id": new(), "meter": flat, "amount": "12.34"}
        stray = dict(sale, id=new(), meter=rig.meter_number(88))
        for expected, sent in ((201, sale), (200, sale), (409, dict(sale, amount="1")), (422, {}), (404, stray)):
            self.ask(olga, post, API + "/purchases", expected, sent)
        order = {"id": new(), "verb": "open"}
        for expected, sent in ((202, order), (200, order), (409, dict(order, verb="close")), (422, {})):
            self.ask(olga, post, API + "/meters/{number}/orders", expected, sent, number=flat)
        for path in ("site", "meters", "purchases", "customers", "tariffs", "alarms", "ledger/balances", "ledger/entries"):
            self.ask(olga, get, f"{API}/{path}", 200)
        for end in ("", "/readings", "/events", "/orders"):
            self.ask(olga, get, API + "/meters/{number}" + end, 200, number=flat)
        self.ask(olga, get, API + "/meters/{number}", 404, number=rig.meter_number(88))
        self.cards(olga, server, flat, sale["id"])
        self.sell(olga, flat, sale["id"], customer["id"])
        self.engineer(olga, flat)
        for method, path, known in (
            (get, "/orders/{id}", order["id"]),
            (get, "/purchases/{id}", sale["id"]),
            (post, "/purchases/{id}/reissue", sale["id"]),
        ):
            self.ask(olga, method, API + path, 200, id=known)
            self.ask(olga, method, API + path, 404, id=new())
        self.ask(olga, post, API + "/purchases", 402, dict(sale, id=new(), tender="account"))
        self.ask(anybody, get, "/healthz", 503)
        documented = {
            (path, method, status)
            for path, methods in DOCUMENT["paths"].items()
            for method in METHODS
            if method in methods
            for status in methods[method]["responses"]
        }
        self.assertEqual(documented - NOT_HERE - self.covered, set(), "documented, but not tested")
        self.assertEqual(server.stop(), 0)

    def cards(self, olga, server, flat, sold):
        """A card and its load, and a statement as the meter would write it."""
        new, post, get = rig.new_id, "post", "get"
        cards = API + "/cards"
        card = {"serial": "00000000000000C1", "kind": "user", "meter": flat}
        other = dict(card, serial="00000000000000C2")
        stray = dict(card, serial="00000000000000C3", meter=rig.meter_number(88))
        for expected, sent in ((201, card), (200, card), (409, other), (404, stray), (422, {})):
            self.ask(olga, post, cards, expected, sent)
        self.ask(olga, get, cards, 200)
        self.ask(olga, get, cards + "/{serial}", 200, serial=card["serial"])
        self.ask(olga, get, cards + "/{serial}", 404, serial=other["serial"])
        loads = cards + "/{serial}/loads"
        load = {"id": new(), "purpose": "purchase", "purchase": sold}
        for expected, sent in ((201, load), (200, load), (409, dict(load, purpose="replacement")), (422, {})):
            self.ask(olga, post, loads, expected, sent, serial=card["serial"])
        self.ask(olga, post, loads, 404, dict(load, id=new()), serial=other["serial"])
        statements = cards + "/{serial}/statements"
        sealed = {"statement": rig.statement(server, flat, card["serial"], load=1, results=[13])}
        for _ in range(2):
            answer = self.ask(olga, post, statements, 200, sealed, serial=card["serial"])
            self.assertEqual([item["result"] for item in answer["items"]], ["crc"])
        forged = {"statement": sealed["statement"][:-2] + "00"}
        self.ask(olga, post, statements, 422, forged, serial=card["serial"])
        self.ask(olga, post, statements, 404, sealed, serial=other["serial"])

    def engineer(self, olga, flat):
        """Tokens without credit, keys and campaigns, refunds."""
        new, post, get = rig.new_id, "post", "get"
        tokens, token = API + "/meters/{number}/tokens", {"id": new(), "kind": "power_limit", "value": 5000}
        for expected, sent in ((201, token), (200, token), (409, dict(token, value=6000)), (422, dict(token, id=new(), kind="test"))):
            self.ask(olga, post, tokens, expected, sent, number=flat)
        self.ask(olga, post, tokens, 404, dict(token, id=new()), number=rig.meter_number(88))
        rate = self.ask(olga, post, tokens, 422, {"id": new(), "kind": "tariff_rate", "value": 9}, number=flat)
        self.assertIn("1 to 8", rate["detail"])
        self.ask(olga, post, tokens, 201, {"id": new(), "kind": "key_change"}, number=flat)
        self.ask(olga, get, tokens, 200, number=flat)
        self.ask(olga, get, tokens, 404, number=rig.meter_number(88))
        one = API + "/tokens/{id}"
        self.ask(olga, get, one, 200, id=token["id"])
        self.assertIn(b"ENGINEERING TOKEN", self.ask(olga, get, one, 200, query="?format=text", id=token["id"]))
        self.ask(olga, get, one, 422, query="?format=pdf", id=token["id"])
        for method, path in ((get, one), (post, one + "/reissue")):
            self.ask(olga, method, path, 404, id=new())
        self.ask(olga, post, one + "/reissue", 200, id=token["id"])
        (group,) = self.ask(olga, get, API + "/key-groups", 200)["groups"]
        campaign = {"id": new(), "name": "Index 2", "from": group["key"], "to": group["key"], "tariff_index": 2}
        for expected, sent in ((201, campaign), (200, campaign), (409, dict(campaign, tariff_index=3)), (422, {})):
            self.ask(olga, post, API + "/campaigns", expected, sent)
        self.ask(olga, get, API + "/campaigns", 200)
        known = API + "/campaigns/{id}"
        for end, expected in (("", 200), ("/meters", 200)):
            self.ask(olga, get, known + end, expected, id=campaign["id"])
            self.ask(olga, get, known + end, 404, id=new())
        self.assertIn(b"waiting", self.ask(olga, get, known + "/meters", 200, query="?format=csv", id=campaign["id"]))
        self.ask(olga, get, known + "/meters", 422, query="?format=pdf", id=campaign["id"])
        self.assertEqual(self.ask(olga, post, known + "/delivery", 200, {"most": 1}, id=campaign["id"])["sent"], 1)
        self.ask(olga, post, known + "/delivery", 422, {"most": 0}, id=campaign["id"])
        self.ask(olga, post, known + "/delivery", 404, {}, id=new())
        order = {"id": new(), "verb": "refund", "amount": "3"}
        self.ask(olga, post, API + "/meters/{number}/orders", 202, order, number=flat)
        refund, paid = API + "/orders/{id}/refund", {"amount": "3", "proof": "0" * 32}
        self.ask(olga, post, refund, 422, paid, id=order["id"])
        self.ask(olga, post, refund, 404, paid, id=new())
        self.ask(olga, post, API + "/users", 201, {"user": "erik", "password": "a-long-password", "role": "engineer"})
        erik = rig.Client(olga.port).log_in("erik", "a-long-password")
        self.ask(erik, post, tokens, 201, {"id": new(), "kind": "clear_tamper"}, number=flat)
        self.assertEqual(erik.ask("GET", API + "/purchases")[0], 403)
        self.assertEqual(erik.ask("POST", API + "/campaigns", campaign)[0], 403)

    def sell(self, olga, flat, sold, customer):
        """What vending has beside the purchase itself."""
        new, post, get = rig.new_id, "post", "get"
        self.ask(olga, get, API + "/vending/meters", 200, query="?q=07")
        self.ask(olga, get, API + "/vending/meters", 422, query="?q=0")
        trial = {"meter": flat, "energy": "10"}
        stray = dict(trial, meter=rig.meter_number(88))
        for expected, sent in ((200, trial), (402, dict(trial, tender="account")), (404, stray), (422, {})):
            self.ask(olga, post, API + "/vending/trials", expected, sent)
        receipt = API + "/purchases/{id}/receipt"
        for end in ("", "?format=text", "?format=pdf"):
            answer = self.ask(olga, get, receipt, 200, query=end, id=sold)
        self.assertTrue(answer.startswith(b"%PDF-"))
        self.ask(olga, get, receipt, 404, id=new())
        self.ask(olga, get, receipt, 422, query="?format=odt", id=sold)
        advice = API + "/purchases/{id}/advice"
        self.assertEqual(self.ask(olga, post, advice, 200, id=sold)["outcome"], "done")
        never = new()
        self.assertEqual(self.ask(olga, post, advice, 200, id=never)["outcome"], "failed")
        self.ask(olga, post, API + "/purchases", 409, {"id": never, "meter": flat, "amount": "1"})
        self.ask(olga, post, advice, 404, id="none")
        latest = {"id": new(), "meter": flat, "amount": "1", "deliver": False}
        self.ask(olga, post, API + "/purchases", 201, latest)
        reversal, reverse = API + "/purchases/{id}/reversal", {"id": new(), "reason": "mistyped"}
        for expected in (201, 200):
            self.ask(olga, post, reversal, expected, reverse, id=latest["id"])
        self.ask(olga, post, reversal, 409, dict(reverse, reason="other"), id=latest["id"])
        self.ask(olga, post, reversal, 404, dict(reverse, id=new()), id=new())
        self.ask(olga, post, reversal, 422, {}, id=latest["id"])
        terms = API + "/tariffs/{code}/terms"
        for code, expected in (("basic", 200), ("none", 404)):
            self.ask(olga, get, terms, expected, code=code)
            self.ask(olga, post, terms, expected, {"tax_e4": 0, "most_a_day": "1000", "free_energy": "0.5"}, code=code)
        self.ask(olga, post, terms, 422, {"tax_e4": 10001}, code="basic")
        debts, debt = API + "/meters/{number}/debts", {"id": new(), "reason": "old", "amount": "5", "share_e4": 100}
        for expected, sent in ((201, debt), (200, debt), (409, dict(debt, amount="6")), (422, {})):
            self.ask(olga, post, debts, expected, sent, number=flat)
        self.ask(olga, post, debts, 404, dict(debt, id=new()), number=rig.meter_number(88))
        self.ask(olga, get, debts, 200, number=flat)
        agent = {"code": "kiosk", "name": "Kiosk", "commission_e4": 200}
        for expected, sent in ((201, agent), (200, agent), (409, dict(agent, name="Other")), (422, {})):
            self.ask(olga, post, API + "/agents", expected, sent)
        self.ask(olga, get, API + "/agents", 200)
        for party in ({"customer": customer}, {"agent": "kiosk"}):
            paid = dict(party, id=new(), amount="10")
            for expected, sent in ((201, paid), (200, paid), (409, dict(paid, amount="11")), (422, {})):
                self.ask(olga, post, API + "/payments", expected, sent)
        kim = {"user": "kim", "password": "a-long-password", "role": "agent", "agent": "kiosk"}
        self.ask(olga, post, API + "/users", 201, kim)
        kim = rig.Client(olga.port).log_in("kim", "a-long-password")
        own = {"id": new(), "meter": flat, "amount": "10"}
        self.assertEqual(self.ask(kim, post, API + "/purchases", 201, own)["tender"], "float")
        self.ask(kim, post, API + "/purchases", 402, dict(own, id=new()))
        self.assertEqual([p["id"] for p in self.ask(kim, get, API + "/purchases", 200)["purchases"]], [own["id"]])
        self.ask(kim, get, API + "/purchases/{id}", 404, id=sold)
        self.assertEqual(kim.ask("GET", API + "/meters")[0], 403)
        shift = {"id": new(), "opening": "20"}
        for expected, sent in ((201, shift), (200, shift), (409, dict(shift, id=new())), (422, {})):
            self.ask(olga, post, API + "/shifts", expected, sent)
        closing = API + "/shifts/{id}/closing"
        for expected, sent in ((200, {"counted": "19"}), (409, {"counted": "20"}), (422, {})):
            self.ask(olga, post, closing, expected, sent, id=shift["id"])
        self.ask(olga, post, closing, 404, {"counted": "1"}, id=new())
        (closed,) = self.ask(olga, get, API + "/shifts", 200)["shifts"]
        self.assertEqual(closed["difference"], "-1.00")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2, warnings="ignore")
