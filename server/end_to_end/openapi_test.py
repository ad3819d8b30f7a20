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
NOT_HERE = {("/healthz", "get", "200"), (API + "/live", "get", "101")}


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
        errors = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer))
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
        for expected, sent in ((201, user), (409, user), (422, {})):
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
        for method, path, known in (
            (get, "/orders/{id}", order["id"]),
            (get, "/purchases/{id}", sale["id"]),
            (post, "/purchases/{id}/reissue", sale["id"]),
        ):
            self.ask(olga, method, API + path, 200, id=known)
            self.ask(olga, method, API + path, 404, id=new())
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


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2, warnings="ignore")
