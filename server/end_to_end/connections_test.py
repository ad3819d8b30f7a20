# SPDX-License-Identifier: Apache-2.0
"""How the server ends, and whom it lets watch: SIGTERM under load, WebSockets and their sessions, a proxy in front.
Usage: connections_test.py PROGRAM"""

import base64
import http.client
import os
import socket
import struct
import sys
import threading
import time
import unittest

import rig

PROGRAM = sys.argv.pop(1)


def open_live(port, token):
    """The status line, and the stream after the head."""
    peer = socket.create_connection(("127.0.0.1", port), timeout=60)
    key = base64.b64encode(os.urandom(16)).decode()
    peer.sendall(
        (
            "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n"
        ).encode()
    )
    stream = peer.makefile("rb")
    status = stream.readline()
    while stream.readline() not in (b"\r\n", b""):
        pass
    return status, stream, peer


def read_until_closed(stream):
    """Reads messages to the end of the stream."""
    while head := stream.read(2):
        (size,) = struct.unpack("xB", head)
        if size == 126:
            (size,) = struct.unpack(">H", stream.read(2))
        stream.read(size)


class Served(unittest.TestCase):
    def setUp(self):
        self.server = rig.Server(PROGRAM)
        self.addCleanup(self.server.remove)
        self.server.add_operator()


class Stopped(Served):
    def test_sigterm_under_load_answers_what_was_taken_and_takes_nothing_else(self):
        self.server.start()
        olga = rig.Client(self.server.port).log_in()
        meters = rig.make_site(olga, 4)
        lock = threading.Lock()
        asked, answered = set(), set()

        def buy(meter):
            client = rig.Client(self.server.port, olga.token)
            try:
                while True:
                    purchase = {"id": rig.new_id(), "meter": meter, "amount": "1.00"}
                    with lock:
                        asked.add(purchase["id"])
                    status, _ = client.ask("POST", "/api/v1/purchases", purchase)
                    if status == 201:
                        with lock:
                            answered.add(purchase["id"])
            except (http.client.HTTPException, OSError):
                pass

        watching = open_live(self.server.port, olga.token)
        self.addCleanup(watching[2].close)
        threads = [threading.Thread(target=buy, args=(meter,)) for meter in meters * 4]
        for thread in threads:
            thread.start()
        while len(answered) < 50:
            time.sleep(0.01)
        code = self.server.stop()
        for thread in threads:
            thread.join()
        self.assertEqual(code, 0, self.server.log())
        read_until_closed(watching[1])
        self.server.start()
        olga = rig.Client(self.server.port, olga.token)
        stored = {identity for identity in asked if olga.ask("GET", "/api/v1/purchases/" + identity)[0] == 200}
        self.assertEqual(stored, answered)

    def test_sigterm_ends_a_server_with_idle_connections(self):
        self.server.start()
        idle = [socket.create_connection(("127.0.0.1", self.server.port), timeout=60) for _ in range(5)]
        kept = rig.Client(self.server.port).log_in()
        self.assertEqual(self.server.stop(), 0, self.server.log())
        for peer in idle:
            self.assertEqual(peer.recv(1), b"")
            peer.close()
        del kept


class Watching(Served):
    def test_a_live_socket_ends_with_its_session(self):
        self.server.start()
        olga = rig.Client(self.server.port).log_in()
        status, stream, peer = open_live(self.server.port, olga.token)
        self.addCleanup(peer.close)
        self.assertIn(b"101", status)
        self.assertEqual(olga.ask("DELETE", "/api/v1/session")[0], 204)
        read_until_closed(stream)

    def test_a_user_may_watch_from_eight_pages(self):
        self.server.start()
        olga = rig.Client(self.server.port).log_in()
        pages = [open_live(self.server.port, olga.token) for _ in range(9)]
        for _, stream, peer in pages:
            self.addCleanup(peer.close)
            self.addCleanup(stream.close)
        self.assertEqual([b"101" in status for status, _, _ in pages], [True] * 8 + [False])
        self.assertIn(b"429", pages[8][0])


class BehindProxy(Served):
    def wrong_password(self, client, headers):
        return client.ask("POST", "/api/v1/session", {"user": "nobody", "password": "wrong"}, headers=headers)[0]

    def test_a_trusted_proxy_tells_who_asks(self):
        config = self.server.config
        config.write_text('trusted_proxies = ["127.0.0.1"]\n' + config.read_text())
        self.server.start()
        client = rig.Client(self.server.port)
        one, other = ({"X-Forwarded-For": "10.9.9.9, 192.0.2." + end, "X-Forwarded-Proto": "https"} for end in "12")
        for _ in range(10):
            self.assertEqual(self.wrong_password(client, one), 401)
        self.assertEqual(self.wrong_password(client, one), 429)
        self.assertEqual(self.wrong_password(client, other), 401)
        client.ask("POST", "/api/v1/session", {"user": "olga", "password": rig.PASSWORD}, headers=other)
        self.assertTrue(client.headers["Set-Cookie"].endswith("; Secure"))

    def test_anybody_else_is_not_believed(self):
        self.server.start()
        client = rig.Client(self.server.port)
        for end in range(10):
            self.assertEqual(self.wrong_password(client, {"X-Forwarded-For": f"192.0.2.{end}"}), 401)
        self.assertEqual(self.wrong_password(client, {"X-Forwarded-For": "192.0.2.77"}), 429)
        client.ask("POST", "/api/v1/session", {"user": "olga", "password": rig.PASSWORD})


if __name__ == "__main__":
    unittest.main()
