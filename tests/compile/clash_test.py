# SPDX-License-Identifier: Apache-2.0
"""Two rows that claim one place do not compile: clash_test.py COMPILER. Copies a file with a table, spoils a row of it, and has the
compiler look at it: it must end with the check's own words. As it stands, each file must compile."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DICTIONARY, TABLE = "libs/dictionary/dictionary.cpp", "libs/dictionary/tables/measured.hpp"
SDM, ITEMS, ITEMS97, PAGES = "libs/dictionary/sdm.cpp", "libs/dlt645/items.cpp", "libs/dlt645/items97.cpp", "meter/panel/pages.cpp"
# The file that is compiled, the one that is spoiled, what stands there, what then stands there, what the compiler says.
CLASHES = [
    (DICTIONARY, TABLE, '"voltage", electricity(32, 7), 0x2000', '"voltage", electricity(32, 7), 0x2002',
     "two rows claim one address"),
    (DICTIONARY, TABLE, '"voltage", electricity(32, 7), 0x2000', '"voltage", electricity(32, 7), 0x2001',
     "two rows claim one address"),
    (DICTIONARY, TABLE, '"voltage", electricity(32, 7)', '"voltage", electricity(31, 7)', "a name or an OBIS code stands twice"),
    (DICTIONARY, TABLE, '(Id::voltage, "voltage"', '(Id::current, "voltage"', "shares its Id"),
    (SDM, SDM, '{0x0006, "sdm_current"', '{0x0000, "sdm_current"', "float views overlap"),
    (ITEMS, ITEMS, "Item{0x0002'0000, 0,", "Item{0x0001'0000, 0,", "two rows of one identifier"),
    (ITEMS, ITEMS, "Item{0x0330'0000, 0,", "Item{0x0330'0000, 1,", "two runs claim one identifier"),
    (ITEMS97, ITEMS97, "Item97{0xC010, 0,", "Item97{0xC010, 1,", "two runs claim one identifier"),
    (PAGES, PAGES, "{9, Id::active_power", "{3, Id::active_power", "short codes rise"),
]


def compiles(compiler, copy, source):
    """Whether it does, and what the compiler says."""
    folders = [argument for top in (copy, ROOT) for argument in ("-I", str(top / "libs"), "-I", str(top))]
    path = copy / source if (copy / source).exists() else ROOT / source
    done = subprocess.run([compiler, "-std=c++23", "-fsyntax-only", *folders, str(path)], capture_output=True, text=True, check=False,
                          timeout=300)
    return done.returncode == 0, done.stderr


def spoil(copy, spoiled, old, new):
    text = (ROOT / spoiled).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{spoiled} has {old!r} {text.count(old)} times: mend this test"
    path = copy / spoiled
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(old, new), encoding="utf-8")


def copy_of_folder(copy, folder):
    """Headers of its own folder stand before those of an -I: the whole folder is copied."""
    shutil.copytree(ROOT / folder, copy / folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*_test.cpp", "*_fuzz.cpp"))


def main():
    compiler = sys.argv[1]
    failed = []
    for source in dict.fromkeys(clash[0] for clash in CLASHES):
        with tempfile.TemporaryDirectory(prefix="lk-clash-") as folder:
            is_good, said = compiles(compiler, pathlib.Path(folder), source)
            if not is_good:
                failed.append(f"{source} as it stands:\n{said}")
    for source, spoiled, old, new, words in CLASHES:
        with tempfile.TemporaryDirectory(prefix="lk-clash-") as folder:
            copy = pathlib.Path(folder)
            copy_of_folder(copy, str(pathlib.Path(source).parent))
            spoil(copy, spoiled, old, new)
            is_good, said = compiles(compiler, copy, source)
            if is_good or words not in said:
                failed.append(f"{new} in {spoiled}: {'compiled' if is_good else said}")
            else:
                print(f"does not compile, as it should: {new} in {spoiled}")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
