#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sells 25.6 kWh to a meter, and reads the token as the meter does: the C interface from another language.

usage: sell.py PATH_OF_LIBLATCHKEY_STS_SO
"""
import ctypes
import sys


class Attributes(ctypes.Structure):
    _fields_ = [("pan", ctypes.c_char * 19), ("key_type", ctypes.c_uint8), ("tariff_index", ctypes.c_uint8),
                ("key_revision_number", ctypes.c_uint8), ("supply_group_code", ctypes.c_uint32), ("base_year", ctypes.c_uint16)]


class Key(ctypes.Structure):
    _fields_ = [("algorithm", ctypes.c_uint8), ("bytes", ctypes.c_uint8 * 16), ("tables", ctypes.c_void_p)]


class Token(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint8), ("token_class", ctypes.c_uint8), ("sub_class", ctypes.c_uint8),
                ("random", ctypes.c_uint8), ("sign_and_exponent", ctypes.c_uint8), ("value", ctypes.c_uint16),
                ("manufacturer_code", ctypes.c_uint16), ("tid", ctypes.c_uint32), ("control", ctypes.c_uint64)]


def main():
    sts = ctypes.CDLL(sys.argv[1])
    sts.latchkey_sts_status_text.restype = ctypes.c_char_p

    def check(status):
        if status != 0:
            raise SystemExit(sts.latchkey_sts_status_text(status).decode())

    vending_key = bytes.fromhex("abababababababab949494949494949401234567")  # of the association's test suites
    meter = Attributes(key_type=2, tariff_index=1, key_revision_number=1, supply_group_code=201457, base_year=2014)
    pan = ctypes.create_string_buffer(19)
    check(sts.latchkey_sts_pan_of_drn(b"00000000000", pan))
    meter.pan = pan.value
    key = Key()
    check(sts.latchkey_sts_derive(4, vending_key, ctypes.c_size_t(20), 11, ctypes.byref(meter), 0, ctypes.byref(key)))

    tid, field = ctypes.c_uint32(), ctypes.c_uint16()
    check(sts.latchkey_sts_tid_at(2014, ctypes.c_int64(1795267500), ctypes.byref(tid)))
    check(sts.latchkey_sts_encode_units_text(b"25.6", ctypes.byref(field)))
    token = Token(kind=0, sub_class=0, random=5, tid=tid.value, value=field.value)
    digits = ctypes.create_string_buffer(21)
    check(sts.latchkey_sts_encode(ctypes.byref(token), ctypes.byref(key), digits))
    text = digits.value.decode()
    print(" ".join(text[i:i + 4] for i in range(0, 20, 4)))

    read = Token()
    check(sts.latchkey_sts_decode(digits, ctypes.byref(key), ctypes.byref(read)))
    sts.latchkey_sts_wipe(ctypes.byref(key), ctypes.c_size_t(ctypes.sizeof(key)))
    tenths = sts.latchkey_sts_decode_units(read.value)
    print(f"{tenths // 10}.{tenths % 10} kWh, identifier {read.tid}")


if __name__ == "__main__":
    main()
