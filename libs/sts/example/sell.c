/* SPDX-License-Identifier: Apache-2.0
 * Sells 25.6 kWh to a meter, and reads the token as the meter does. */
#include <latchkey_sts.h>
#include <stdio.h>
#include <stdlib.h>

static void check(latchkey_sts_status status, const char* what) {
  if (status == LATCHKEY_STS_OK) return;
  fprintf(stderr, "%s: %s\n", what, latchkey_sts_status_text(status));
  exit(1);
}

int main(void) {
  /* The vending key of the association's test suites; a real one is a secret of a security module. */
  static const uint8_t vending_key[20] = {0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0x94, 0x94,
                                          0x94, 0x94, 0x94, 0x94, 0x94, 0x94, 0x01, 0x23, 0x45, 0x67};
  latchkey_sts_key_attributes meter = {
      .key_type = 2, .tariff_index = 1, .key_revision_number = 1, .supply_group_code = 201457, .base_year = 2014};
  check(latchkey_sts_pan_of_drn("00000000000", meter.pan), "meter number");

  latchkey_sts_key key = {0};
  check(latchkey_sts_derive(4, vending_key, sizeof vending_key, 11, &meter, 0, &key), "decoder key");

  latchkey_sts_token token = {.kind = LATCHKEY_STS_UNIT_CREDIT, .sub_class = 0, .random = 5};
  check(latchkey_sts_tid_at(meter.base_year, 1795267500, &token.tid), "identifier");
  check(latchkey_sts_encode_units_text("25.6", &token.value), "amount");

  char digits[LATCHKEY_STS_DIGITS + 1];
  check(latchkey_sts_encode(&token, &key, digits), "token");
  printf("%.4s %.4s %.4s %.4s %.4s\n", digits, digits + 4, digits + 8, digits + 12, digits + 16);

  latchkey_sts_token read;
  check(latchkey_sts_decode(digits, &key, &read), "token");
  latchkey_sts_wipe(&key, sizeof key);
  const uint32_t tenths = latchkey_sts_decode_units(read.value);
  printf("%u.%u kWh, identifier %u\n", (unsigned)(tenths / 10), (unsigned)(tenths % 10), (unsigned)read.tid);
  return 0;
}
