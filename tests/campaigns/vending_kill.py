#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several servers on one database sell, and are killed at random.

    vending_kill.py --server build/release/bin/latchkey-server [--minutes 10] [--purchases 10000] [--servers 3] [--seed N] [--sqlite]

Clients ask any server, and ask again under the same identity at any server when an answer does not come, sometimes twice at
once. Servers are killed (SIGKILL) and started again, each time with its clock somewhere else where libfaketime is
installed; now and then PostgreSQL itself falls as in a power cut (with --sqlite: all servers at once). In the end every identity is asked for once more, and
the books must balance: no TID twice in a meter, no purchase lost or doubled, receipts and entries without a gap.
"""

import argparse
import glob
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "server" / "end_to_end"))
import postgresql  # noqa: E402
import rig  # noqa: E402

CLIENTS = 16
METERS = 40


class SqliteFile:
    """One file that all servers have open."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lk-kill-"))
        self.url = str(self.directory / "latchkey.db")

    def figure(self, sql):
        with sqlite3.connect(self.url) as connection:
            return connection.execute(sql).fetchone()[0] or 0

    def fall(self, servers):
        for server in servers:
            server.process.kill()

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class PostgresqlServer(postgresql.Postgresql):
    def figure(self, sql):
        command = ["psql", "-At", "-h", str(self.directory), "-U", "latchkey", "latchkey", "-c", sql]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() or 0)

    def fall(self, _):
        self.stop(signal.SIGQUIT)
        self.start()


class Campaign:
    def __init__(self, asked):
        self.asked = asked
        self.random = random.Random(asked.seed)
        self.database = SqliteFile() if asked.sqlite else PostgresqlServer()  # each server has the same vault, and an audit of its own
        self.servers = []
        self.lock = threading.Lock()
        self.purchases = {}  # id -> what was asked
        self.answers = {}  # id -> set of (token, receipt)
        self.counts = {"kills": 0, "database_falls": 0, "lost_answers": 0, "doubled": 0}
        self.ending = threading.Event()
        self.fault = None
        self.faketime = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)

    def start_servers(self):
        vault = None
        for _ in range(self.asked.servers):
            server = rig.Server(self.asked.server, database=self.database.url, vault=vault)
            vault = server.vault
            self.servers.append(server)
        self.servers[0].add_operator()
        for server in self.servers:
            self.start(server, 0)

    def start(self, server, hours):
        """Starts one with its clock that many hours away."""
        before = dict(os.environ)
        if self.faketime and hours:
            os.environ.update(
                LD_PRELOAD=self.faketime,
                FAKETIME=f"{hours * 3600:+d}",
                DONT_FAKE_MONOTONIC="1",
                ASAN_OPTIONS="verify_asan_link_order=0",
            )
        try:
            server.start()
        finally:
            os.environ.clear()
            os.environ.update(before)

    def ask(self, random_of, purchase):
        """One attempt at some server; True where a final answer came."""
        server = random_of.choice(self.servers)
        try:
            status, body = rig.Client(server.port, self.token).ask("POST", "/api/v1/purchases", purchase)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            with self.lock:
                self.counts["lost_answers"] += 1
            return False
        if status == 503:
            return False
        assert status in (200, 201), (status, body)
        with self.lock:
            self.answers.setdefault(purchase["id"], set()).add((body["token"], body["receipt"], body["meter"]))
        return True

    def client(self, number):
        random_of = random.Random(f"{self.asked.seed}/{number}")
        pause = self.asked.seconds * CLIENTS / self.asked.purchases
        for _ in range(self.asked.purchases // CLIENTS):
            cents = random_of.randrange(100, 10000)
            purchase = {"id": rig.new_id(), "meter": random_of.choice(self.meters), "amount": f"{cents // 100}.{cents % 100:02}"}
            purchase["deliver"] = random_of.random() < 0.5
            with self.lock:
                self.purchases[purchase["id"]] = purchase
            begin = time.monotonic()
            if random_of.random() < 0.1:
                twin = threading.Thread(target=self.ask, args=(random.Random(random_of.random()), purchase))
                twin.start()
                with self.lock:
                    self.counts["doubled"] += 1
            while not self.ask(random_of, purchase):
                time.sleep(random_of.uniform(0, 0.2))
                if random_of.random() < 0.1:
                    break  # the client gives up: it will ask in the end
            time.sleep(max(0, begin + pause * random_of.uniform(0.5, 1.3) - time.monotonic()))

    def killer(self):
        try:
            self.kill_at_random()
        except Exception as fault:  # noqa: BLE001 - told as a fault of the run
            self.fault = repr(fault)

    def kill_at_random(self):
        falls = 0
        begin = time.monotonic()
        while not self.ending.wait(self.random.uniform(0.5, 4)):
            elapsed = time.monotonic() - begin
            if elapsed > (falls + 1) * self.asked.seconds / 4:
                falls += 1
                self.database.fall(self.servers)
                self.counts["database_falls"] += 1
                if self.asked.sqlite:
                    for server in self.servers:
                        server.process.wait()
                        self.start(server, 0)
                continue
            server = self.random.choice(self.servers)
            server.kill()
            self.counts["kills"] += 1
            self.start(server, self.random.choice((0, 0, -5, -1, 1, 5)))

    def run(self):
        self.start_servers()
        first = rig.Client(self.servers[0].port).log_in()
        self.token = first.token
        self.meters = rig.make_site(first, METERS)
        killer = threading.Thread(target=self.killer)
        clients = [threading.Thread(target=self.client, args=(number,)) for number in range(CLIENTS)]
        begin = time.monotonic()
        for thread in [killer, *clients]:
            thread.start()
        for thread in clients:
            thread.join()
        self.ending.set()
        killer.join()
        self.counts["seconds"] = round(time.monotonic() - begin)
        for purchase in self.purchases.values():
            while not self.ask(self.random, purchase):
                time.sleep(0.05)
        return self.verify()

    def figure(self, sql):
        return self.database.figure(sql)

    def verify(self):
        wrong = [self.fault] if self.fault else []

        def must(what, holds):
            if not holds:
                wrong.append(what)

        sold = self.figure("select count(*) from purchase")
        must("one purchase for each identity", sold == len(self.purchases))
        must("one answer for each identity", all(len(answers) == 1 for answers in self.answers.values()))
        must("every identity was answered", len(self.answers) == len(self.purchases))
        for what, sql in (
            ("a TID once in a meter", "select count(*) from (select 1 from purchase group by meter, base_date, tid having count(*) > 1) x"),
            ("a token once", "select count(*) from (select 1 from purchase group by token having count(*) > 1) x"),
            ("TIDs rise with the receipts", "select count(*) from (select tid - lag(tid) over (partition by meter order by receipt) as step from purchase) x where step <= 0"),
            ("receipts without a gap", "select coalesce(max(receipt), 0) - count(*) from purchase"),
            ("entries without a gap", "select coalesce(max(number), 0) - count(*) from ledger_entry"),
            ("entries balance", "select count(*) from (select 1 from ledger_line group by entry having sum(amount) <> 0) x"),
            ("each purchase stands in the ledger", "select count(*) from purchase p where not exists (select 1 from ledger_line l where l.entry = p.entry and l.account = 'tokens_issued' and l.amount = -p.credited)"),
            ("no entry without its purchase", "select count(*) from ledger_entry e where e.purchase is not null and not exists (select 1 from purchase p where p.entry = e.number)"),
            ("one delivery for each that was wanted", "select count(*) from purchase p where p.deliver <> (select count(*) from command c where c.purchase = p.id)"),
        ):
            must(what, self.figure(sql) == 0)
        paid = sum(round(float(purchase["amount"]) * 100) for purchase in self.purchases.values())
        cash = self.figure("select sum(amount) from ledger_line where account = 'cash'")
        must(f"cash {cash} is what was paid, {paid}", cash == paid * 1000)
        check = self.servers[0].run("check")
        must("latchkey-server check: " + check.stdout, check.returncode == 0)
        print(json.dumps({"seed": self.asked.seed, "purchases": sold, **self.counts, "clocks_jump": bool(self.faketime), "wrong": wrong}))
        return 1 if wrong else 0

    def end(self):
        for server in self.servers:
            server.remove()
        self.database.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, help="in place of --minutes")
    parser.add_argument("--purchases", type=int, default=10000)
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--sqlite", action="store_true", help="one file in place of a PostgreSQL")
    asked = parser.parse_args()
    asked.seconds = asked.seconds or asked.minutes * 60
    print(f"seed {asked.seed}", flush=True)
    try:
        campaign = Campaign(asked)
    except FileNotFoundError as missing:
        print(f"skipped: {missing}")
        return 77
    try:
        return campaign.run()
    finally:
        campaign.ending.set()
        campaign.end()


if __name__ == "__main__":
    sys.exit(main())
