// SPDX-License-Identifier: Apache-2.0
// The C interface on the C++ one: numbers, tables, keys, identifiers and amounts. Tokens: tokens.cpp.
#include "sts/c/latchkey_sts.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <type_traits>

#include "crypto/secret.hpp"
#include "sts/c/inside.hpp"
#include "sts/decimal.hpp"
#include "sts/tid.hpp"

namespace {

using namespace lk;
using namespace lk::sts::c;

// A text without its zero; a text of more than `most` characters is cut off behind one more.
std::string_view text_of(const char* text, std::size_t most) {
  std::size_t size = 0;
  while (size <= most && text[size] != '\0') ++size;
  return {text, size};
}

template <std::size_t Size>
void copy_text(const std::array<char, Size>& from, char* to) {
  *std::ranges::copy(from, to).out = '\0';
}

latchkey_sts_status status_of(sts::KeyGenerationError error) {
  using enum sts::KeyGenerationError;
  switch (error) {
    case pan:
      return LATCHKEY_STS_PAN;
    case supply_group_code:
      return LATCHKEY_STS_SUPPLY_GROUP;
    case tariff_index:
      return LATCHKEY_STS_TARIFF_INDEX;
    case key_revision_number:
      return LATCHKEY_STS_KEY_REVISION;
    case dkga01_refused:
      return LATCHKEY_STS_DKGA01_REFUSED;
    case dkga03_refused:
      return LATCHKEY_STS_DKGA03_REFUSED;
    case unknown_algorithm:
      return LATCHKEY_STS_DKGA_UNKNOWN;
    case encryption_algorithm:
      return LATCHKEY_STS_ALGORITHM;
    case vending_key_size:
      return LATCHKEY_STS_VENDING_KEY_SIZE;
    case vending_key_parity:
      break;
  }
  return LATCHKEY_STS_VENDING_KEY_PARITY;
}

latchkey_sts_status status_of(sts::TidError error) {
  return error == sts::TidError::before_base_date ? LATCHKEY_STS_BEFORE_BASE_DATE
                                                  : LATCHKEY_STS_TID_EXHAUSTED;
}

latchkey_sts_status status_of(sts::DecimalFault fault) {
  return fault == sts::DecimalFault::too_large ? LATCHKEY_STS_TOO_LARGE : LATCHKEY_STS_NO_NUMBER;
}

// Unix seconds as an instant, or nothing where they are beyond 10^10: no token's time is.
std::optional<quantity::Instant> instant_of(std::int64_t unix_s) {
  constexpr std::int64_t far = 10'000'000'000;
  if (unix_s < -far || unix_s > far) return std::nullopt;
  return quantity::Instant::of(unix_s * 1000);
}

latchkey_sts_status tid_of(std::uint16_t base_year, std::int64_t unix_s, const std::uint32_t* last,
                           std::uint32_t* tid) {
  const auto base = sts::base_date(base_year);
  if (!base) return LATCHKEY_STS_BASE_DATE;
  const auto at = instant_of(unix_s);
  if (!at) return unix_s < 0 ? LATCHKEY_STS_BEFORE_BASE_DATE : LATCHKEY_STS_TID_EXHAUSTED;
  if (last != nullptr && *last > sts::tid_max) return LATCHKEY_STS_FIELD;
  const auto found = last != nullptr ? sts::tid_after(*last, *base, *at) : sts::tid_at(*base, *at);
  if (!found) return status_of(found.error());
  *tid = *found;
  return LATCHKEY_STS_OK;
}

constexpr std::size_t amount_text_max = 2000;
constexpr int currency_digits = 5;
constexpr int units_digits = 1;

static_assert(sizeof(sts::StaTables) <= sizeof(latchkey_sts_prepared_tables));
static_assert(alignof(sts::StaTables) <= alignof(latchkey_sts_prepared_tables));
static_assert(std::is_trivially_destructible_v<sts::StaTables>);
static_assert(sts::decimal_text_max <= LATCHKEY_STS_AMOUNT_TEXT_MAX);

}  // namespace

const char* latchkey_sts_status_text(latchkey_sts_status status) {
  switch (status) {
    case LATCHKEY_STS_OK:
      return "ok";
    case LATCHKEY_STS_FORMAT:
      return "not 20 digits, or above 73786976294838206463";
    case LATCHKEY_STS_RESERVED_CLASS:
      return "a token of class 3, which is reserved";
    case LATCHKEY_STS_CRC:
      return "wrong check: mistyped, damaged, or for another key";
    case LATCHKEY_STS_INCOMPLETE:
      return "not a whole key change: a section is missing, doubled or foreign";
    case LATCHKEY_STS_TOO_LARGE:
      return "an amount too large for a token";
    case LATCHKEY_STS_NO_NUMBER:
      return "no decimal number";
    case LATCHKEY_STS_NEGATIVE:
      return "units cannot be negative";
    case LATCHKEY_STS_PAN:
      return "a PAN has 18 digits, 600727 or 0000 in front, with right check digits";
    case LATCHKEY_STS_DRN:
      return "a meter number has 11 or 13 digits with a right check digit";
    case LATCHKEY_STS_SUPPLY_GROUP:
      return "a supply group code has 6 digits";
    case LATCHKEY_STS_TARIFF_INDEX:
      return "a tariff index is 0 to 99";
    case LATCHKEY_STS_KEY_REVISION:
      return "a key revision number is 1 to 9";
    case LATCHKEY_STS_KEY_TYPE:
      return "a key type is 0 to 3";
    case LATCHKEY_STS_BASE_DATE:
      return "a base year is 1993, 2014 or 2035";
    case LATCHKEY_STS_ALGORITHM:
      return "an encryption algorithm is 7 or 11, and 11 needs DKGA04";
    case LATCHKEY_STS_DKGA01_REFUSED:
      return "DKGA01 is not implemented: its published descriptions contradict each other";
    case LATCHKEY_STS_DKGA03_REFUSED:
      return "DKGA03 is legacy: allow it in so many words";
    case LATCHKEY_STS_DKGA_UNKNOWN:
      return "a key generation is 2, 3 or 4";
    case LATCHKEY_STS_VENDING_KEY_SIZE:
      return "a vending key has 8 bytes (DKGA02), 16 (DKGA03) or 20 (DKGA04)";
    case LATCHKEY_STS_VENDING_KEY_PARITY:
      return "each byte of a DES key has an odd number of ones: this one is mistyped or damaged";
    case LATCHKEY_STS_TABLES:
      return "EA07 needs a table set of permutations";
    case LATCHKEY_STS_BEFORE_BASE_DATE:
      return "the time is before the base date";
    case LATCHKEY_STS_TID_EXHAUSTED:
      return "the time is after the last identifier of the base date";
    case LATCHKEY_STS_FIELD:
      return "a field does not fit its bits, or the kind is unknown";
  }
  return "unknown status";
}

void latchkey_sts_wipe(void* secret, size_t size_bytes) {
  crypto::wipe({static_cast<std::byte*>(secret), size_bytes});
}

latchkey_sts_status latchkey_sts_make_drn(unsigned manufacturer, unsigned manufacturer_digits,
                                          uint32_t serial, char drn[LATCHKEY_STS_DRN_DIGITS_MAX + 1]) {
  if (serial > 99'999'999) return LATCHKEY_STS_DRN;
  if (manufacturer_digits == 2 && manufacturer <= 99) {
    copy_text(sts::make_drn(static_cast<std::uint8_t>(manufacturer), serial), drn);
    return LATCHKEY_STS_OK;
  }
  if (manufacturer_digits != 4 || manufacturer > 9999) return LATCHKEY_STS_DRN;
  copy_text(sts::make_long_drn(static_cast<std::uint16_t>(manufacturer), serial), drn);
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_pan_of_drn(const char* drn, char pan[LATCHKEY_STS_PAN_DIGITS + 1]) {
  const auto found = sts::pan_of(text_of(drn, LATCHKEY_STS_DRN_DIGITS_MAX));
  if (!found) return LATCHKEY_STS_DRN;
  copy_text(*found, pan);
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_check_pan(const char* pan) {
  return sts::parse_pan(text_of(pan, LATCHKEY_STS_PAN_DIGITS)) ? LATCHKEY_STS_OK : LATCHKEY_STS_PAN;
}

const latchkey_sts_tables* latchkey_sts_sample_tables(void) {
  static constinit const latchkey_sts_tables sample = [] {
    latchkey_sts_tables tables{};
    std::ranges::copy(sts::sample_table_set.substitution_1, tables.substitution_1);
    std::ranges::copy(sts::sample_table_set.substitution_2, tables.substitution_2);
    std::ranges::copy(sts::sample_table_set.permutation, tables.permutation);
    return tables;
  }();
  return &sample;
}

latchkey_sts_status latchkey_sts_prepare_tables(const latchkey_sts_tables* tables,
                                                latchkey_sts_prepared_tables* prepared) {
  sts::TableSet set;
  std::ranges::copy(tables->substitution_1, set.substitution_1.begin());
  std::ranges::copy(tables->substitution_2, set.substitution_2.begin());
  std::ranges::copy(tables->permutation, set.permutation.begin());
  if (sts::check(set) != sts::TableSetFault::none) return LATCHKEY_STS_TABLES;
  new (prepared->opaque) sts::StaTables{set};
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_derive(unsigned generation, const uint8_t* vending_key,
                                        size_t vending_key_bytes, uint8_t algorithm,
                                        const latchkey_sts_key_attributes* attributes, int allow_legacy,
                                        latchkey_sts_key* key) {
  if (generation > 4) return LATCHKEY_STS_DKGA_UNKNOWN;
  if (!is_algorithm(algorithm)) return LATCHKEY_STS_ALGORITHM;
  const auto pan = sts::parse_pan(text_of(attributes->pan, LATCHKEY_STS_PAN_DIGITS));
  if (!pan) return LATCHKEY_STS_PAN;
  if (attributes->key_type > 3) return LATCHKEY_STS_KEY_TYPE;
  const auto base = sts::base_date(attributes->base_year);
  if (!base) return LATCHKEY_STS_BASE_DATE;
  const auto derived = sts::derive_key(static_cast<sts::KeyGenerationAlgorithm>(generation),
                                       std::as_bytes(std::span{vending_key, vending_key_bytes}),
                                       static_cast<sts::EncryptionAlgorithm>(algorithm),
                                       {.pan = *pan,
                                        .key_type = static_cast<sts::KeyType>(attributes->key_type),
                                        .supply_group_code = attributes->supply_group_code,
                                        .tariff_index = attributes->tariff_index,
                                        .key_revision_number = attributes->key_revision_number,
                                        .base_date = *base},
                                       allow_legacy != 0 ? sts::Legacy::allowed : sts::Legacy::refused);
  if (!derived) return status_of(derived.error());
  key->algorithm = algorithm;
  std::ranges::transform(derived->bytes, key->bytes,
                         [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_tid_at(uint16_t base_year, int64_t unix_s, uint32_t* tid) {
  return tid_of(base_year, unix_s, nullptr, tid);
}

latchkey_sts_status latchkey_sts_tid_after(uint32_t last, uint16_t base_year, int64_t unix_s, uint32_t* tid) {
  return tid_of(base_year, unix_s, &last, tid);
}

latchkey_sts_status latchkey_sts_time_of_tid(uint16_t base_year, uint32_t tid, int64_t* unix_s) {
  const auto base = sts::base_date(base_year);
  if (!base) return LATCHKEY_STS_BASE_DATE;
  if (tid > sts::tid_max) return LATCHKEY_STS_FIELD;
  *unix_s = sts::instant_of(*base, tid).unix_s();
  return LATCHKEY_STS_OK;
}

int latchkey_sts_is_expired(uint32_t tid, uint8_t key_expiry_number) {
  return sts::is_expired(tid, key_expiry_number) ? 1 : 0;
}

latchkey_sts_status latchkey_sts_encode_units(uint64_t tenths, uint16_t* field) {
  const auto encoded = sts::encode_units(tenths);
  if (!encoded) return LATCHKEY_STS_TOO_LARGE;
  *field = *encoded;
  return LATCHKEY_STS_OK;
}

uint32_t latchkey_sts_decode_units(uint16_t field) {
  return sts::decode_units(field);
}

latchkey_sts_status latchkey_sts_encode_units_text(const char* units, uint16_t* field) {
  const auto amount = sts::parse_decimal(text_of(units, amount_text_max), units_digits);
  if (!amount) return status_of(amount.error());
  if (amount->negative) return LATCHKEY_STS_NEGATIVE;
  if (amount->magnitude.high != 0) return LATCHKEY_STS_TOO_LARGE;
  return latchkey_sts_encode_units(amount->magnitude.low, field);
}

latchkey_sts_status latchkey_sts_encode_currency_text(const char* amount, uint8_t* sign_and_exponent,
                                                      uint16_t* field) {
  const auto parsed = sts::parse_decimal(text_of(amount, amount_text_max), currency_digits);
  if (!parsed) return status_of(parsed.error());
  const auto encoded = sts::encode_currency(*parsed);
  if (!encoded) return LATCHKEY_STS_TOO_LARGE;
  *sign_and_exponent = encoded->sign_and_exponent;
  *field = encoded->amount;
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_decode_currency_text(uint8_t sign_and_exponent, uint16_t field,
                                                      char amount[LATCHKEY_STS_AMOUNT_TEXT_MAX]) {
  if (sign_and_exponent > 0xF) return LATCHKEY_STS_FIELD;
  std::array<char, sts::decimal_text_max> room;
  const auto text =
      sts::format_decimal(sts::decode_currency({sign_and_exponent, field}), currency_digits, room);
  *std::ranges::copy(text, amount).out = '\0';
  return LATCHKEY_STS_OK;
}
