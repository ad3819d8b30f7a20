// SPDX-License-Identifier: Apache-2.0
#include "meter/records/ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "bytes/bytes.hpp"
#include "port/sim/flash.hpp"

namespace lk::records {
namespace {

constexpr port::FlashGeometry geometry{256, 8, 8};
constexpr Ring::Layout layout{
    .id = 3, .first_page = 2, .page_count = 4, .payload_bytes = 12};  // 10 to a page
using Payload = std::array<std::byte, 12>;

// Entry n tells its number and the time 1000 + 10·n.
Payload payload_of(std::uint32_t number) {
  Payload payload{};
  bytes::Writer writer{payload};
  writer.little(std::uint32_t{1000} + 10 * number);
  writer.little(number);
  return payload;
}

void append(Ring& ring, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) ASSERT_TRUE(ring.append(payload_of(ring.next())));
}

TEST(Ring, KeepsTheNewestAndTellsWhich) {
  sim::SimFlash flash{geometry, 1};
  Ring ring{flash, layout};
  ring.mount();
  EXPECT_EQ(ring.next(), 1U);
  EXPECT_EQ(ring.first(), 1U);
  EXPECT_EQ(ring.newest(), 0U);
  Payload room{};
  for (std::uint32_t written = 1; written <= 173; ++written) {
    append(ring, 1);
    EXPECT_LE(ring.first(), written > 30 ? written - 29 : 1) << "30 at least";
    for (std::uint32_t number = ring.first(); number < ring.next(); ++number) {
      ASSERT_TRUE(ring.read(number, room)) << number << " of " << written;
      ASSERT_EQ(room, payload_of(number));
    }
    EXPECT_FALSE(ring.read(ring.next(), room));
    if (ring.first() > 1) {
      EXPECT_FALSE(ring.read(ring.first() - 1, room));
    }
    Ring again{flash, layout};
    again.mount();
    ASSERT_EQ(again.next(), ring.next());
    ASSERT_EQ(again.newest(), written);
  }
  for (std::uint32_t page : {0U, 1U, 6U, 7U}) EXPECT_EQ(flash.erase_count(page), 0U) << "keeps to its pages";
}

TEST(Ring, ACutAtEveryWriteLosesOneEntryAtMostAndNoOlderOne) {
  for (std::uint64_t cut = 0; cut < 400; ++cut) {
    sim::SimFlash flash{geometry, cut + 1};
    const std::string where = "cut at write " + std::to_string(cut);
    Ring ring{flash, layout};
    ring.mount();
    flash.cut_after(cut);
    std::uint32_t good = 0;
    for (int i = 0; i < 95 && ring.append(payload_of(ring.next())); ++i) good = ring.next() - 1;
    flash.restore_power();
    Ring again{flash, layout};
    again.mount();
    Payload room{};
    ASSERT_GE(again.next(), good + 1) << where;
    ASSERT_LE(again.next(), good + 2) << where;
    for (std::uint32_t number = std::max(again.first(), good > 20 ? good - 19 : 1); number <= good;
         ++number) {
      ASSERT_TRUE(again.read(number, room)) << where << ", entry " << number;
      ASSERT_EQ(room, payload_of(number)) << where;
    }
    append(again, 25);
    for (std::uint32_t number = again.next() - 25; number < again.next(); ++number) {
      ASSERT_TRUE(again.read(number, room)) << where << ", entry " << number;
      ASSERT_EQ(room, payload_of(number)) << where;
    }
  }
}

TEST(Ring, ADamagedEntryIsAGapAndNeverAWrongValue) {
  sim::SimFlash flash{geometry, 1};
  Ring ring{flash, layout};
  ring.mount();
  append(ring, 15);
  for (std::uint32_t bit = 2 * 256 * 8; bit < 4 * 256 * 8; ++bit) {
    flash.flip(bit);
    Ring again{flash, layout};
    again.mount();
    Payload room{};
    for (std::uint32_t number = 1; number < again.next(); ++number) {
      if (again.read(number, room)) {
        ASSERT_EQ(room, payload_of(number)) << "bit " << bit;
      }
    }
    flash.flip(bit);
  }
}

TEST(Ring, FindsByTimeAlsoAcrossGaps) {
  sim::SimFlash flash{geometry, 1};
  Ring ring{flash, layout};
  ring.mount();
  append(ring, 75);
  EXPECT_EQ(ring.find_since(0, 0), ring.first());
  EXPECT_EQ(ring.find_since(1000 + 600, 0), 60U);
  EXPECT_EQ(ring.find_since(1000 + 601, 0), 61U);
  EXPECT_EQ(ring.find_since(1000 + 750, 0), 75U);
  EXPECT_EQ(ring.find_since(1000 + 751, 0), ring.next());
  for (std::uint32_t number = 58; number <= 62; ++number) {
    const std::uint32_t place = (number - 1) % 40;
    flash.flip(((2 + place / 10) * 256 + place % 10 * 24) * 8);
  }
  EXPECT_GE(ring.find_since(1000 + 550, 0), 55U);
}

TEST(Ring, AFlashThatFailsToEraseIsTriedAgain) {
  sim::SimFlash flash{geometry, 1};
  Ring ring{flash, layout};
  ring.mount();
  flash.cut_after(0);
  EXPECT_FALSE(ring.append(payload_of(1)));
  flash.restore_power();
  EXPECT_TRUE(ring.append(payload_of(1)));
  EXPECT_EQ(ring.newest(), 1U);
}

// Whichever read is refused while it looks for its newest entry: it knows that it does not know, and nothing
// that is there is written over.
TEST(Ring, AFlashThatDoesNotAnswerIsNotWrittenOver) {
  sim::SimFlash flash{geometry, 1};
  Ring ring{flash, layout};
  ring.mount();
  append(ring, 33);
  const std::uint64_t before = flash.read_count();
  ring.mount();
  const auto reads = static_cast<std::uint32_t>(flash.read_count() - before);
  for (std::uint32_t at = 0; at < reads; ++at) {
    Ring again{flash, layout};
    flash.fail_reads(1, at);
    ASSERT_FALSE(again.mount()) << at;
    ASSERT_TRUE(again.has_refused());
    ASSERT_FALSE(again.append(payload_of(34))) << at;
    ASSERT_TRUE(again.mount());
    ASSERT_EQ(again.next(), 34U);
    Payload room{};
    ASSERT_TRUE(again.read(33, room));
  }
}

TEST(Ring, AnotherLayoutsEntriesAreNotTakenForIts) {
  sim::SimFlash flash{geometry, 1};
  Ring ring{flash, layout};
  ring.mount();
  append(ring, 33);
  Ring::Layout other = layout;
  other.payload_bytes = 8;
  Ring narrow{flash, other};
  narrow.mount();
  EXPECT_EQ(narrow.next(), 1U);
  const std::array<std::byte, 8> entry{};
  ASSERT_TRUE(narrow.append(entry));
  Ring again{flash, other};
  again.mount();
  EXPECT_EQ(again.next(), 2U);
}

}  // namespace
}  // namespace lk::records
