// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/read/reading.hpp"

#include <gtest/gtest.h>

#include "bytes/testing/hex.hpp"

namespace lk::tools {
namespace {

TEST(Reading, DecimalsKeepEveryDigit) {
  struct Row {
    std::int64_t number;
    int scale;
    const char* expected;
  };
  for (const Row& row :
       {Row{0, 0, "0"}, Row{0, -3, "0.000"}, Row{0, 2, "0"}, Row{230'012, -3, "230.012"},
        Row{-5, -3, "-0.005"}, Row{12, 3, "12000"}, Row{INT64_MIN, -5, "-92233720368547.75808"},
        Row{INT64_MAX, 0, "9223372036854775807"}}) {
    EXPECT_EQ(decimal(row.number, row.scale), row.expected);
  }
}

TEST(Reading, ShowsRawRegistersOfEachType) {
  struct Row {
    const char* type;
    const char* registers;
    const char* text;
    const char* json;
  };
  for (const Row& row :
       {Row{"u16", "FFFE", "65534", "65534"}, Row{"i16", "FFFE", "-2", "-2"},
        Row{"u32", "FFFFFFFE", "4294967294", "4294967294"}, Row{"i32", "FFFFFFFE", "-2", "-2"},
        Row{"u64", "FFFFFFFFFFFFFFFE", "18446744073709551614", "18446744073709551614"},
        Row{"i64", "FFFFFFFFFFFFFFFE", "-2", "-2"}, Row{"float32", "43660000", "230", "230"},
        Row{"float32", "7FC00000", "nan", "\"nan\""},
        Row{"ascii", "4C4B22010000", "LK\"\x01", "\"LK\\\"\\u0001\""}}) {
    const auto registers = bytes::hex(row.registers);
    const Item item{.register_count = static_cast<std::uint16_t>(registers.size() / 2),
                    .type = *value_type(row.type)};
    const Value value = value_of(item, registers);
    EXPECT_EQ(value.text, row.text) << row.type;
    EXPECT_EQ(value.json, row.json) << row.type;
  }
  EXPECT_FALSE(value_type("u8").has_value());
}

TEST(Reading, ShowsRowsOfTheDictionaryInUnitsAndWords) {
  struct Row {
    const char* name;
    const char* registers;
    const char* text;
    const char* unit;
    const char* json;
  };
  for (const Row& row : {
           Row{"voltage", "0003827C", "230.012", "V", "230.012"},
           Row{"balance", "FFFFFFFFFFFFFFFF", "-0.00001", "", "-0.00001"},
           Row{"import_energy", "00000000D693A400", "1.000000", "kWh", "3600000.000"},
           Row{"supply_state", "0001", "closed", "", "\"closed\""},
           Row{"hold_reasons", "0003", "credit, order", "", "\"credit, order\""},
           Row{"alarms", "0000", "none", "", "\"none\""},
           Row{"token_result", "000A", "used", "", "\"used\""},
           Row{"firmware_version", "00010203", "1.2.3", "", "\"1.2.3\""},
           Row{"clock", "0000000000000001", "1970-01-01T00:00:00.001Z", "", "\"1970-01-01T00:00:00.001Z\""},
       }) {
    const dictionary::Row* found = dictionary::find(row.name);
    ASSERT_NE(found, nullptr) << row.name;
    const Value value = value_of(item_of(*found), bytes::hex(row.registers));
    EXPECT_EQ(value.text, row.text) << row.name;
    EXPECT_EQ(value.unit, row.unit) << row.name;
    EXPECT_EQ(value.json, row.json) << row.name;
  }
}

TEST(Reading, ReadsABlockInOneRequestAndNeverOverUnknownRegisters) {
  const auto item = [](const char* name) { return item_of(*dictionary::find(name)); };
  // The account is one block: one request, one consistent picture, whatever the order asked in.
  const std::vector<Item> account{item("credited"), item("balance"), item("deducted")};
  auto batches = plan(account);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].address, 0x5000);
  EXPECT_EQ(batches[0].register_count, 16);
  EXPECT_EQ(batches[0].items, (std::vector<std::size_t>{1, 2, 0}));
  const std::vector<Item> apart{item("voltage"), item("balance")};
  EXPECT_EQ(plan(apart).size(), 2U);
  // Of a foreign device nothing is known: only what is asked for is read.
  const std::vector<Item> foreign{{.address = 0x9000}, {.address = 0x9002}, {.address = 0x9003}};
  batches = plan(foreign);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[1].register_count, 2);
  std::vector<Item> many;
  for (std::uint16_t i = 0; i < 300; ++i) many.push_back({.address = static_cast<std::uint16_t>(0x9000 + i)});
  EXPECT_EQ(plan(many).size(), 3U);
}

TEST(Reading, SuggestsNamesThatAreNear) {
  EXPECT_EQ(near_names("volage").front(), "voltage");
  EXPECT_EQ(near_names("volts").front(), "voltage");
  EXPECT_EQ(near_names("balence").front(), "balance");
  EXPECT_TRUE(near_names("zzzzzzzz").empty());
}

}  // namespace
}  // namespace lk::tools
