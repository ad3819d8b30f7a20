#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Latchkey promises in speed and memory, measured on this machine and printed as one table against its goals.

A measure is a Google Benchmark (in build/release/bench) or a program that prints one JSON line with its figures. Absolute
figures vary from machine to machine; the machine's name stands above the table.
"""
import argparse
import functools
import json
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# title, unit, goal, "at least", "at most" or "peer" (no goal), how it is measured: (program, benchmark filter, counter) or (script, arguments, key)
GATEWAY = ("script", "gateway/end_to_end/measure.py", ["{build}/bin/latchkey-gateway"])
# Peers are measured where somebody has them: LK_NECTAR names a checkout of NectarAPI/tokens-service.
NECTAR = ("script", "tools/bench/peers/nectar.py", [os.environ.get("LK_NECTAR", "")])
INSTRUCTIONS = ("script", "tools/bench/instructions.py", [])
METERING = ("benchmark", "metrology_bench")
RESPONSE = ("script", "tools/bench/response.py", ["--build", "{build}"])
SQLITE = ("script", "server/bench/purchases.py", ["--build", "{build}"])
POSTGRESQL = ("script", "server/bench/purchases.py", ["--build", "{build}", "--postgresql", "--storm"])
SOFTHSM = ("script", "server/bench/purchases.py", ["--build", "{build}", "--postgresql", "--softhsm", "--purchases", "10000"])
MEASURES = [
    ("metrology: single-phase meters a core, 6.4 kHz", "meters", 1000, "at least", "benchmark", "metrology_bench", "BM_metrology", "meters_per_core"),
    ("metering: one phase and neutral, plain, a sample set", "ns", 150, "at most", *METERING, "BM_one_phase_plain", "ns_per_set"),
    ("metering: one phase and neutral, harmonics", "ns", 300, "at most", *METERING, "BM_one_phase_full", "ns_per_set"),
    ("metering: three phases and neutral, plain", "ns", 300, "at most", *METERING, "BM_three_phase_plain", "ns_per_set"),
    ("metering: three phases and neutral, harmonics", "ns", 600, "at most", *METERING, "BM_three_phase_full", "ns_per_set"),
    ("  peer: sums of one pair, as EmonLibCM, a sample", "ns", None, "peer", *METERING, "BM_peer_sums_of_one_pair", "ns_per_set"),
    ("  peer: plain doubles, one phase and neutral, harmonics", "ns", None, "peer", *METERING, "BM_peer_doubles_one_phase", "ns_per_set"),
    ("  peer: plain doubles, three phases and neutral, harmonics", "ns", None, "peer", *METERING, "BM_peer_doubles_three_phase", "ns_per_set"),
    ("metering: Cortex-M4, one phase and neutral, plain", "instr.", 600, "at most", *INSTRUCTIONS, "one_phase_plain"),
    ("metering: Cortex-M4, one phase and neutral, harmonics", "instr.", 1200, "at most", *INSTRUCTIONS, "one_phase"),
    ("metering: Cortex-M4, three phases and neutral, plain", "instr.", 1250, "at most", *INSTRUCTIONS, "three_phase_plain"),
    ("metering: Cortex-M4, three phases and neutral, harmonics", "instr.", 2500, "at most", *INSTRUCTIONS, "three_phase"),
    ("metering and guard: Cortex-M4, one phase and neutral", "instr.", 1200, "at most", *INSTRUCTIONS, "one_phase_guarded"),
    ("metering and guard: Cortex-M4, three phases and neutral", "instr.", 2500, "at most", *INSTRUCTIONS, "three_phase_guarded"),
    ("metering: Cortex-M4, end of a window, three phases", "instr.", 300_000, "at most", *INSTRUCTIONS, "three_phase_window_end"),
    ("metering: RAM, one phase and neutral", "bytes", 12_288, "at most", *INSTRUCTIONS, "one_phase_bytes"),
    ("metering: RAM, three phases and neutral", "bytes", 32_768, "at most", *INSTRUCTIONS, "three_phase_bytes"),
    ("Modbus: Cortex-M4, answer to a read of 40 registers", "instr.", 100_000, "at most", *INSTRUCTIONS, "read_40_parameters"),
    ("Modbus: Cortex-M4, a byte of garbage on the line", "instr.", 1000, "at most", *INSTRUCTIONS, "garbage_byte_in_frames"),
    ("Modbus: answers to reads of 40 registers a second (500: 2 ms)", "1/s", 500, "at least", "benchmark", "meter_serve_bench", "modbus_response/24896/40", "items_per_second"),
    ("Modbus: 40 registers at 115 200 baud behind t3.5, the process, p50", "ms", 2, "at most", *RESPONSE, "p50_ms"),
    ("Modbus: 40 registers at 115 200 baud behind t3.5, the process, p99", "ms", 2, "at most", *RESPONSE, "p99_ms"),
    ("metering and guard: RAM, one phase and neutral", "bytes", 12_288, "at most", *INSTRUCTIONS, "one_phase_guarded_bytes"),
    ("metering and guard: RAM, three phases and neutral", "bytes", 32_768, "at most", *INSTRUCTIONS, "three_phase_guarded_bytes"),
    ("tokens: EA11 encodes a second, two cores, a key each", "1/s", 1_000_000, "at least", "benchmark", "sts_bench", "encode_currency_tokens/ea11/real_time/threads:2", "items_per_second"),
    ("tokens: EA07 encodes a second, two cores, a key each", "1/s", 1_000_000, "at least", "benchmark", "sts_bench", "encode_currency_tokens/ea07/real_time/threads:2", "items_per_second"),
    ("tokens: EA11 decodes a second and core", "1/s", 200_000, "at least", "benchmark", "sts_bench", "decode_currency_tokens/ea11", "items_per_second"),
    ("tariff: years of 35 040 intervals priced a second (200: 5 ms)", "1/s", 200, "at least", "benchmark", "tariff_bench", "price_a_year", "years_per_second"),
    ("tokens: DKGA04 keys a second, two cores", "1/s", 500_000, "at least", "benchmark", "sts_bench", "derive_keys/real_time/threads:2", "items_per_second"),
    ("tokens: the same with OpenSSL's HMAC (a peer)", "1/s", 1, "at least", "benchmark", "sts_openssl_bench", "derive_keys_with_openssl/real_time/threads:2", "items_per_second"),
    ("vault: tokens a second, sealed file, 4 threads", "1/s", 20_000, "at least", "benchmark", "server_vault_bench", "sealed/real_time/threads:4", "items_per_second"),
    ("vault: tokens a second through SoftHSM, 4 threads, each entry on disk", "1/s", 500, "at least", "benchmark", "server_vault_bench", "softhsm_durable/real_time/threads:4", "items_per_second"),
    ("vault: tokens a second through SoftHSM, 8 threads, each entry on disk", "1/s", 500, "at least", "benchmark", "server_vault_bench", "softhsm_durable/real_time/threads:8", "items_per_second"),
    ("purchases a second on SQLite, 64 clients", "1/s", 800, "at least", *SQLITE, "per_second"),
    ("purchases a second on PostgreSQL, 64 clients", "1/s", 2000, "at least", *POSTGRESQL, "per_second"),
    ("purchases on PostgreSQL: 99th percentile of the answer's time", "ms", 50, "at most", *POSTGRESQL, "p99_ms"),
    ("purchases a second on PostgreSQL, 64 clients, keys in SoftHSM", "1/s", 500, "at least", *SOFTHSM, "per_second"),
    ("purchases: time of a storm of retries to that without", "×", 2, "at most", *POSTGRESQL, "storm_times"),
    ("purchases: second tokens in a storm of retries", "", 0, "at most", *POSTGRESQL, "storm_second_tokens"),
    ("gateway: resident memory with 64 meters", "MB", 32, "at most", *GATEWAY, "peak_mb"),
    ("gateway: round of 7 meters at 19 200 baud to the wire's own", "×", 1.25, "at most", *GATEWAY, "round_to_wire"),
    ("./lk demo to live values, all prepared", "s", 20, "at most", "script", "tools/bench/console.py", [], "seconds"),
]
if os.environ.get("LK_NECTAR"):
    MEASURES += [
        ("tokens: EA11 of Nectar, two cores (a peer)", "1/s", 1, "at least", *NECTAR, "ea11_per_second"),
        ("tokens: EA07 of Nectar, two cores (a peer)", "1/s", 1, "at least", *NECTAR, "ea07_per_second"),
    ]


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def benchmark(build, program, name, counter):
    """The best of three runs of one Google Benchmark: noise only ever slows."""
    out = subprocess.run([build / "bench" / program, f"--benchmark_filter=^{name}$", "--benchmark_format=json", "--benchmark_repetitions=3"],
                         check=True, capture_output=True, text=True).stdout
    runs = [run for run in json.loads(out)["benchmarks"] if run.get("run_type") == "iteration"]
    if not runs:
        raise RuntimeError(f"{program} has no benchmark {name}")
    best = min if counter == "ns_per_set" else max
    return best(run[counter] for run in runs)


@functools.cache
def script(program, arguments):
    """The figures of a program that prints one JSON line at its end; it is run once for all of them."""
    out = subprocess.run([sys.executable, "-B", ROOT / program, *arguments], check=True, capture_output=True, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


def measure(build, row):
    kind, rest = row[4], row[5:]
    if kind == "benchmark":
        return benchmark(build, *rest)
    program, arguments, key = rest
    return script(program, tuple(a.replace("{build}", str(build)) for a in arguments))[key]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("name", nargs="?", default="", help="only measures whose title contains this")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    print(f"{platform.node()}: {cpu_name()}, {os.cpu_count()} cores\n")
    print(f"{'measure':58} {'measured':>12}  {'goal':>20}")
    missed = 0
    for row in MEASURES:
        title, unit, goal, sense = row[:4]
        if arguments.name not in title:
            continue
        try:
            value = measure(build, row)
        except (OSError, RuntimeError, subprocess.CalledProcessError, KeyError, ValueError) as error:
            print(f"{title:58} {'–':>12}  could not be measured: {error}")
            missed += 1
            continue
        if sense == "peer":
            print(f"{title:58} {value:12,.1f}  {unit}, for comparison", flush=True)
            continue
        held = value >= goal if sense == "at least" else value <= goal
        missed += not held
        print(f"{title:58} {value:12,.1f}  {sense} {goal:,} {unit}{'' if held else '   MISSED'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
