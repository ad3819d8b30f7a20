// SPDX-License-Identifier: Apache-2.0
// Any structure and any text through the C interface: a status, never a crash; what encodes decodes to the
// same.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bytes/bytes.hpp"
#include "sts/c/latchkey_sts.h"

namespace {

// A text of what is left of the input.
std::string rest_of(lk::bytes::Reader& reader) {
  std::string text;
  while (reader.left() > 0) text += static_cast<char>(reader.byte());
  return text;
}

void check_token(lk::bytes::Reader& reader, const latchkey_sts_key& key) {
  latchkey_sts_token token{};
  token.kind = reader.byte() & 7U;
  token.token_class = reader.byte() & 3U;
  token.sub_class = reader.byte() & 0x1FU;
  token.random = reader.byte() & 0x1FU;
  token.sign_and_exponent = reader.byte() & 0x1FU;
  token.value = reader.big<std::uint16_t>();
  token.manufacturer_code = reader.byte();
  token.tid = reader.big<std::uint32_t>() & 0x1FF'FFFF;
  token.control = reader.big<std::uint64_t>() >> 20U;
  char digits[LATCHKEY_STS_DIGITS + 1];
  if (latchkey_sts_encode(&token, &key, digits) != LATCHKEY_STS_OK) return;
  latchkey_sts_token back{};
  if (latchkey_sts_decode(digits, &key, &back) != LATCHKEY_STS_OK) std::abort();
  if (back.kind != token.kind || back.sub_class != token.sub_class) std::abort();
}

void check_key_change(lk::bytes::Reader& reader, const latchkey_sts_key& key) {
  latchkey_sts_key_change change{};
  change.new_key = key;
  change.new_key.bytes[3] = reader.byte();
  change.key_type = reader.byte() & 7U;
  change.key_revision_number = reader.byte() & 0xFU;
  change.key_expiry_number = reader.byte();
  change.tariff_index = reader.byte() & 0x7FU;
  change.has_supply_group = reader.byte() & 1U;
  change.supply_group_code = reader.big<std::uint32_t>() >> 12U;
  char digits[4][LATCHKEY_STS_DIGITS + 1];
  std::size_t count = 0;
  if (latchkey_sts_encode_key_change(&change, &key, digits, &count) != LATCHKEY_STS_OK) return;
  const char* set[4] = {digits[0], digits[1], digits[2], digits[3]};
  latchkey_sts_key_change back{};
  if (latchkey_sts_decode_key_change(set, count, &key, &back) != LATCHKEY_STS_OK) std::abort();
  if (back.new_key.bytes[3] != change.new_key.bytes[3]) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lk::bytes::Reader reader{std::as_bytes(std::span{data, size})};
  latchkey_sts_prepared_tables tables{};
  if (latchkey_sts_prepare_tables(latchkey_sts_sample_tables(), &tables) != LATCHKEY_STS_OK) std::abort();
  latchkey_sts_key key{};
  key.algorithm = (reader.byte() & 1U) != 0 ? 7 : 11;
  key.tables = &tables;
  check_token(reader, key);
  check_key_change(reader, key);

  latchkey_sts_key_attributes attributes{};
  for (char& digit : attributes.pan) digit = static_cast<char>('0' + reader.byte() % 10);  // no zero behind
  attributes.base_year = reader.big<std::uint16_t>();
  std::uint32_t tid = 0;
  std::int64_t unix_s = 0;
  const auto at = reader.big<std::int64_t>();
  (void)latchkey_sts_tid_after(reader.big<std::uint32_t>(), attributes.base_year, at, &tid);
  (void)latchkey_sts_time_of_tid(attributes.base_year, tid, &unix_s);
  (void)latchkey_sts_derive(reader.byte() % 6U, data, size % 32, key.algorithm, &attributes, 1, &key);

  const std::string text = rest_of(reader);
  latchkey_sts_token token{};
  std::uint16_t field = 0;
  std::uint8_t sign_and_exponent = 0;
  char pan[LATCHKEY_STS_PAN_DIGITS + 1];
  (void)latchkey_sts_decode(text.c_str(), &key, &token);
  (void)latchkey_sts_check_pan(text.c_str());
  (void)latchkey_sts_pan_of_drn(text.c_str(), pan);
  (void)latchkey_sts_encode_units_text(text.c_str(), &field);
  if (latchkey_sts_encode_currency_text(text.c_str(), &sign_and_exponent, &field) == LATCHKEY_STS_OK) {
    char amount[LATCHKEY_STS_AMOUNT_TEXT_MAX];
    if (latchkey_sts_decode_currency_text(sign_and_exponent, field, amount) != LATCHKEY_STS_OK) std::abort();
    std::uint8_t again_exponent = 0;
    std::uint16_t again = 0;
    if (latchkey_sts_encode_currency_text(amount, &again_exponent, &again) != LATCHKEY_STS_OK ||
        again != field || again_exponent != sign_and_exponent) {
      std::abort();
    }
  }
  return 0;
}
