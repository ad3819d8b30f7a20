// SPDX-License-Identifier: Apache-2.0
#include "sim/recording/recording.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace lk::sim {
namespace {

std::filesystem::path written(std::string_view bytes) {
  const auto file = std::filesystem::path{testing::TempDir()} / "recording_test.i16";
  std::ofstream{file, std::ios::binary} << bytes;
  return file;
}

TEST(Recording, ReadsBothOrders) {
  using namespace std::string_view_literals;
  const auto file = written("\x01\x00\xff\xff\x00\x80\xff\x7f"sv);
  const auto current_first = read_recording(file, ChannelOrder::current_first);
  ASSERT_TRUE(current_first.has_value());
  ASSERT_EQ(current_first->size(), 2U);
  EXPECT_EQ((*current_first)[0].current_count, 1);
  EXPECT_EQ((*current_first)[0].voltage_count, -1);
  EXPECT_EQ((*current_first)[1].current_count, -32768);
  EXPECT_EQ((*current_first)[1].voltage_count, 32767);
  const auto voltage_first = read_recording(file, ChannelOrder::voltage_first);
  ASSERT_TRUE(voltage_first.has_value());
  EXPECT_EQ((*voltage_first)[0].voltage_count, 1);
}

TEST(Recording, RefusesWithTheNameAndTheReason) {
  const auto message = [](const std::filesystem::path& file) {
    return read_recording(file, ChannelOrder::current_first).error();
  };
  EXPECT_NE(message("/nonexistent.i16").find("/nonexistent.i16: cannot be opened"), std::string::npos);
  EXPECT_NE(message(testing::TempDir()).find("is a folder"), std::string::npos);
  EXPECT_NE(message(written("")).find("is empty"), std::string::npos);
  EXPECT_NE(message(written("abcde")).find("has 5 bytes"), std::string::npos);
}

}  // namespace
}  // namespace lk::sim
