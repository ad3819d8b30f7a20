// SPDX-License-Identifier: Apache-2.0
#include "card/apdu.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lk::card {
namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> all;
  for (const unsigned value : values) all.push_back(std::byte{static_cast<std::uint8_t>(value)});
  return all;
}

TEST(Apdu, TheFourCasesOfIso7816) {
  struct Row {
    const char* name;
    std::vector<std::byte> wire;
    std::size_t data_bytes;
    unsigned expected;
  };
  const std::vector<Row> rows{
      {"case 1", bytes({0, 0x0E, 0x84, 0}), 0, 0},
      {"case 2", bytes({0, 0xB0, 0x81, 0, 16}), 0, 16},
      {"case 2, all", bytes({0, 0xB0, 0x81, 0, 0}), 0, 256},
      {"case 3", bytes({0, 0xA4, 0, 0, 2, 0x3F, 0}), 2, 0},
      {"case 4", bytes({0, 0xA4, 4, 0, 1, 0xF0, 0}), 1, 256},
  };
  for (const Row& row : rows) {
    const auto command = decode_command(row.wire);
    ASSERT_TRUE(command) << row.name;
    EXPECT_EQ(command->data.size(), row.data_bytes) << row.name;
    EXPECT_EQ(command->expected, row.expected) << row.name;
    std::array<std::byte, command_max_bytes> room{};
    const auto again = encode(*command, room);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), row.wire.begin(), row.wire.end())) << row.name;
  }
}

TEST(Apdu, RefusesWhatIsNoShortCommand) {
  for (const auto& wire :
       {bytes({}), bytes({0, 0xA4, 0}), bytes({0, 0xA4, 0, 0, 2, 1}), bytes({0, 0xA4, 0, 0, 1, 1, 2, 3}),
        bytes({0, 0xA4, 0, 0, 0, 1, 0, 1}), std::vector<std::byte>(262)}) {
    EXPECT_FALSE(decode_command(wire)) << wire.size();
  }
  EXPECT_FALSE(decode_response(bytes({0x90})));
  EXPECT_EQ(decode_response(bytes({1, 0x90, 0}))->status, 0x9000);
}

}  // namespace
}  // namespace lk::card
