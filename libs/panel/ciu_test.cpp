// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "panel/ciu_ends.hpp"

namespace lk::panel::ciu {
namespace {

using Bytes = std::vector<std::byte>;

Frame frame_of(const char* text) {
  Frame frame;
  for (std::size_t i = 0; i < character_count && text[i] != 0; ++i) frame.characters[i] = text[i];
  frame.unit = Unit::currency;
  frame.symbols = symbol_supply_on | symbol_scrolling;
  frame.points = 0x20;
  frame.code = 37;
  return frame;
}

Bytes bytes_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(CiuFrame, ShowAndKeysSurviveTheLine) {
  const Show show{frame_of("    5.00"), 7, 250};
  EXPECT_EQ(decode_show(encode(show)), show);
  Keys keys{9, 255, 3, {Key::digit_9, Key::erase, Key::enter}};
  std::array<std::byte, keys_bytes_most> room{};
  EXPECT_EQ(decode_keys(encode(keys, room)), keys);
}

TEST(CiuFrame, AnyFlippedBitAndAnyOtherSizeIsRefused) {
  const auto sound = encode(Show{frame_of("12345678"), 1, 2});
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    auto damaged = sound;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_FALSE(decode_show(damaged)) << bit;
  }
  for (std::size_t size = 0; size < sound.size(); ++size) {
    EXPECT_FALSE(decode_show(std::span{sound}.first(size)));
    EXPECT_FALSE(decode_keys(std::span{sound}.first(size)));
  }
}

TEST(CiuFrame, IsFoundBehindNoiseThatLooksLikeItsBeginning) {
  const auto sound = encode(Show{frame_of("Good"), 3, 4});
  for (const Bytes& noise :
       {Bytes{}, Bytes{std::byte{0x4C}}, Bytes{std::byte{0x4C}, std::byte{0x53}},
        Bytes{std::byte{0x4C}, std::byte{0x4B}, std::byte{1}, std::byte{1}, std::byte{8}},
        Bytes(40, std::byte{0x4C}), bytes_of(std::span{sound}.first(15))}) {
    Finder finder;
    std::size_t found = 0;
    Bytes stream = noise;
    // The one right behind may still be taken for the rest of the noise's frame; the second one never is.
    for (int i = 0; i < 2; ++i) stream.insert(stream.end(), sound.begin(), sound.end());
    for (const std::byte b : stream) found += decode_show(finder.take(b)) ? 1U : 0U;
    EXPECT_GE(found, 1U) << noise.size();
  }
}

// A line that loses, flips and doubles bytes at random.
struct Line {
  std::mt19937& random;
  int noise_per_mille;
  Bytes carry(std::span<const std::byte> sent) const {
    Bytes heard;
    for (std::byte b : sent) {
      const auto chance = static_cast<int>(random() % 3000);
      if (chance < noise_per_mille) continue;
      if (chance < 2 * noise_per_mille) b ^= std::byte{1} << (random() % 8);
      heard.push_back(b);
      if (chance > 3000 - noise_per_mille) heard.push_back(std::byte{static_cast<std::uint8_t>(random())});
    }
    return heard;
  }
};

TEST(CiuEnds, EachKeyArrivesOnceAndInOrderOverANoisyLine) {
  for (const int noise : {0, 5, 20, 40}) {
    std::mt19937 random(static_cast<unsigned>(noise));
    const Line line{random, noise};
    MeterEnd meter;
    UnitEnd unit{static_cast<std::uint8_t>(1 + random() % 255)};
    std::vector<Key> pressed;
    std::vector<Key> taken;
    for (int round = 0; round < 100'000 && taken.size() < 1000; ++round) {
      const auto now = quantity::Instant::of(round * 250);
      const auto key = static_cast<Key>(random() % key_count);
      if (pressed.size() < 1000 && unit.press(key)) pressed.push_back(key);
      bool answers = false;
      for (const std::byte b : line.carry(meter.show(frame_of("12345678"))))
        answers |= unit.receive(b).has_value();
      if (!answers) continue;
      std::array<std::byte, keys_bytes_most> room{};
      for (const std::byte b : line.carry(unit.answer(room))) {
        const auto keys = meter.receive(b, now);
        taken.insert(taken.end(), keys.begin(), keys.end());
      }
    }
    EXPECT_EQ(taken, pressed) << noise;
  }
}

TEST(CiuEnds, AMeterThatStartsAgainTakesWhatWasNotAcknowledged) {
  UnitEnd unit{5};
  std::array<std::byte, keys_bytes_most> room{};
  const auto exchange = [&](MeterEnd& meter) {
    std::size_t taken = 0;
    for (const std::byte b : meter.show({})) (void)unit.receive(b);
    for (const std::byte b : unit.answer(room)) taken += meter.receive(b, quantity::Instant::of(0)).size();
    return taken;
  };
  MeterEnd before;
  EXPECT_TRUE(unit.press(Key::digit_9));
  EXPECT_EQ(exchange(before), 1U);
  EXPECT_EQ(exchange(before), 0U);
  EXPECT_TRUE(unit.press(Key::enter));
  MeterEnd after;
  EXPECT_EQ(exchange(after), 1U);
  EXPECT_EQ(exchange(after), 0U);
}

TEST(CiuEnds, AUnitThatDrawsItsOldSessionTakesAnother) {
  MeterEnd meter;
  std::array<std::byte, keys_bytes_most> room{};
  for (int start = 0; start < 3; ++start) {
    UnitEnd unit{255};
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(unit.press(Key::enter));
      std::size_t taken = 0;
      for (const std::byte b : meter.show({})) (void)unit.receive(b);
      for (const std::byte b : unit.answer(room)) taken += meter.receive(b, quantity::Instant::of(0)).size();
      EXPECT_EQ(taken, 1U);
    }
  }
}

TEST(CiuEnds, TellWhetherTheOtherIsThere) {
  MeterEnd meter;
  UnitEnd unit{1};
  EXPECT_FALSE(meter.has_unit(quantity::Instant::of(0)));
  std::array<std::byte, keys_bytes_most> room{};
  for (const std::byte b : unit.answer(room)) EXPECT_TRUE(meter.receive(b, quantity::Instant::of(0)).empty());
  EXPECT_TRUE(meter.has_unit(quantity::Instant::of(3000)));
  EXPECT_FALSE(meter.has_unit(quantity::Instant::of(3001)));
  for (std::size_t i = 0; i < keys_most; ++i) EXPECT_TRUE(unit.press(Key::enter));
  EXPECT_FALSE(unit.press(Key::enter)) << "nobody takes the keys";
}

}  // namespace
}  // namespace lk::panel::ciu
