#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens a second of the Nectar tokens service (github.com/NectarAPI/tokens-service), as one JSON line.

usage: nectar.py CHECKOUT     (needs a JDK, and Debian's libjoda-time-java and libbcprov-java; LK_NECTAR_JARS names other jars)
"""
import os
import pathlib
import subprocess
import sys
import tempfile

# The one class of its dependencies that its generators touch, so that no dependency of its web service is needed.
HEXADECIMAL = """package jakarta.xml.bind;
public class DatatypeConverter {
  public static byte[] parseHexBinary(String text) { return java.util.HexFormat.of().parseHex(text); }
  public static String printHexBinary(byte[] bytes) { return java.util.HexFormat.of().formatHex(bytes); }
}
"""


def main():
    sources = pathlib.Path(sys.argv[1]) / "src/main/java"
    jars = os.environ.get("LK_NECTAR_JARS", "/usr/share/java/joda-time.jar:/usr/share/java/bcprov.jar")
    with tempfile.TemporaryDirectory() as folder:
        stub = pathlib.Path(folder) / "stub/jakarta/xml/bind/DatatypeConverter.java"
        stub.parent.mkdir(parents=True)
        stub.write_text(HEXADECIMAL)
        here = pathlib.Path(__file__).parent
        subprocess.run(["javac", "-nowarn", "-d", folder, "-cp", jars, "-sourcepath", f"{sources}:{folder}/stub", here / "NectarTokens.java"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        subprocess.run(["java", "-cp", f"{folder}:{jars}", "NectarTokens"], check=True)


if __name__ == "__main__":
    main()
