// SPDX-License-Identifier: Apache-2.0
#include "modbus/frame.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "bytes/testing/hex.hpp"

namespace lk::modbus {
namespace {

using bytes::hex;

static_assert(timing_of(9600).t1_5_us == 1719 && timing_of(9600).t3_5_us == 4011);
static_assert(timing_of(1200).t3_5_us == 32084);
static_assert(timing_of(19200).t3_5_us == 2006);
static_assert(timing_of(115200).t1_5_us == 750 && timing_of(115200).t3_5_us == 1750);

struct SizeRow {
  const char* name;
  Direction direction;
  const char* begin;
  int size_bytes;  // -1 more needed, -2 only by silence
};

TEST(ModbusFrame, SizeIsToldByFunctionCode) {
  const SizeRow rows[] = {
      {"one byte tells nothing", Direction::request, "01", -1},
      {"read request", Direction::request, "01 03", 8},
      {"write request needs its byte count", Direction::request, "01 10 00 1C 00 02", -1},
      {"write request", Direction::request, "01 10 00 1C 00 02 04", 13},
      {"server id request", Direction::request, "01 11", 4},
      {"identification request", Direction::request, "01 2B 0E", 7},
      {"other encapsulated interface", Direction::request, "01 2B 0D", -2},
      {"unknown request", Direction::request, "01 65", -2},
      {"read reply", Direction::reply, "01 04 04", 9},
      {"exception reply", Direction::reply, "01 83", 5},
      {"write reply", Direction::reply, "01 10", 8},
      {"identification reply of no objects", Direction::reply, "01 2B 0E 01 83 00 00 00", 10},
      {"identification reply, second object yet to come", Direction::reply,
       "01 2B 0E 01 83 00 00 02 00 01 41", -1},
      {"identification reply", Direction::reply, "01 2B 0E 01 83 00 00 02 00 01 41 01 02", 17},
      {"unknown reply", Direction::reply, "01 65", -2},
  };
  for (const SizeRow& row : rows) {
    const auto size_bytes = frame_size_bytes(row.direction, hex(row.begin));
    const int got = size_bytes                                               ? static_cast<int>(*size_bytes)
                    : size_bytes.error() == LengthUnknown::more_bytes_needed ? -1
                                                                             : -2;
    EXPECT_EQ(got, row.size_bytes) << row.name;
  }
}

TEST(ModbusFrame, DamageIsNamed) {
  EXPECT_TRUE(parse_frame(hex("01 11 C0 2C")).has_value());
  EXPECT_EQ(parse_frame(hex("01 11 C0")).error(), FrameError::too_short);
  EXPECT_EQ(parse_frame(hex("01 11 C0 2D")).error(), FrameError::bad_crc);
  EXPECT_EQ(parse_frame(std::vector<std::byte>(257)).error(), FrameError::too_long);
}

}  // namespace
}  // namespace lk::modbus
