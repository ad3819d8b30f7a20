/* SPDX-License-Identifier: Apache-2.0
 * STS prepayment tokens (IEC 62055-41) for C and for every language that can call C: what libs/sts can, with
 * plain structures, no allocation and no state. Every function may be called from several threads at once.
 *
 *   vending key ─ latchkey_sts_derive ─► key ─┬─ latchkey_sts_encode ─► 20 digits
 *                                             └─ latchkey_sts_decode ◄─ 20 digits
 *
 * Each function answers LATCHKEY_STS_OK or the reason why not, and then leaves its results as they were.
 * Texts end with a zero byte. The functions that take secrets use neither branches nor memory look-ups that
 * depend on them; a key that is no longer needed is for the caller to wipe (latchkey_sts_wipe).
 */
#ifndef LATCHKEY_STS_H
#define LATCHKEY_STS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LATCHKEY_STS_API __attribute__((visibility("default")))
#else
#define LATCHKEY_STS_API
#endif

enum {
  LATCHKEY_STS_DIGITS = 20,
  LATCHKEY_STS_PAN_DIGITS = 18,
  LATCHKEY_STS_DRN_DIGITS_MAX = 13,
  LATCHKEY_STS_KEY_BYTES_MAX = 16,
  LATCHKEY_STS_AMOUNT_TEXT_MAX = 48,
  LATCHKEY_STS_TID_MAX = 0xFFFFFF
};

typedef enum latchkey_sts_status {
  LATCHKEY_STS_OK = 0,
  LATCHKEY_STS_FORMAT = 1,          /* not 20 digits, or above 2^66-1 */
  LATCHKEY_STS_RESERVED_CLASS = 2,  /* class 3 */
  LATCHKEY_STS_CRC = 3,             /* mistyped, damaged, or for another key */
  LATCHKEY_STS_INCOMPLETE = 4,      /* a section of a key change is missing, doubled or foreign */
  LATCHKEY_STS_TOO_LARGE = 10,      /* an amount above what a token can carry */
  LATCHKEY_STS_NO_NUMBER = 11,      /* a text that is no decimal number */
  LATCHKEY_STS_NEGATIVE = 12,       /* units cannot be negative */
  LATCHKEY_STS_PAN = 20,            /* not 18 digits of a known issuer with right check digits */
  LATCHKEY_STS_DRN = 21,            /* not 11 or 13 digits with a right check digit; or its parts too large */
  LATCHKEY_STS_SUPPLY_GROUP = 22,   /* more than 6 digits */
  LATCHKEY_STS_TARIFF_INDEX = 23,   /* above 99 */
  LATCHKEY_STS_KEY_REVISION = 24,   /* not 1 to 9 */
  LATCHKEY_STS_KEY_TYPE = 25,       /* not 0 to 3 */
  LATCHKEY_STS_BASE_DATE = 26,      /* not 1993, 2014 or 2035 */
  LATCHKEY_STS_ALGORITHM = 27,      /* not 7 or 11; or a key generation that is not for this one */
  LATCHKEY_STS_DKGA01_REFUSED = 28, /* not implemented: its published descriptions contradict each other */
  LATCHKEY_STS_DKGA03_REFUSED = 29, /* legacy, and nobody said that it is allowed */
  LATCHKEY_STS_DKGA_UNKNOWN = 30,   /* not 1 to 4 */
  LATCHKEY_STS_VENDING_KEY_SIZE = 31,
  LATCHKEY_STS_VENDING_KEY_PARITY = 32, /* a byte of a DES key with an even number of ones */
  LATCHKEY_STS_TABLES = 33,             /* no permutations; or none given for EA07 */
  LATCHKEY_STS_BEFORE_BASE_DATE = 40,
  LATCHKEY_STS_TID_EXHAUSTED = 41,
  LATCHKEY_STS_FIELD = 50 /* a field of a token that does not fit its bits, or an unknown kind */
} latchkey_sts_status;

/* "wrong check: …"; for any number, never null. */
LATCHKEY_STS_API const char* latchkey_sts_status_text(latchkey_sts_status status);

/* Overwrites a secret in a way that the compiler does not leave out. */
LATCHKEY_STS_API void latchkey_sts_wipe(void* secret, size_t size_bytes);

/* ---- numbers ---- */

/* The number of a meter: manufacturer of 2 (0-99) or 4 digits (0-9999), serial 0-99999999. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_make_drn(unsigned manufacturer,
                                                           unsigned manufacturer_digits, uint32_t serial,
                                                           char drn[LATCHKEY_STS_DRN_DIGITS_MAX + 1]);
/* The PAN of a DRN of 11 or 13 digits. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_pan_of_drn(const char* drn,
                                                             char pan[LATCHKEY_STS_PAN_DIGITS + 1]);
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_check_pan(const char* pan);

/* ---- EA07's tables ---- */

/* Entry i of the permutation is where bit i of the data goes. The production set is given by the STS
 * Association to its members; only the sample set that the standard prints is in this library. */
typedef struct latchkey_sts_tables {
  uint8_t substitution_1[16];
  uint8_t substitution_2[16];
  uint8_t permutation[64];
} latchkey_sts_tables;

LATCHKEY_STS_API const latchkey_sts_tables* latchkey_sts_sample_tables(void);

/* A table set made ready; opaque, without secrets. It must outlive the keys that point to it. */
typedef struct latchkey_sts_prepared_tables {
  uint64_t opaque[136];
} latchkey_sts_prepared_tables;

LATCHKEY_STS_API latchkey_sts_status latchkey_sts_prepare_tables(const latchkey_sts_tables* tables,
                                                                 latchkey_sts_prepared_tables* prepared);

/* ---- keys ---- */

/* A decoder key; the most significant byte first. `tables` is for EA07, null for EA11. */
typedef struct latchkey_sts_key {
  uint8_t algorithm;                         /* 7 or 11 */
  uint8_t bytes[LATCHKEY_STS_KEY_BYTES_MAX]; /* EA07 uses the first 8 */
  const latchkey_sts_prepared_tables* tables;
} latchkey_sts_key;

typedef struct latchkey_sts_key_attributes {
  char pan[LATCHKEY_STS_PAN_DIGITS + 1];
  uint8_t key_type; /* 0 DITK, 1 DDTK, 2 DUTK, 3 DCTK */
  uint8_t tariff_index;
  uint8_t key_revision_number;
  uint32_t supply_group_code;
  uint16_t base_year; /* 1993, 2014, 2035 */
} latchkey_sts_key_attributes;

/* The decoder key of a meter by key generation 2 (vending key of 8 bytes), 3 (16 bytes, only where
 * `allow_legacy` is not 0) or 4 (20 bytes). 1 is refused. The result's `tables` are as they were. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_derive(unsigned generation, const uint8_t* vending_key,
                                                         size_t vending_key_bytes, uint8_t algorithm,
                                                         const latchkey_sts_key_attributes* attributes,
                                                         int allow_legacy, latchkey_sts_key* key);

/* ---- identifiers ---- */

/* Whole minutes since 1 January of the base year; 00:01 of a day becomes 00:02. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_tid_at(uint16_t base_year, int64_t unix_s, uint32_t* tid);
/* The same for a meter whose last identifier was `last`: the next free one where the time's is not above. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_tid_after(uint32_t last, uint16_t base_year, int64_t unix_s,
                                                            uint32_t* tid);
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_time_of_tid(uint16_t base_year, uint32_t tid,
                                                              int64_t* unix_s);
/* 1 where a token of this identifier is expired under that key expiry number (KEN), else 0. */
LATCHKEY_STS_API int latchkey_sts_is_expired(uint32_t tid, uint8_t key_expiry_number);

/* ---- amounts ---- */

/* The field of the smallest amount not below: `tenths` of a unit, or watts. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_encode_units(uint64_t tenths, uint16_t* field);
LATCHKEY_STS_API uint32_t latchkey_sts_decode_units(uint16_t field);
/* The same of a decimal text in whole units: "25.6" is 256 tenths, "0.01" is rounded up to 1. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_encode_units_text(const char* units, uint16_t* field);
/* A decimal text in currency units, "-1.5", "1.8e14": rounded towards plus infinity. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_encode_currency_text(const char* amount,
                                                                       uint8_t* sign_and_exponent,
                                                                       uint16_t* field);
/* The exact amount as a decimal text. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_decode_currency_text(
    uint8_t sign_and_exponent, uint16_t field, char amount[LATCHKEY_STS_AMOUNT_TEXT_MAX]);

/* ---- tokens ---- */

typedef enum latchkey_sts_kind {
  LATCHKEY_STS_UNIT_CREDIT = 0,     /* sub_class 0-3, random, tid, value */
  LATCHKEY_STS_CURRENCY_CREDIT = 1, /* sub_class 4-7, sign_and_exponent, tid, value */
  LATCHKEY_STS_MANAGEMENT = 2,      /* sub_class 0, 1, 2, 5, 6, 7, 10, random, tid, value */
  LATCHKEY_STS_TEST = 3,            /* sub_class 0-2, control, manufacturer_code */
  LATCHKEY_STS_KEY_SECTION = 4,     /* sub_class 3, 4, 8, 9; see latchkey_sts_key_change */
  LATCHKEY_STS_MAKER = 5 /* token_class, sub_class kept for makers or for later, control: 44 bits */
} latchkey_sts_kind;

typedef struct latchkey_sts_token {
  uint8_t kind;        /* latchkey_sts_kind */
  uint8_t token_class; /* written by decode; read for LATCHKEY_STS_MAKER only */
  uint8_t sub_class;
  uint8_t random;            /* 4 bits */
  uint8_t sign_and_exponent; /* 4 bits */
  uint16_t value;            /* the 16-bit field */
  uint16_t manufacturer_code;
  uint32_t tid;
  uint64_t control;
} latchkey_sts_token;

/* The 20 digits of a token, and a zero. The key may be null for LATCHKEY_STS_TEST. A key section is made by
 * latchkey_sts_encode_key_change only. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_encode(const latchkey_sts_token* token,
                                                         const latchkey_sts_key* key,
                                                         char digits[LATCHKEY_STS_DIGITS + 1]);
/* The token of 20 digits. Of a key section only kind, class and sub-class are told. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_decode(const char* digits, const latchkey_sts_key* key,
                                                         latchkey_sts_token* token);

/* ---- key changes ---- */

typedef struct latchkey_sts_key_change {
  latchkey_sts_key new_key; /* of the same algorithm as the old one */
  uint8_t key_type;
  uint8_t key_revision_number;
  uint8_t key_expiry_number;
  uint8_t tariff_index;
  uint8_t roll_over;        /* 0 or 1: identifiers begin anew */
  uint8_t has_supply_group; /* always 1 with EA11; with EA07 it makes a set of three */
  uint32_t supply_group_code;
} latchkey_sts_key_change;

/* The tokens of a change, under the old key: 2, 3 (EA07) or 4 (EA11) of them. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_encode_key_change(const latchkey_sts_key_change* change,
                                                                    const latchkey_sts_key* old_key,
                                                                    char digits[4][LATCHKEY_STS_DIGITS + 1],
                                                                    size_t* count);
/* The change that a whole set, in any order, carries. Its new key points to the old key's tables. */
LATCHKEY_STS_API latchkey_sts_status latchkey_sts_decode_key_change(const char* const* digits, size_t count,
                                                                    const latchkey_sts_key* old_key,
                                                                    latchkey_sts_key_change* change);

#ifdef __cplusplus
}
#endif

#endif
