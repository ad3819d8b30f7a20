#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`latchkey tariff`: examples are checked, compiled and priced; totals equal a calculation by fractions of its own.

usage: tariff_command_test.py LATCHKEY REPOSITORY
"""

import csv
import datetime
import fractions
import hashlib
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

Fraction = fractions.Fraction
COUNT = 100_000  # of money in a currency unit


def run(program, *arguments):
    return subprocess.run([program, "tariff", *map(str, arguments)], capture_output=True, text=True, timeout=200)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def counts(text):
    assert len(text.split(".")[1]) == 5, text
    return int(text.replace(".", ""))


def price(program, tariff, readings, *more):
    done = run(program, "price", "--tariff", tariff, "--readings", readings, "--json", *more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_examples(program, examples, folder):
    for path in sorted(examples.glob("*.json")):
        checked = run(program, "check", path)
        assert checked.returncode == 0 and "error" not in checked.stdout, (path, checked.stdout, checked.stderr)
        assert json.loads(path.read_text())["name"] in checked.stdout
        out = folder / "set.bin"
        compiled = run(program, "compile", path, "-o", out)
        assert compiled.returncode == 0, compiled.stderr
        assert hashlib.sha256(out.read_bytes()).hexdigest() in compiled.stdout
        assert out.read_bytes()[:4] == b"LKT\x01"


def places(node, place=()):
    """Every place in a JSON document, from the root's members on."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*place, key)
        yield from places(value, (*place, key))


def check_schema(program, repository, examples, folder):
    """The published schema takes the examples; what it refuses, the command refuses too."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        print("not tried against the schema: there is no jsonschema (tests/requirements.txt)")
        return
    schema = json.loads((repository / "docs" / "formats" / "tariff.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path in sorted(examples.glob("*.json")):
        assert validator.is_valid(json.loads(path.read_text())), (path, [e.message for e in validator.iter_errors(json.loads(path.read_text()))])
    sound = json.loads((examples / "workshop.json").read_text())
    for place in places(sound):
        broken = json.loads(json.dumps(sound))
        node = broken
        for key in place[:-1]:
            node = node[key]
        node[place[-1]] = None
        assert not validator.is_valid(broken), place
        checked = run(program, "check", write(folder / "nothing.json", json.dumps(broken)))
        assert checked.returncode == 1 and "error" in checked.stdout, (place, checked.stdout)


def check_errors(program, folder):
    broken = write(folder / "broken.json", '{"format": "latchkey-tariff-1", "version": 1, "prices": [[0.25]]}')
    checked = run(program, "check", broken)
    assert checked.returncode == 1 and "prices[0][0]" in checked.stdout and "in quotes" in checked.stdout, checked.stdout
    refused = run(program, "compile", broken, "-o", folder / "none.bin")
    assert refused.returncode == 1 and not (folder / "none.bin").exists(), refused.stderr
    torn = run(program, "check", write(folder / "torn.json", '{"format":\n'))
    assert torn.returncode == 1 and "is not JSON: parse error at line 2, column 1" in torn.stdout, torn.stdout
    a_folder = run(program, "check", folder)
    assert a_folder.returncode == 2 and "is a folder" in a_folder.stderr, a_folder.stderr
    missing = run(program, "check", folder / "missing.json")
    assert missing.returncode == 2 and "missing.json" in missing.stderr


def check_bad_readings(program, examples, folder):
    rows = {
        "": ":1: the file is empty",
        "time,kwh\n": ':1: the header has no column "timestamp"',
        "timestamp,kwh\n2026-01-01T00:00\n": ":2: has 1 column, fewer",
        "timestamp;kwh\n2026-01-01T00:00;1,5\n": "columns parted by commas",
        "timestamp,kwh\n2026-01-01T00:00,2000001\n": ':2: "2000001" is no energy',
        "timestamp,kwh\n": "has no readings",
        "timestamp,kwh\n2026-01-01T00:00,1\n2026-01-32T00:30,1\n": ':3: "2026-01-32T00:30" is no timestamp',
        "timestamp,kwh\n2026-01-01T00:00,1\n2026-01-01T00:30,-1\n": ':3: "-1" is no energy',
        "timestamp,kwh\n2026-01-01T00:00,1\n\n2026-01-01T00:00,1\n": ":4: \"2026-01-01T00:00\" is not after line 2",
        "timestamp,kwh\n2026-03-29T02:30,1\n": ":2: the local time 2026-03-29T02:30 does not exist in the tariff's zone",
        "timestamp,kwh\n2026-01-01T00:00,1\n": "one reading; say how long",
        "timestamp,kwh\n2026-01-01T00:00,1\n2026-03-01T00:00,1\n": ":2: the interval is longer than 49 days",
    }
    for text, wanted in rows.items():
        path = write(folder / "bad.csv", text)
        done = run(program, "price", "--tariff", examples / "time-of-use.json", "--readings", path)
        assert done.returncode == 2 and wanted in done.stderr, (text, done.stderr)
    path = write(folder / "good.csv", "timestamp,kwh\n2026-01-01T00:00,1\n2026-01-01T01:00,1\n")
    done = run(program, "price", "--tariff", examples / "flat.json", "--readings", path, "--zone", "Mars/Olympus")
    assert done.returncode == 2 and "Mars/Olympus" in done.stderr, done.stderr


def check_by_hand(program, examples, folder):
    path = write(folder / "hour.csv", "timestamp,kwh\n2026-01-05T05:30,2\n2026-01-05T06:30,1\n")
    bill = price(program, examples / "time-of-use.json", path)
    first = bill["rows"][0]
    assert [(p["rate"], p["kwh"], p["money"]) for p in first["pieces"]] == [("night", "1.000", "0.18000"), ("day", "1.000", "0.32000")]
    assert first["from"] == "2026-01-05T05:30:00+01:00" and first["standing"] == "0.35000"
    assert first["taxes"][0]["money"] == "0.16150" and first["total"] == "1.01150", first  # 19 % of 0.85
    ended = price(program, examples / "time-of-use.json", path, "--stamp", "end")
    assert ended["rows"][0]["from"] == "2026-01-05T04:30:00+01:00" and len(ended["rows"][1]["pieces"]) == 2
    zoned = price(program, examples / "time-of-use.json", path, "--zone", "Asia/Shanghai")
    assert zoned["rows"][0]["from"] == "2026-01-04T22:30:00+01:00" and "Asia/Shanghai" in zoned["warnings"][0]
    twice = write(folder / "autumn.csv", "timestamp,kwh\n2026-10-25T01:30,1\n2026-10-25T02:00,1\n2026-10-25T02:30,1\n"
                                         "2026-10-25T02:00,1\n2026-10-25T02:30,1\n2026-10-25T03:00,1\n")
    bill = price(program, examples / "time-of-use.json", twice, "--zone", "Europe/Berlin")
    assert [row["from"][11:] for row in bill["rows"]] == [
        "01:30:00+02:00", "02:00:00+02:00", "02:30:00+02:00", "02:00:00+01:00", "02:30:00+01:00", "03:00:00+01:00"]
    assert bill["warnings"] == []


def check_year(program, examples, folder):
    """A year of half hours by the day-and-night tariff, against fractions and Python's own calendar arithmetic."""
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) - datetime.timedelta(hours=1)
    summer = (datetime.datetime(2026, 3, 29, 1, tzinfo=datetime.timezone.utc),
              datetime.datetime(2026, 10, 25, 1, tzinfo=datetime.timezone.utc))
    lines, exact = ["timestamp,kwh"], Fraction(0)
    for i in range(365 * 48):
        at = start + datetime.timedelta(minutes=30 * i)
        kwh = Fraction(i * 7919 % 1500, 1000)
        local = at + datetime.timedelta(hours=2 if summer[0] <= at < summer[1] else 1)
        exact += kwh * Fraction("0.32" if 6 <= local.hour < 22 else "0.18")
        lines.append(f"{at:%Y-%m-%dT%H:%MZ},{float(kwh):.3f}")
    path = write(folder / "year.csv", "\n".join(lines) + "\n")
    totals = price(program, examples / "time-of-use.json", path)["totals"]
    energy, standing = math.floor(exact * COUNT), 365 * 35_000
    assert counts(totals["energy"]) == energy, (totals, exact)
    assert counts(totals["standing"]) == standing
    assert counts(totals["taxes"][0]["money"]) == (energy + standing) * 19 // 100
    assert counts(totals["total"]) == energy + standing + (energy + standing) * 19 // 100
    assert sum(counts(step["money"]) for step in totals["by_rate_and_step"]) == energy


def check_profiles(program, repository, examples):
    """Recorded households, where they are at hand: lines add up to totals, and the energy is all there."""
    shared = pathlib.Path(os.environ.get("LK_SHARED", repository.parent / "shared"))
    path = shared / "data" / "profiles" / "sgsc_halfhour_hh01.csv"
    if not path.exists():
        print(f"not tried on recorded profiles: there is no {path}")
        return
    bill = price(program, examples / "ladder-time-of-use.json", path, "--zone", "Etc/GMT-10")
    with path.open() as file:
        kwh = sum(Fraction(row["kwh"]) for row in csv.DictReader(file))
    assert Fraction(bill["totals"]["kwh"]) == kwh
    for kind in ("energy", "standing", "total"):
        assert sum(counts(row[kind]) for row in bill["rows"]) == counts(bill["totals"][kind]), kind


def main():
    program, repository = sys.argv[1], pathlib.Path(sys.argv[2])
    examples = repository / "docs" / "examples" / "tariffs"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_examples(program, examples, folder)
        check_schema(program, repository, examples, folder)
        check_errors(program, folder)
        check_bad_readings(program, examples, folder)
        check_by_hand(program, examples, folder)
        check_year(program, examples, folder)
        check_profiles(program, repository, examples)


if __name__ == "__main__":
    main()
