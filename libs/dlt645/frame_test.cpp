// SPDX-License-Identifier: Apache-2.0
#include "dlt645/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bytes/testing/hex.hpp"
#include "dlt645/vectors.hpp"

namespace lk::dlt645 {
namespace {

using bytes::hex;

// Without the wake-up bytes.
std::vector<std::byte> frame_of(const Vector& vector) {
  auto bytes = hex(vector.bytes);
  bytes.erase(bytes.begin(), std::ranges::find(bytes, frame_start));
  return bytes;
}

TEST(FrameTest, TakesEveryVectorApartAndMakesItAgain) {
  for (const Vector& vector : vectors) {
    const auto bytes = frame_of(vector);
    auto copy = bytes;
    const auto frame = parse(copy);
    if (vector.name[0] == 'N') {
      ASSERT_FALSE(frame.has_value()) << vector.name;
      EXPECT_EQ(frame.error(), FrameError::checksum) << vector.name;
      EXPECT_EQ(copy, bytes) << vector.name << ": nothing is changed";
      continue;
    }
    ASSERT_TRUE(frame.has_value()) << vector.name << ' ' << vector.meaning;
    std::array<std::byte, frame_max_bytes> made{};
    const std::size_t size_bytes = build(made, frame->address, frame->control, frame->data);
    EXPECT_EQ(hex(std::span{made}.first(size_bytes)), hex(bytes)) << vector.name;
  }
}

TEST(FrameTest, FindsTheFieldsWhereTheyAre) {
  auto bytes = hex("68 02 00 11 11 24 20 68 91 08 33 33 34 33 75 39 45 33 DD 16");
  auto wrong = bytes;
  EXPECT_EQ(parse(wrong).error(), FrameError::checksum);
  bytes[18] = std::byte{0xC4};
  const auto frame = parse(bytes);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->address, address_of(202411110002));
  EXPECT_EQ(frame->control, 0x91);
  EXPECT_EQ(hex(frame->data), "00 00 01 00 42 06 12 00");
}

struct BadRow {
  const char* name;
  const char* bytes;
  FrameError error;
};

TEST(FrameTest, RefusesWhatIsNoFrame) {
  const BadRow rows[] = {
      {"nothing", "", FrameError::size},
      {"a head alone", "68 02 00 11 11 24 20 68 13 00", FrameError::size},
      {"longer than it says", "68 AA AA AA AA AA AA 68 13 00 DF 16 16", FrameError::size},
      {"shorter than it says", "68 AA AA AA AA AA AA 68 13 01 DF 16", FrameError::size},
      {"no first start", "69 AA AA AA AA AA AA 68 13 00 DF 16", FrameError::shape},
      {"no second start", "68 AA AA AA AA AA AA 69 13 00 DF 16", FrameError::shape},
      {"no end", "68 AA AA AA AA AA AA 68 13 00 DF 17", FrameError::shape},
      {"a wrong sum", "68 AA AA AA AA AA AA 68 13 00 DE 16", FrameError::checksum},
  };
  for (const BadRow& row : rows) {
    auto bytes = hex(row.bytes);
    const auto frame = parse(bytes);
    ASSERT_FALSE(frame.has_value()) << row.name;
    EXPECT_EQ(frame.error(), row.error) << row.name;
  }
}

struct AddressRow {
  const char* name;
  const char* asked;
  bool is_own;
};

TEST(FrameTest, KnowsItsOwnAddressAlsoShortened) {
  const Address own = address_of(202411110002);
  const AddressRow rows[] = {
      {"the address", "02 00 11 11 24 20", true},
      {"all wild", "AA AA AA AA AA AA", true},
      {"high bytes wild", "02 00 11 AA AA AA", true},
      {"the highest digit wild", "02 00 11 11 24 A0", true},
      {"an odd number of digits", "02 00 11 A1 AA AA", true},
      {"another low byte", "03 00 11 AA AA AA", false},
      {"wild below a digit", "AA 00 11 11 24 20", false},
      {"broadcast", "99 99 99 99 99 99", false},
      {"zero filled", "02 00 00 00 00 00", false},
  };
  for (const AddressRow& row : rows) {
    Address asked{};
    std::ranges::copy(hex(row.asked), asked.begin());
    EXPECT_EQ(is_for(asked, own), row.is_own) << row.name;
  }
}

}  // namespace
}  // namespace lk::dlt645
