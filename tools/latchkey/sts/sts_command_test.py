#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pipes every vector through `latchkey sts encode` and `decode`, as a script of somebody else's would.

usage: sts_command_test.py LATCHKEY REPOSITORY
The EA07 vectors need the production tables (vectors/sta-production.toml in $LK_SHARED or ../shared); without them only
the others run, and the test says so.
"""

import json
import os
import pathlib
import subprocess
import sys
from decimal import Decimal


def run(program, lines, *arguments):
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([program, "sts", *arguments], input=text, capture_output=True, text=True, timeout=100)
    if done.returncode != 0:
        raise SystemExit(f"latchkey sts {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    answers = done.stdout.splitlines()
    if len(answers) != len(lines):
        raise SystemExit(f"{len(lines)} lines in, {len(answers)} lines out")
    return [json.loads(answer) for answer in answers]


def problem_of_fields(vector, fields):
    """What is wrong with the decoded fields of one vector, or None. Amounts may only grow, by less than a step."""
    if "error" in fields:
        return fields["error"]
    if fields["kind"] == "kct":
        if not fields["complete"]:
            return None if len(vector["tok"]) < 4 and vector["old"]["ea"] == 11 else "is not complete"
        wanted = {**vector["new"], "ti": int(vector["new"]["ti"])}
        for name in ("kt", "ti", "krn"):
            if fields["new"][name] != wanted[name]:
                return f"new.{name} is {fields['new'][name]}"
        same = fields["ken"] == vector["ken"] and fields["ro"] == vector["ro"]
        return None if same else "ken or ro differs"
    for name in ("cls", "sub", "rnd", "ctl", "mfr"):
        if name == "rnd" and vector["kind"] == "cur":
            continue
        if name in vector and fields[name] != vector[name]:
            return f"{name} is {fields[name]}"
    if "dt" in vector and fields["dt"] != vector["dt"].replace(" 00:01", " 00:02"):
        return f"dt is {fields['dt']}"
    if "val" not in vector:
        return None
    if vector["kind"] in ("raw", "ext"):
        return None if fields["val"] == vector["val"] else f"val is {fields['val']}"
    wanted, got = Decimal(vector["val"]), Decimal(fields["val"])
    step = max(abs(wanted) / 1000, 1)
    return None if wanted <= got < wanted + step else f"val is {got}"


def check_vectors(program, vectors, *tables):
    made = run(program, vectors, "encode", *tables)
    wrong = 0
    for vector, answer in zip(vectors, made):
        tokens = answer.get("tok")
        # Two published sets under EA11 list the first two of four tokens.
        right = tokens == vector["tok"] or (isinstance(tokens, list) and tokens[: len(vector["tok"])] == vector["tok"])
        if not right:
            wrong += 1
            print(f"encode {vector['id']}: wanted {vector['tok']}, got {answer}")
    questions = [{"tok": v["tok"], **({"key": v.get("key", v.get("old"))} if v["kind"] != "c1" else {})} for v in vectors]
    for vector, fields in zip(vectors, run(program, questions, "decode", *tables)):
        problem = problem_of_fields(vector, fields)
        if problem is not None:
            wrong += 1
            print(f"decode {vector['id']}: {problem}")
    return wrong


def check_bad_lines(program):
    """A bad line is answered and never ends the program: the good line behind it still works."""
    good = {"kind": "c1", "sub": 0, "ctl": 2**36 - 1, "mfr": 0}
    bad = ["\n", "{\n", "[]\n", "nonsense\n", '{"kind": 5}\n', '{"kind": "units"}\n', "\x00\n", "[" * 50000 + "\n"]
    wrong = 0
    for work in ("encode", "decode"):
        answers = run(program, [*bad, good], work)
        wrong += sum("error" not in answer for answer in answers[:-1])
        wrong += work == "encode" and answers[-1] != {"tok": "56493153725450313471"}
    return wrong


def check_bad_tables(program, repository):
    missing = subprocess.run([program, "sts", "encode", "--sta-tables", str(repository / "no-such-file.toml")],
                             input="", capture_output=True, text=True, timeout=100)
    return missing.returncode != 2 or "no-such-file.toml" not in missing.stderr


def main():
    program, repository = sys.argv[1], pathlib.Path(sys.argv[2])
    vectors = json.loads((repository / "libs/sts/vectors/sts.json").read_text())
    needs_tables = [v for v in vectors if v.get("key", v.get("old", {})).get("ea") == 7]
    others = [v for v in vectors if v not in needs_tables]
    wrong = check_vectors(program, others) + check_bad_lines(program) + check_bad_tables(program, repository)
    print(f"{len(others)} vectors without tables, {wrong} wrong")
    tables = pathlib.Path(os.environ.get("LK_SHARED", repository / "../shared")) / "vectors/sta-production.toml"
    if tables.exists():
        wrong_with_tables = check_vectors(program, needs_tables, "--sta-tables", str(tables))
        print(f"{len(needs_tables)} vectors with the production tables, {wrong_with_tables} wrong")
        wrong += wrong_with_tables
    else:
        print(f"{len(needs_tables)} EA07 vectors left out: {tables} is not there")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
