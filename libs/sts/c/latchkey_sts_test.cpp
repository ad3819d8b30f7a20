// SPDX-License-Identifier: Apache-2.0
// The C interface: the association's vectors through it, every kind of token both ways, and each refusal by
// its status.
#include "sts/c/latchkey_sts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/vectors_test.hpp"

namespace {

using lk::crypto::test::Hex;

latchkey_sts_key_attributes example() {
  latchkey_sts_key_attributes attributes{};
  std::strcpy(attributes.pan, "600727000000000009");
  attributes.key_type = 2;
  attributes.tariff_index = 1;
  attributes.key_revision_number = 1;
  attributes.supply_group_code = 201457;
  attributes.base_year = 2014;
  return attributes;
}

latchkey_sts_status derive(unsigned generation, std::string_view vending_key, std::uint8_t algorithm,
                           const latchkey_sts_key_attributes& attributes, int allow_legacy,
                           latchkey_sts_key* key) {
  const Hex bytes{vending_key};
  return latchkey_sts_derive(generation, reinterpret_cast<const std::uint8_t*>(bytes.bytes.data()),
                             bytes.size_bytes, algorithm, &attributes, allow_legacy, key);
}

constexpr std::string_view suite_key = "abababababababab949494949494949401234567";

latchkey_sts_key suite(std::uint8_t algorithm) {
  latchkey_sts_key key{};
  EXPECT_EQ(derive(4, suite_key, algorithm, example(), 0, &key), LATCHKEY_STS_OK);
  return key;
}

struct Ea07 {
  Ea07() {
    EXPECT_EQ(latchkey_sts_prepare_tables(latchkey_sts_sample_tables(), &tables), LATCHKEY_STS_OK);
    key.algorithm = 7;
    key.tables = &tables;
    const Hex bytes{"0abc12def3456789"};
    std::memcpy(key.bytes, bytes.bytes.data(), 8);
  }
  latchkey_sts_prepared_tables tables{};
  latchkey_sts_key key{};
};

TEST(CInterface, GivesTheTokensOfTheSuites) {
  const latchkey_sts_key key = suite(11);
  latchkey_sts_token token{};
  token.random = 5;
  token.tid = 85740;
  token.value = 1;
  char digits[LATCHKEY_STS_DIGITS + 1];
  ASSERT_EQ(latchkey_sts_encode(&token, &key, digits), LATCHKEY_STS_OK);
  EXPECT_STREQ(digits, "58625789986991357486") << "STS 531-1-11 ed2.2 CTSA01.1";

  const Ea07 ea07;
  token.random = 0xB;
  token.tid = 0x19EB23;
  token.value = 0x0100;
  ASSERT_EQ(latchkey_sts_encode(&token, &ea07.key, digits), LATCHKEY_STS_OK);
  EXPECT_STREQ(digits, "51043465443420856213") << "the example of IEC 62055-41";

  token = {};
  token.kind = LATCHKEY_STS_TEST;
  token.control = 0xFFFFFFFFF;
  ASSERT_EQ(latchkey_sts_encode(&token, nullptr, digits), LATCHKEY_STS_OK);
  EXPECT_STREQ(digits, "56493153725450313471") << "CTSA02.1, which needs no key";
}

latchkey_sts_token token_of(latchkey_sts_kind kind, std::uint8_t token_class, std::uint8_t sub_class) {
  latchkey_sts_token token{};
  token.kind = static_cast<std::uint8_t>(kind);
  token.token_class = token_class;
  token.sub_class = sub_class;
  return token;
}

bool same(const latchkey_sts_token& a, const latchkey_sts_token& b) {
  return a.kind == b.kind && a.token_class == b.token_class && a.sub_class == b.sub_class &&
         a.random == b.random && a.sign_and_exponent == b.sign_and_exponent && a.value == b.value &&
         a.manufacturer_code == b.manufacturer_code && a.tid == b.tid && a.control == b.control;
}

TEST(CInterface, EveryKindOfTokenGoesBothWays) {
  latchkey_sts_token units = token_of(LATCHKEY_STS_UNIT_CREDIT, 0, 3);
  units.random = 15;
  units.tid = LATCHKEY_STS_TID_MAX;
  units.value = 0xFFFF;
  latchkey_sts_token currency = token_of(LATCHKEY_STS_CURRENCY_CREDIT, 0, 7);
  currency.tid = 1;
  currency.sign_and_exponent = 9;
  currency.value = 0xBF49;
  latchkey_sts_token management = token_of(LATCHKEY_STS_MANAGEMENT, 2, 10);
  management.random = 1;
  management.tid = 7;
  management.value = 0xFC01;
  latchkey_sts_token test = token_of(LATCHKEY_STS_TEST, 1, 1);
  test.control = 0xFFFFFFF;
  test.manufacturer_code = 0x1234;
  latchkey_sts_token maker = token_of(LATCHKEY_STS_MAKER, 2, 15);
  maker.control = 0xFFFFFFFFFFF;
  const Ea07 ea07;
  const latchkey_sts_key keys[] = {suite(11), ea07.key};
  for (const latchkey_sts_key& key : keys) {
    for (const latchkey_sts_token& token : {units, currency, management, test, maker}) {
      char digits[LATCHKEY_STS_DIGITS + 1];
      ASSERT_EQ(latchkey_sts_encode(&token, &key, digits), LATCHKEY_STS_OK) << int{token.kind};
      latchkey_sts_token back{};
      ASSERT_EQ(latchkey_sts_decode(digits, &key, &back), LATCHKEY_STS_OK) << int{token.kind};
      EXPECT_TRUE(same(token, back)) << int{token.kind};
    }
  }
}

TEST(CInterface, EachFieldThatDoesNotFitIsRefused) {
  const latchkey_sts_key key = suite(11);
  struct Row {
    const char* name;
    latchkey_sts_token token;
  };
  std::vector<Row> rows;
  const auto add = [&rows](const char* name, latchkey_sts_token token, auto change) {
    change(token);
    rows.push_back({name, token});
  };
  const auto units = token_of(LATCHKEY_STS_UNIT_CREDIT, 0, 0);
  add("units sub-class", units, [](auto& t) { t.sub_class = 4; });
  add("random", units, [](auto& t) { t.random = 16; });
  add("identifier", units, [](auto& t) { t.tid = LATCHKEY_STS_TID_MAX + 1; });
  const auto currency = token_of(LATCHKEY_STS_CURRENCY_CREDIT, 0, 4);
  add("currency sub-class", currency, [](auto& t) { t.sub_class = 3; });
  add("sign and exponent", currency, [](auto& t) { t.sign_and_exponent = 16; });
  const auto management = token_of(LATCHKEY_STS_MANAGEMENT, 2, 0);
  for (const std::uint8_t sub_class : std::array<std::uint8_t, 5>{3, 4, 8, 9, 11}) {
    add("management sub-class", management, [sub_class](auto& t) { t.sub_class = sub_class; });
  }
  const auto test = token_of(LATCHKEY_STS_TEST, 1, 0);
  add("test sub-class", test, [](auto& t) { t.sub_class = 3; });
  add("manufacturer of three digits", test, [](auto& t) { t.manufacturer_code = 256; });
  add("37 control bits", test, [](auto& t) { t.control = std::uint64_t{1} << 36U; });
  const auto maker = token_of(LATCHKEY_STS_MAKER, 0, 8);
  add("a maker's sub-class that is not", maker, [](auto& t) { t.sub_class = 7; });
  add("class 3", maker, [](auto& t) { t.token_class = 3; });
  add("45 bits", maker, [](auto& t) { t.control = std::uint64_t{1} << 44U; });
  add("a key section alone", maker, [](auto& t) { t.kind = LATCHKEY_STS_KEY_SECTION; });
  add("no kind", maker, [](auto& t) { t.kind = 77; });
  for (const Row& row : rows) {
    char digits[LATCHKEY_STS_DIGITS + 1] = "untouched";
    EXPECT_EQ(latchkey_sts_encode(&row.token, &key, digits), LATCHKEY_STS_FIELD) << row.name;
    EXPECT_STREQ(digits, "untouched") << row.name;
  }
}

TEST(CInterface, DigitsThatAreNoTokenAndKeysThatAreNone) {
  const latchkey_sts_key key = suite(11);
  latchkey_sts_token token{};
  EXPECT_EQ(latchkey_sts_decode("", &key, &token), LATCHKEY_STS_FORMAT);
  EXPECT_EQ(latchkey_sts_decode("586257899869913574860", &key, &token), LATCHKEY_STS_FORMAT);
  EXPECT_EQ(latchkey_sts_decode("99999999999999999999", &key, &token), LATCHKEY_STS_FORMAT);
  EXPECT_EQ(latchkey_sts_decode("73786976294838206463", &key, &token), LATCHKEY_STS_RESERVED_CLASS);
  EXPECT_EQ(latchkey_sts_decode("58625789986991357487", &key, &token), LATCHKEY_STS_CRC);
  EXPECT_EQ(latchkey_sts_decode("58625789986991357486", nullptr, &token), LATCHKEY_STS_ALGORITHM);
  latchkey_sts_key wrong = key;
  wrong.algorithm = 9;
  EXPECT_EQ(latchkey_sts_decode("58625789986991357486", &wrong, &token), LATCHKEY_STS_ALGORITHM);
  wrong.algorithm = 7;
  EXPECT_EQ(latchkey_sts_decode("58625789986991357486", &wrong, &token), LATCHKEY_STS_TABLES);
  latchkey_sts_tables tables = *latchkey_sts_sample_tables();
  tables.permutation[0] = tables.permutation[1];
  latchkey_sts_prepared_tables prepared{};
  EXPECT_EQ(latchkey_sts_prepare_tables(&tables, &prepared), LATCHKEY_STS_TABLES);
}

TEST(CInterface, KeysOfEachGenerationAndItsRefusals) {
  latchkey_sts_key key{};
  auto attributes = example();
  attributes.supply_group_code = 123456;
  ASSERT_EQ(derive(2, "abababababababab", 7, attributes, 0, &key), LATCHKEY_STS_OK);
  const Hex wanted{"e653341f9d5bf36f"};
  EXPECT_EQ(std::memcmp(key.bytes, wanted.bytes.data(), 8), 0);
  constexpr std::string_view two_keys = "abababababababab0123456789abcdef";
  EXPECT_EQ(derive(3, two_keys, 7, attributes, 1, &key), LATCHKEY_STS_OK);
  EXPECT_EQ(derive(3, two_keys, 7, attributes, 0, &key), LATCHKEY_STS_DKGA03_REFUSED);
  EXPECT_EQ(derive(1, "abababababababab", 7, attributes, 1, &key), LATCHKEY_STS_DKGA01_REFUSED);
  EXPECT_EQ(derive(0, suite_key, 11, attributes, 1, &key), LATCHKEY_STS_DKGA_UNKNOWN);
  EXPECT_EQ(derive(260, suite_key, 11, attributes, 1, &key), LATCHKEY_STS_DKGA_UNKNOWN);
  EXPECT_EQ(derive(2, "abababababababab", 11, attributes, 0, &key), LATCHKEY_STS_ALGORITHM);
  EXPECT_EQ(derive(4, two_keys, 11, attributes, 0, &key), LATCHKEY_STS_VENDING_KEY_SIZE);
  EXPECT_EQ(derive(2, "abababababababaa", 7, attributes, 0, &key), LATCHKEY_STS_VENDING_KEY_PARITY);
  EXPECT_EQ(derive(4, suite_key, 8, attributes, 0, &key), LATCHKEY_STS_ALGORITHM);
  const auto refused = [&key](auto change) {
    auto changed = example();
    change(changed);
    return derive(4, suite_key, 11, changed, 0, &key);
  };
  EXPECT_EQ(refused([](auto& a) { a.pan[17] = '8'; }), LATCHKEY_STS_PAN);
  EXPECT_EQ(refused([](auto& a) { a.key_type = 4; }), LATCHKEY_STS_KEY_TYPE);
  EXPECT_EQ(refused([](auto& a) { a.base_year = 2015; }), LATCHKEY_STS_BASE_DATE);
  EXPECT_EQ(refused([](auto& a) { a.tariff_index = 100; }), LATCHKEY_STS_TARIFF_INDEX);
  EXPECT_EQ(refused([](auto& a) { a.key_revision_number = 0; }), LATCHKEY_STS_KEY_REVISION);
  EXPECT_EQ(refused([](auto& a) { a.supply_group_code = 1000000; }), LATCHKEY_STS_SUPPLY_GROUP);
}

TEST(CInterface, NumbersIdentifiersAndAmounts) {
  char drn[LATCHKEY_STS_DRN_DIGITS_MAX + 1];
  char pan[LATCHKEY_STS_PAN_DIGITS + 1];
  EXPECT_EQ(latchkey_sts_make_drn(0, 2, 0, drn), LATCHKEY_STS_OK);
  EXPECT_STREQ(drn, "00000000000");
  EXPECT_EQ(latchkey_sts_pan_of_drn(drn, pan), LATCHKEY_STS_OK);
  EXPECT_STREQ(pan, "600727000000000009");
  EXPECT_EQ(latchkey_sts_make_drn(100, 4, 0, drn), LATCHKEY_STS_OK);
  EXPECT_EQ(latchkey_sts_pan_of_drn(drn, pan), LATCHKEY_STS_OK);
  EXPECT_STREQ(pan, "000001000000000082");
  EXPECT_EQ(latchkey_sts_check_pan(pan), LATCHKEY_STS_OK);
  EXPECT_EQ(latchkey_sts_check_pan("0000010000000000821"), LATCHKEY_STS_PAN);
  EXPECT_EQ(latchkey_sts_make_drn(100, 2, 0, drn), LATCHKEY_STS_DRN);
  EXPECT_EQ(latchkey_sts_make_drn(10000, 4, 0, drn), LATCHKEY_STS_DRN);
  EXPECT_EQ(latchkey_sts_make_drn(1, 2, 100000000, drn), LATCHKEY_STS_DRN);
  EXPECT_EQ(latchkey_sts_pan_of_drn("00000000001", pan), LATCHKEY_STS_DRN);

  std::uint32_t tid = 0;
  EXPECT_EQ(latchkey_sts_tid_at(1993, 827762100, &tid), LATCHKEY_STS_OK);
  EXPECT_EQ(tid, 0x19EB23U) << "1996-03-25 13:55";
  EXPECT_EQ(latchkey_sts_tid_after(tid, 1993, 827762100, &tid), LATCHKEY_STS_OK);
  EXPECT_EQ(tid, 0x19EB24U);
  std::int64_t unix_s = 0;
  EXPECT_EQ(latchkey_sts_time_of_tid(1993, 0x19EB23, &unix_s), LATCHKEY_STS_OK);
  EXPECT_EQ(unix_s, 827762100);
  EXPECT_EQ(latchkey_sts_tid_at(2035, 827762100, &tid), LATCHKEY_STS_BEFORE_BASE_DATE);
  EXPECT_EQ(latchkey_sts_tid_at(1993, 4000000000, &tid), LATCHKEY_STS_TID_EXHAUSTED);
  EXPECT_EQ(latchkey_sts_tid_at(1993, INT64_MAX, &tid), LATCHKEY_STS_TID_EXHAUSTED);
  EXPECT_EQ(latchkey_sts_tid_at(1993, INT64_MIN, &tid), LATCHKEY_STS_BEFORE_BASE_DATE);
  EXPECT_EQ(latchkey_sts_tid_at(1994, 0, &tid), LATCHKEY_STS_BASE_DATE);
  EXPECT_EQ(latchkey_sts_tid_after(0x1000000, 1993, 827762100, &tid), LATCHKEY_STS_FIELD);
  EXPECT_EQ(latchkey_sts_is_expired(0x10000, 0), 1);
  EXPECT_EQ(latchkey_sts_is_expired(LATCHKEY_STS_TID_MAX, 255), 0);

  std::uint16_t field = 0;
  std::uint8_t sign_and_exponent = 0;
  EXPECT_EQ(latchkey_sts_encode_units_text("25.6", &field), LATCHKEY_STS_OK);
  EXPECT_EQ(field, 256);
  EXPECT_EQ(latchkey_sts_encode_units_text("0.01", &field), LATCHKEY_STS_OK);
  EXPECT_EQ(field, 1);
  EXPECT_EQ(latchkey_sts_encode_units_text("-1", &field), LATCHKEY_STS_NEGATIVE);
  EXPECT_EQ(latchkey_sts_encode_units_text("1820162.5", &field), LATCHKEY_STS_TOO_LARGE);
  EXPECT_EQ(latchkey_sts_encode_units_text("1e30", &field), LATCHKEY_STS_TOO_LARGE);
  EXPECT_EQ(latchkey_sts_encode_units_text("much", &field), LATCHKEY_STS_NO_NUMBER);
  EXPECT_EQ(latchkey_sts_encode_currency_text("-180224", &sign_and_exponent, &field), LATCHKEY_STS_OK);
  EXPECT_EQ(sign_and_exponent, 9);
  EXPECT_EQ(field, 0xBF49);
  EXPECT_EQ(latchkey_sts_encode_currency_text("1e35", &sign_and_exponent, &field), LATCHKEY_STS_TOO_LARGE);
  char text[LATCHKEY_STS_AMOUNT_TEXT_MAX];
  EXPECT_EQ(latchkey_sts_decode_currency_text(7, 0xFFFF, text), LATCHKEY_STS_OK) << "the largest there is";
  EXPECT_STREQ(text, "1820344444444444444444444444444.42624");
  EXPECT_EQ(latchkey_sts_decode_currency_text(0, 0x60AA, text), LATCHKEY_STS_OK);
  EXPECT_STREQ(text, "1.00004");
  EXPECT_EQ(latchkey_sts_decode_currency_text(16, 0, text), LATCHKEY_STS_FIELD);
}

TEST(CInterface, KeyChangesOfEachSizeComeBack) {
  const Ea07 ea07;
  latchkey_sts_key_change change{};
  change.key_type = 2;
  change.key_revision_number = 9;
  change.key_expiry_number = 0xA5;
  change.tariff_index = 99;
  change.roll_over = 1;
  change.supply_group_code = 999999;
  struct Row {
    latchkey_sts_key old_key;
    bool has_group;
    std::size_t count;
  };
  for (const Row& row : {Row{suite(11), true, 4}, Row{ea07.key, true, 3}, Row{ea07.key, false, 2}}) {
    change.new_key = row.old_key;
    change.new_key.bytes[0] ^= 0x55;
    change.has_supply_group = row.has_group ? 1 : 0;
    char digits[4][LATCHKEY_STS_DIGITS + 1];
    std::size_t count = 0;
    ASSERT_EQ(latchkey_sts_encode_key_change(&change, &row.old_key, digits, &count), LATCHKEY_STS_OK);
    ASSERT_EQ(count, row.count);
    latchkey_sts_token section{};
    EXPECT_EQ(latchkey_sts_decode(digits[0], &row.old_key, &section), LATCHKEY_STS_OK);
    EXPECT_EQ(section.kind, LATCHKEY_STS_KEY_SECTION);
    EXPECT_EQ(section.sub_class, 3);
    std::array<const char*, 4> set{digits[3], digits[2], digits[1], digits[0]};
    const auto whole = std::span{set}.last(count);
    latchkey_sts_key_change back{};
    ASSERT_EQ(latchkey_sts_decode_key_change(whole.data(), count, &row.old_key, &back), LATCHKEY_STS_OK);
    EXPECT_EQ(std::memcmp(back.new_key.bytes, change.new_key.bytes, row.old_key.algorithm == 11 ? 16 : 8), 0);
    EXPECT_EQ(back.key_expiry_number, 0xA5);
    EXPECT_EQ(back.key_revision_number, 9);
    EXPECT_EQ(back.tariff_index, 99);
    EXPECT_EQ(back.roll_over, 1);
    EXPECT_EQ(back.supply_group_code, row.has_group ? 999999U : 0U);
    EXPECT_EQ(latchkey_sts_decode_key_change(whole.data(), count - 1, &row.old_key, &back),
              LATCHKEY_STS_INCOMPLETE);
  }
  std::size_t count = 0;
  char digits[4][LATCHKEY_STS_DIGITS + 1];
  const latchkey_sts_key key = suite(11);
  const auto refused = [&](auto wrong) {
    latchkey_sts_key_change changed = change;
    changed.new_key = key;
    wrong(changed);
    return latchkey_sts_encode_key_change(&changed, &key, digits, &count);
  };
  EXPECT_EQ(refused([](auto& c) { c.new_key.algorithm = 7; }), LATCHKEY_STS_ALGORITHM);
  EXPECT_EQ(refused([](auto& c) { c.key_type = 4; }), LATCHKEY_STS_KEY_TYPE);
  EXPECT_EQ(refused([](auto& c) { c.key_revision_number = 10; }), LATCHKEY_STS_KEY_REVISION);
  EXPECT_EQ(refused([](auto& c) { c.tariff_index = 100; }), LATCHKEY_STS_TARIFF_INDEX);
  EXPECT_EQ(refused([](auto& c) { c.supply_group_code = 1000000; }), LATCHKEY_STS_SUPPLY_GROUP);
}

TEST(CInterface, EachStatusHasItsText) {
  std::set<std::string> texts;
  for (int status = 0; status <= 50; ++status) {
    texts.insert(latchkey_sts_status_text(static_cast<latchkey_sts_status>(status)));
  }
  EXPECT_EQ(texts.size(), 26U) << "25 that differ, and one for the numbers between";
}

}  // namespace
