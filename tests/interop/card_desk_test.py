# SPDX-License-Identifier: Apache-2.0
"""A card from the desk to the meter and back: `latchkey card`, `latchkey sell card`, the server, the virtual meter's slot, and
pcscd with opensc-tool and vsmartcard's virtual reader. Where these are absent the desk uses the card's file, and says so."""

import ctypes
import fcntl
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

from virtual_building import Building, Meter, free_port, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "server" / "end_to_end"))
import rig  # noqa: E402

DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"


def why_no_pcsc():
    """Why no PC/SC service of our own can be had here, or nothing."""
    for program, package in (("pcscd", "pcscd"), ("opensc-tool", "opensc")):
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") is None:
            return f"{program} is not installed (Debian package {package})"
    if not os.path.exists(DRIVER):
        return "the virtual reader is not installed (Debian package vsmartcard-vpcd)"
    if os.geteuid() != 0:
        return "pcscd keeps its state in /run and needs root, as does a network of its own"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        return "no network of its own can be made here"
    return None


LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x4000_0000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def leave_the_network():
    """This process gets a network of its own with nothing but loopback: vsmartcard's reader listens on every address."""
    if LIBC.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "a network of its own")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def join_the_network(of_process):
    with open(f"/proc/{of_process}/ns/net") as network:
        if LIBC.setns(network.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "the reader's network")


class Pcsc:
    """A pcscd of our own: a socket, a reader, a network and a process of this test, and nobody else's. It is handed its socket as
    systemd would; the card connects to the reader's port, for which it must join that network."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="lk-pcsc-")
        self.card_port = free_port()
        path = f"{self.folder}/pcscd.comm"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(5)
        with open(f"{self.folder}/reader.conf", "w") as config:
            config.write(f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{self.card_port:04X}\nLIBPATH {DRIVER}\nCHANNELID 0x{self.card_port:04X}\n')

        def hand_over():
            os.dup2(listener.fileno(), 3)
            os.set_inheritable(3, True)
            leave_the_network()

        program = shutil.which("pcscd", path=os.environ["PATH"] + ":/usr/sbin")
        start = f"LISTEN_PID=$$ LISTEN_FDS=1 exec {program} --foreground --config {self.folder}/reader.conf"
        with open(f"{self.folder}/log", "w") as log:
            self.process = subprocess.Popen(["sh", "-c", start], preexec_fn=hand_over, close_fds=False, stdout=log, stderr=log)
        listener.close()
        self.environment = dict(os.environ, PCSCLITE_CSOCK_NAME=path)

    def has_reader(self):
        listening = "0A"
        with open(f"/proc/{self.process.pid}/net/tcp") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        return any(row[1].endswith(f":{self.card_port:04X}") and row[3] == listening for row in rows)

    def remove(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Cards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own, cls.neighbour = Meter(1, 1, "resistor:500"), Meter(2, 2, "resistor:500")
        bin_folder = os.environ.get("LK_BIN", "build/dev/bin")
        cls.server = rig.Server(os.path.join(bin_folder, "latchkey-server"))
        cls.addClassCleanup(cls.server.remove)
        cls.latchkey = os.path.join(bin_folder, "latchkey")
        told = subprocess.run([cls.latchkey, "provision", "--meters", "2", "--first", "1", "--vault", cls.server.vault],
                              check=True, capture_output=True, text=True, timeout=120).stdout
        for meter, line in zip((cls.own, cls.neighbour), told.splitlines()):
            keys = json.loads(line)
            assert keys["number"] == meter.number
            meter.decoder_key, meter.order_key = keys["decoder_key"], keys["order_key"]
        cls.building = Building({"a": ([cls.own, cls.neighbour], "tcp")}, speed=5)
        cls.addClassCleanup(cls.building.remove)
        cls.building.start()
        cls.server.add_operator()
        cls.server.start()
        cls.olga = rig.Client(cls.server.port).log_in()
        assert rig.make_site(cls.olga, 2) == [cls.own.number, cls.neighbour.number]
        cls.folder = tempfile.mkdtemp(prefix="lk-cards-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.environment = dict(os.environ, XDG_STATE_HOME=cls.folder)
        cls.desk_runs("sell", "log-in", "--server", f"http://127.0.0.1:{cls.server.port}", "--user", "olga", "--password-file",
                      str(cls.server.directory / "password"))

    @classmethod
    def desk_runs(cls, *arguments, status=0, environment=None):
        done = subprocess.run([cls.latchkey, *arguments], capture_output=True, text=True, timeout=120,
                              env=environment or cls.environment)
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def make(self, name):
        path = f"{self.folder}/{name}.card"
        self.desk_runs("card", "make", path)
        return path

    def slot(self, meter, command=""):
        return self.building.control(f"card {meter.number} {command}".strip())

    def insert(self, meter, what):
        """Puts a card in, waits until the meter is done with it, and takes it out; what the meter made of it."""
        self.assertEqual(self.slot(meter, what), "ok")
        state = {}

        def is_told():
            state.update(json.loads(self.slot(meter)))
            return not state["busy"] and state["outcome"] is not None

        wait_until(is_told, 60, f"the meter takes {what}")
        self.assertEqual(self.slot(meter, "pull"), "ok")
        wait_until(lambda: not json.loads(self.slot(meter))["inserted"], 10, "the card is out")
        return state["outcome"]

    def credited(self, meter):
        return self.building.status(meter)["credited"]

    def purchases(self, meter):
        status, body = self.olga.ask("GET", f"/api/v1/purchases?meter={meter.number}")
        self.assertEqual(status, 200)
        return {purchase["id"]: purchase for purchase in body["purchases"]}

    def balanced(self):
        status, body = self.olga.ask("GET", "/api/v1/ledger/balances")
        self.assertEqual((status, body["balanced"]), (200, True))
        return {account["name"]: account["balance"] for account in body["accounts"]}

    def test_a_card_opened_at_the_desk_supplies_its_meter_and_not_the_neighbour(self):
        path = self.make("olga")
        self.assertIn("kind       blank", self.desk_runs("card", "show", path))
        self.assertEqual(self.insert(self.own, f"insert {path}"), "blank")
        place = ["--card-file", path]
        before = self.credited(self.own)
        self.desk_runs("sell", "card", "open", "--meter", self.own.number, "--amount", "20", *place)
        self.assertIn("has not been in its meter", self.desk_runs("sell", "card", "read", *place))
        self.assertEqual(self.insert(self.neighbour, f"insert {path}"), "other_meter")
        self.assertEqual(self.insert(self.own, f"insert {path}"), "done")
        (sale,) = self.purchases(self.own).values()
        self.assertEqual(sale["state"], "issued")
        self.assertEqual(self.credited(self.own) - before, round(float(sale["credited"]) * 100_000))
        read = self.desk_runs("sell", "card", "read", *place)
        self.assertIn("done accepted", read)
        (sale,) = self.purchases(self.own).values()
        self.assertEqual(sale["state"], "accepted")
        self.assertEqual(float(self.balanced()["tokens_issued"]), 0)
        self.desk_runs("sell", "card", "read", *place)  # a repeat books nothing
        # What the customers hold is what was sold and the two presets, less what opening took back and what was used.
        books = {name: float(self.balanced().get(name, 0)) for name in ("customer_credit", "preset", "revenue")}
        self.assertAlmostEqual(sum(books.values()), -float(sale["credited"]), places=4)

        # Two sales before the meter sees the card again, and one that goes over another way.
        self.desk_runs("sell", "purchase", "--card", "--amount", "5", *place)
        receipt = json.loads(self.desk_runs("sell", "purchase", "--card", "--amount", "3", "--json", *place))
        before = self.credited(self.own)
        self.assertEqual(self.building.control(f"keypad {self.own.number} {receipt['tokens'][-1].replace(' ', '')}"),
                         "accepted")
        self.assertEqual(self.insert(self.own, f"insert {path}"), "done")
        sales = self.purchases(self.own)
        total = sum(round(float(sale["credited"]) * 100_000) for sale in sales.values() if sale["state"] != "accepted")
        self.assertEqual(self.credited(self.own) - before, total)
        self.desk_runs("sell", "card", "read", *place)
        self.assertEqual({sale["state"] for sale in self.purchases(self.own).values()}, {"accepted"})
        self.assertEqual(float(self.balanced()["tokens_issued"]), 0)

        # The card is lost with a purchase on it: the next one brings that very token, and the lost one nothing more.
        self.desk_runs("sell", "purchase", "--card", "--amount", "7", *place)
        second = self.make("second")
        self.assertIn("has a card of its own",
                      self.desk_runs("sell", "card", "open", "--meter", self.own.number, "--card-file", second, status=1))
        self.desk_runs("sell", "card", "open", "--meter", self.own.number, "--replaces", "--card-file", second)
        self.assertEqual(self.insert(self.own, f"insert {second}"), "done")
        self.assertEqual(self.insert(self.own, f"insert {path}"), "other_card")
        self.desk_runs("sell", "card", "read", "--card-file", second)
        self.assertEqual({sale["state"] for sale in self.purchases(self.own).values()}, {"accepted"})

        # The meter gives back what it holds, and proves it.
        held = self.building.status(self.own)["balance"]
        self.desk_runs("sell", "card", "refund", "--card-file", second)
        self.assertEqual(self.insert(self.own, f"insert {second}"), "done")
        self.assertLessEqual(self.building.status(self.own)["balance"], 0)
        read = self.desk_runs("sell", "card", "read", "--card-file", second)
        amount = float(re.search(r"refund (\S+),", read)[1])
        self.assertLessEqual(round(amount * 100_000), held)
        self.assertGreater(amount, 0)
        self.balanced()

    def test_engineers_and_readers_cards(self):
        service = self.make("service")
        self.desk_runs("sell", "card", "open", "--kind", "service", "--meter", self.neighbour.number, "--card-file", service)
        self.desk_runs("sell", "card", "load", "--purpose", "parameter", "--parameters", f"{0x6040}=12345600000", "--card-file",
                       service)
        self.assertEqual(self.insert(self.neighbour, f"insert {service}"), "done")
        self.assertEqual(self.building.read("a", self.neighbour, "credit_ceiling")["credit_ceiling"], 12345600000)
        self.assertIn("order", self.desk_runs("sell", "card", "read", "--card-file", service))
        query = self.make("query")
        self.desk_runs("sell", "card", "open", "--kind", "query", "--card-file", query)
        for meter in (self.own, self.neighbour):
            self.assertEqual(self.insert(meter, f"insert {query}"), "done")
        self.assertIn("balance", self.desk_runs("sell", "card", "read", "--card-file", query))
        self.assertIn("has not been", self.desk_runs("sell", "card", "read", "--card-file", query), "it was emptied")

    def test_what_is_no_card_is_told_and_the_meter_goes_on(self):
        before = self.building.status(self.neighbour)["import_energy"]
        for what, outcome in (("metal", "metal"), ("reversed", "mute")):
            self.assertEqual(self.insert(self.neighbour, what), outcome)
            self.assertIn("Err-3", self.building.control(f"panel {self.neighbour.number}"))
        wait_until(lambda: self.building.status(self.neighbour)["import_energy"] > before, 30, "it meters on")
        self.assertIn("error: ", self.slot(self.neighbour, "insert /nothing"))
        self.assertIn("error: ", self.slot(self.neighbour, "pull"))

    @unittest.skipIf(why_no_pcsc(), str(why_no_pcsc()))
    def test_the_same_card_in_a_real_card_service(self):
        path = self.make("pcsc")
        pcsc = Pcsc()
        self.addCleanup(pcsc.remove)
        environment = dict(pcsc.environment, XDG_STATE_HOME=self.folder)
        wait_until(pcsc.has_reader, 60, "the reader is there")
        served = subprocess.Popen([self.latchkey, "card", "serve", path, "--reader", f"127.0.0.1:{pcsc.card_port}"],
                                  preexec_fn=lambda: join_the_network(pcsc.process.pid))

        def end():
            served.terminate()
            served.wait(timeout=30)

        self.addCleanup(end)
        seen = {}

        def is_seen():
            seen["tool"] = subprocess.run(["opensc-tool", "--atr"], capture_output=True, text=True, timeout=60, env=environment)
            return "3b:69:00:00:4c" in seen["tool"].stdout

        wait_until(is_seen, 60, "opensc-tool reads the answer to reset")
        serial = self.desk_runs("card", "show", path, status=2)  # it is in the reader
        self.assertIn("another process", serial)
        raw = subprocess.run(["opensc-tool", "-s", "00:A4:04:00:09:F0:4C:41:54:43:48:4B:45:59", "-s", "00:B0:81:00:10"],
                             capture_output=True, text=True, timeout=60, env=environment).stdout
        self.assertIn("SW1=0x90, SW2=0x00", raw)
        self.assertIn("Virtual PCD", self.desk_runs("sell", "card", "readers", environment=environment))
        number = self.neighbour.number
        self.desk_runs("sell", "card", "open", "--meter", number, "--amount", "9", environment=environment)
        self.desk_runs("sell", "purchase", "--card", "--amount", "4", environment=environment)
        self.desk_runs("sell", "card", "read", environment=environment)
        served.terminate()
        served.wait(timeout=30)
        shown = self.desk_runs("card", "show", path)
        self.assertIn(f"meter      {number}", shown)
        self.assertIn("open_account, 3 items", shown)
        # The service takes a moment to see that the card is gone; until then it is told as pulled.
        wait_until(lambda: "no card was put in" in self.desk_runs("sell", "card", "read", "--wait", "1", status=1,
                                                                  environment=environment), 30, "the card is gone")
        # The very same card, into its meter and back to the desk.
        before = self.credited(self.neighbour)
        self.assertEqual(self.insert(self.neighbour, f"insert {path}"), "done")
        self.assertGreater(self.credited(self.neighbour), before)
        self.assertEqual(self.insert(self.own, f"insert {path}"), "other_meter")
        self.assertIn("done accepted", self.desk_runs("sell", "card", "read", "--card-file", path))
        self.assertEqual({sale["state"] for sale in self.purchases(self.neighbour).values()}, {"accepted"})


if __name__ == "__main__":
    unittest.main()
