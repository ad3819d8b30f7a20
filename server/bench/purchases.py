#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many purchases a second the server sells over HTTP, each on disk before it is answered.

    purchases.py --build build/release [--postgresql] [--clients 64] [--purchases 20000] [--softhsm] [--storm]

Prints one line of JSON: purchases a second, the median and 99th percentile of the answer's time, and what processor time
a purchase costs in the server and in PostgreSQL, which says more than the rest where others use the machine too; with
--storm also how much longer the same number of purchases takes when each request is sent five times in disorder.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
import postgresql  # noqa: E402
import rig  # noqa: E402
import softhsm  # noqa: E402

METERS = 500
WAL_FILES = 24


def cpu_seconds(pid, children=False):
    """Processor time of a process; with `children` also of those that it has started, ended ones included."""
    ticks = os.sysconf("SC_CLK_TCK")
    pids = [pid]
    if children:
        pids += [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    total = 0
    for one in pids:
        try:
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
        if children and one == pid:
            total += int(fields[13]) + int(fields[14])
    return total / ticks


def statements(database, purchases):
    """What PostgreSQL's time went into, statement by statement, on stderr."""
    query = (
        "select calls, round((total_exec_time + total_plan_time)::numeric, 1), round(total_plan_time::numeric, 1), toplevel,"
        " regexp_replace(left(query, 110), '\\s+', ' ', 'g')"
        " from pg_stat_statements order by total_exec_time + total_plan_time desc limit 40"
    )
    table = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", database, "-c", query], check=True, capture_output=True, text=True)
    print("us a purchase\tof that planning\tcalls a purchase\ttop level\tstatement", file=sys.stderr)
    for line in table.stdout.splitlines():
        calls, total, planning, top, text = line.split("\t")
        print(f"{float(total) * 1000 / purchases:.1f}\t{float(planning) * 1000 / purchases:.1f}\t{int(calls) / purchases:.3f}\t{top}\t{text}", file=sys.stderr)


def age(database):
    """The log of a database that has run for a day: its files are used again. A new one stops every 16 MB to make one."""
    switch = ["select pg_logical_emit_message(false, 'age', 'x'), pg_switch_wal()" for _ in range(WAL_FILES)]
    subprocess.run(["psql", "-X", "-q", "-o", "/dev/null", database, *(word for one in [*switch, "checkpoint"] for word in ("-c", one))], check=True)


def measure(asked, database, postmaster=None):
    module = softhsm.SoftHsm(asked.build / "bin" / "latchkey") if asked.softhsm else None
    server = rig.Server(asked.build / "bin" / "latchkey-server", database=database, vault=module and module.vault)
    try:
        if module:
            module.configure(server.config)
        server.add_operator()
        server.start()
        olga = rig.Client(server.port).log_in()
        meters = server.directory / "meters"
        meters.write_text("".join(number + "\n" for number in rig.make_site(olga, METERS)))

        def load(purchases, repeats):
            command = [asked.build / "bench" / "purchase_load", server.port, olga.token, meters, asked.clients, purchases, repeats]
            return json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)

        load(asked.clients * 16, 1)  # statements are prepared, pages are warm
        if postmaster:
            age(database)
        if asked.statements:
            subprocess.run(["psql", "-X", "-q", database, "-c", "create extension pg_stat_statements"], check=True)
        def measured(repeats):
            used = cpu_seconds(server.process.pid), cpu_seconds(postmaster, True) if postmaster else 0
            result = load(asked.purchases, repeats)
            result["server_cpu_ms"] = round((cpu_seconds(server.process.pid) - used[0]) * 1000 / asked.purchases, 3)
            if postmaster:
                result["postgresql_cpu_ms"] = round((cpu_seconds(postmaster, True) - used[1]) * 1000 / asked.purchases, 3)
            return result

        result = measured(1)
        if asked.storm:
            storm = measured(5)
            result["storm_times"] = round(storm["seconds"] / result["seconds"], 2)
            result["storm_cpu_ms"] = {key: value for key, value in storm.items() if key.endswith("_cpu_ms")}
            result["storm_second_tokens"] = storm["purchases"] - result["purchases"]
        if asked.statements:
            statements(database, asked.purchases)
        olga.connection.close()  # idle for as long as the load ran: the server has ended it
        _, trial = olga.ask("GET", "/api/v1/ledger/balances")
        assert trial["balanced"], trial
        assert server.stop() == 0
        assert server.run("check").returncode == 0
        return result
    finally:
        server.remove()
        if module:
            module.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, synchronous_commit on; else SQLite")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--purchases", type=int, default=20000)
    parser.add_argument("--softhsm", action="store_true", help="keys in SoftHSM 2; else in a sealed file")
    parser.add_argument("--storm", action="store_true")
    parser.add_argument("--statements", action="store_true", help="on stderr: what PostgreSQL's time goes into; costs some itself")
    asked = parser.parse_args()
    settings = [f"min_wal_size={WAL_FILES * 16}MB"]
    if asked.statements:
        settings += ["shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all", "pg_stat_statements.track_planning=on"]
    database = postgresql.Postgresql(settings) if asked.postgresql else None
    try:
        print(json.dumps({"clients": asked.clients, **measure(asked, database and database.url, database and database.process.pid)}))
    finally:
        if database:
            database.remove()


if __name__ == "__main__":
    main()
