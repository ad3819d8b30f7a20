# SPDX-License-Identifier: Apache-2.0
"""Every command of docs/guides/cards.md, as it stands there, against a server and a virtual meter with a card slot. In place of a
reader the cards are files, and the guide's meter, purchase and token are those of this test."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import uuid

from virtual_building import Building, Meter, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "server" / "end_to_end"))
import rig  # noqa: E402

GUIDE = (ROOT / "docs" / "guides" / "cards.md").read_text(encoding="utf-8")
NEEDS_A_READER = {"latchkey sell card readers", "latchkey card serve olga.card --reader 127.0.0.1:35963"}  # card_desk_test.py


def commands():
    """All that the guide tells to type."""
    return set(re.findall(r"`(latchkey [^`]*)`", GUIDE)) | set(re.findall(r"^    (latchkey .*)$", GUIDE, re.MULTILINE))


class CardsGuide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.meter = Meter(1, 1, "resistor:500")
        cls.bin = os.path.abspath(os.environ.get("LK_BIN", "build/dev/bin"))
        cls.server = rig.Server(os.path.join(cls.bin, "latchkey-server"))
        cls.addClassCleanup(cls.server.remove)
        told = subprocess.run([f"{cls.bin}/latchkey", "provision", "--meters", "1", "--first", "1", "--vault", cls.server.vault],
                              check=True, capture_output=True, text=True, timeout=120).stdout
        keys = json.loads(told)
        cls.meter.decoder_key, cls.meter.order_key = keys["decoder_key"], keys["order_key"]
        cls.building = Building({"a": ([cls.meter], "tcp")}, speed=5)
        cls.addClassCleanup(cls.building.remove)
        cls.building.start()
        cls.server.add_operator()
        cls.server.start()
        cls.olga = rig.Client(cls.server.port).log_in()
        assert rig.make_site(cls.olga, 1) == [cls.meter.number]
        cls.folder = tempfile.mkdtemp(prefix="lk-cards-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.left = commands()

    def runs(self, command, card=None, replace=(), more=(), status=0):
        """A command of the guide, the card in the place of a reader; what it printed."""
        if command not in more:
            self.assertIn(command, commands(), "the guide has it so")
            type(self).left.discard(command)
        for old, new in (("07000000013", self.meter.number), *replace):
            command = command.replace(old, new)
        words = shlex.split(command)
        words[0] = f"{self.bin}/latchkey"
        if card is not None:
            words += ["--card-file", f"{self.folder}/{card}.card"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, cwd=self.folder,
                              env=dict(os.environ, XDG_STATE_HOME=self.folder))
        self.assertEqual(done.returncode, status, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def slot(self, command=""):
        return self.building.control(f"card {self.meter.number} {command}".strip())

    def into_the_meter(self, card):
        self.assertEqual(self.slot(f"insert {self.folder}/{card}.card"), "ok")
        state = {}

        def is_told():
            state.update(json.loads(self.slot()))
            return not state["busy"] and state["outcome"] is not None

        wait_until(is_told, 60, "the meter takes the card")
        self.assertEqual(self.slot("pull"), "ok")
        wait_until(lambda: not json.loads(self.slot())["inserted"], 10, "the card is out")
        return state["outcome"]

    def status(self, key):
        return self.building.status(self.meter)[key]

    def blank(self, name):
        self.runs("latchkey card make FILE", replace=[("FILE", f"{name}.card")])

    def test_each_command_does_what_the_guide_says(self):
        self.runs("latchkey sell log-in", replace=[("log-in", f"log-in --server http://127.0.0.1:{self.server.port} --user olga"
                                                             f" --password-file {self.server.directory}/password")])
        self.blank("olga")
        self.assertIn("blank", self.runs("latchkey card show FILE", replace=[("FILE", "olga.card")]))
        self.runs("latchkey sell card open --meter 07000000013 --amount 20", "olga")
        self.assertEqual(self.into_the_meter("olga"), "done")
        self.runs("latchkey sell purchase --card --amount 15", "olga")
        before = self.status("credited")
        self.assertEqual(self.into_the_meter("olga"), "done")
        self.assertGreater(self.status("credited"), before)
        self.assertIn("accepted", self.runs("latchkey sell card read", "olga"))

        # A sale without the card, for a meter that no gateway reaches: put on the card afterwards.
        identity = str(uuid.uuid4())
        sale = f"latchkey sell purchase --meter 07000000013 --amount 6 --id {identity}"
        self.runs(sale, more=[sale])
        self.runs("latchkey sell card load --purchase ID", "olga", replace=[("ID", identity)])
        before = self.status("credited")
        self.assertEqual(self.into_the_meter("olga"), "done")
        self.assertGreater(self.status("credited"), before)
        self.assertIn(identity, self.runs("latchkey sell card read", "olga"))
        status, sold = self.olga.ask("GET", f"/api/v1/purchases/{identity}")
        self.assertEqual((status, sold["state"]), (200, "accepted"))

        # An engineer's card: a parameter, then a management token that clears the credit.
        self.blank("service")
        self.runs("latchkey sell card open --kind service --meter 07000000013", "service")
        self.runs('latchkey sell card load --purpose parameter --parameters "24640=50000000"', "service")
        self.assertEqual(self.into_the_meter("service"), "done")
        self.assertEqual(self.building.read("a", self.meter, "credit_ceiling")["credit_ceiling"], 50000000)
        self.runs("latchkey sell card read", "service")
        made = self.runs("latchkey sell token --meter 07000000013 --kind clear-credit --value 65535")
        token = "".join(re.search(r"(?:\b\d{4}\b\s*){5}", made)[0].split())
        self.runs('latchkey sell card load --purpose clear --tokens "…20 digits…"', "service", replace=[("…20 digits…", token)])
        self.assertGreater(self.status("balance"), 0)
        self.assertEqual(self.into_the_meter("service"), "done")
        self.assertLessEqual(self.status("balance"), 0)
        self.assertIn("accepted", self.runs("latchkey sell card read", "service"))

        # The card is lost with a purchase on it; the next one brings it.
        self.runs("latchkey sell purchase --card --amount 15", "olga")
        self.blank("second")
        self.runs("latchkey sell card open --meter 07000000013 --replaces", "second")
        self.assertEqual(self.into_the_meter("second"), "done")
        self.assertEqual(self.into_the_meter("olga"), "other_card")
        self.assertGreater(self.status("balance"), 0)

        self.runs("latchkey sell card refund", "second")
        self.assertEqual(self.into_the_meter("second"), "done")
        self.assertIn("paid out", self.runs("latchkey sell card read --pay-out", "second"))

        self.blank("query")
        self.runs("latchkey sell card open --kind query", "query")
        self.assertEqual(self.into_the_meter("query"), "done")
        self.assertIn("balance", self.runs("latchkey sell card read", "query"))
        self.assertEqual(type(self).left - NEEDS_A_READER, set(), "commands of the guide that were not tried")


if __name__ == "__main__":
    unittest.main(verbosity=2)
