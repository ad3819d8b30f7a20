# SPDX-License-Identifier: Apache-2.0
"""A small client of the platform's HTTP interface (server/openapi.yaml)."""
import http.client
import json
import time
import uuid


class Refused(Exception):
    """The server answered with a problem; `problem` is its RFC 9457 object."""

    def __init__(self, status, problem):
        super().__init__(f"{status}: {problem.get('detail') or problem}")
        self.status, self.problem = status, problem


class Api:
    """One caller's session. Not thread-safe; make one for each thread."""

    def __init__(self, port, token=None):
        self.port, self.token = port, token

    def log_in(self, user, password):
        self.token = self.call("POST", "/session", {"user": user, "password": password})["token"]

    def call(self, method, path, body=None):
        """The answer's JSON; raises Refused for 4xx and 5xx, OSError where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        answer = json.loads(text) if text else {}
        if response.status >= 400:
            raise Refused(response.status, answer)
        return answer

    def get(self, path):
        return self.call("GET", path)

    def meter(self, number):
        return self.get(f"/meters/{number}")

    def buy(self, number, amount, identity=None):
        """Sells `amount` (decimal text) to a meter; a repeat with the same identity is the same sale."""
        return self.call("POST", "/purchases", {"id": identity or new_id(), "meter": number, "amount": amount})

    def order(self, number, verb, **arguments):
        return self.call("POST", f"/meters/{number}/orders", {"id": new_id(), "verb": verb, **arguments})


def new_id():
    return str(uuid.uuid4())


def wait_for(what, seconds, look, pause=0.05):
    """Calls `look` until it returns something true, which is returned; an AssertionError names what did not come."""
    deadline, last = time.monotonic() + seconds, None
    while True:
        try:
            found = look()
            if found:
                return found
        except (OSError, Refused, http.client.HTTPException) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for: {what}" + (f" (last: {last})" if last else ""))
        time.sleep(pause)


def money(text):
    """A decimal text in hundred-thousandths of the currency unit, exactly."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (int(whole) * 100_000 + int((part + "00000")[:5]))
