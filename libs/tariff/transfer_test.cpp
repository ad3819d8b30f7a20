// SPDX-License-Identifier: Apache-2.0
#include "tariff/transfer.hpp"

#include <gtest/gtest.h>

#include "order/command.hpp"
#include "tariff/testing/sets.hpp"

namespace lk::tariff {
namespace {

using quantity::Instant;
using quantity::Price;

static_assert(chunk_bytes == order::tariff_chunk_bytes);

struct Packed {
  explicit Packed(const TariffSet& set) { bytes = encode(set, room), digest = crypto::Sha256::of(bytes); }
  [[nodiscard]] std::size_t count() const { return (bytes.size() + chunk_bytes - 1) / chunk_bytes; }

  std::array<std::byte, set_max_bytes> room{};
  std::span<const std::byte> bytes;
  crypto::Sha256::Digest digest{};
};

void send(Receiver& to, const Packed& set, std::uint32_t version, std::uint32_t left_out = 99) {
  for (std::size_t i = set.count(); i-- > 0;) {  // also out of order
    if (i == left_out) continue;
    ASSERT_TRUE(to.accept(version, static_cast<std::uint8_t>(i), chunk_of(set.bytes, i)).has_value());
  }
}

struct Bench {
  Bench() { sets.current = flat_set(Price::of(1), 4); }
  std::expected<void, TransferError> finish(const Packed& set, std::uint32_t version) {
    return activate(sets, receiver, version, set.bytes.size(), set.digest, Instant::of(5'000));
  }
  Sets sets;
  Receiver receiver;
};

TEST(TariffTransfer, ASetThatArrivesWholeBecomesTheSpareOne) {
  const Packed set{test::day_and_night(5)};
  Bench bench;
  send(bench.receiver, set, 5);
  EXPECT_EQ(bench.receiver.present(), (1U << set.count()) - 1);
  ASSERT_TRUE(bench.finish(set, 5).has_value());
  EXPECT_TRUE(bench.sets.has_spare);
  EXPECT_EQ(bench.sets.spare, test::day_and_night(5));
  EXPECT_EQ(bench.sets.activation, Instant::of(5'000));
  EXPECT_EQ(bench.sets.current.version, 4U) << "until its time";
}

TEST(TariffTransfer, TheReceiverSurvivesAPowerCut) {
  const Packed set{test::day_and_night(5)};
  Bench bench;
  send(bench.receiver, set, 5, 1);
  std::array<std::byte, Receiver::stored_bytes> room{};
  bytes::Writer writer{room};
  bench.receiver.encode(writer);
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(writer.size_bytes(), Receiver::stored_bytes);
  Bench after;
  bytes::Reader reader{room};
  ASSERT_TRUE(after.receiver.decode(reader));
  EXPECT_EQ(after.receiver, bench.receiver);
  EXPECT_EQ(after.finish(set, 5).error(), TransferError::incomplete);
  EXPECT_TRUE(after.receiver.accept(5, 1, chunk_of(set.bytes, 1)).has_value());
  EXPECT_TRUE(after.finish(set, 5).has_value());
}

TEST(TariffTransfer, WhatIsNotWholeAndRightNeverBecomesTheSpareOne) {
  const Packed good{test::day_and_night(5)};
  const TariffSet spare = flat_set(Price::of(2), 9);
  const struct {
    const char* name;
    void (*send)(Bench&, const Packed&);
    std::uint32_t version;
    TransferError error;
  } rows[] = {
      {"nothing was sent", [](Bench&, const Packed&) {}, 5, TransferError::incomplete},
      {"a chunk is missing", [](Bench& b, const Packed& p) { send(b.receiver, p, 5, 1); }, 5,
       TransferError::incomplete},
      {"another version was sent", [](Bench& b, const Packed& p) { send(b.receiver, p, 6); }, 5,
       TransferError::incomplete},
      {"a chunk of another version came between",
       [](Bench& b, const Packed& p) {
         send(b.receiver, p, 5);
         (void)b.receiver.accept(6, 0, chunk_of(p.bytes, 0));
       },
       5, TransferError::incomplete},
      {"a chunk is another one",
       [](Bench& b, const Packed& p) {
         send(b.receiver, p, 5);
         (void)b.receiver.accept(5, 0, chunk_of(p.bytes, 1));
       },
       5, TransferError::digest},
      {"the set says another version", [](Bench& b, const Packed& p) { send(b.receiver, p, 6); }, 6,
       TransferError::faulty},
      {"not above the current version", [](Bench& b, const Packed& p) { send(b.receiver, p, 4); }, 4,
       TransferError::stale},
  };
  for (const auto& row : rows) {
    Bench bench;
    bench.sets.spare = spare;
    bench.sets.has_spare = true;
    row.send(bench, good);
    const auto done = bench.finish(good, row.version);
    ASSERT_FALSE(done.has_value()) << row.name;
    EXPECT_EQ(done.error(), row.error) << row.name;
    EXPECT_EQ(bench.sets.spare, spare) << row.name;
  }
}

TEST(TariffTransfer, AnnouncedBytesThatAreNoSetAreRefused) {
  const TariffSet set = test::day_and_night(5);
  Packed damaged{set};
  damaged.room[30] ^= std::byte{1};
  damaged.digest = crypto::Sha256::of(damaged.bytes);
  Bench bench;
  send(bench.receiver, damaged, 5);
  EXPECT_EQ(bench.finish(damaged, 5).error(), TransferError::damaged);
  EXPECT_FALSE(bench.sets.has_spare);
}

TEST(TariffTransfer, RefusesChunksThatNoSetHas) {
  Receiver receiver;
  const std::array<std::byte, chunk_bytes + 1> data{};
  EXPECT_EQ(receiver.accept(1, 0, {}).error(), TransferError::chunk);
  EXPECT_EQ(receiver.accept(1, 0, data).error(), TransferError::chunk);
  EXPECT_EQ(receiver.accept(1, chunk_max, std::span{data}.first(1)).error(), TransferError::chunk);
  EXPECT_TRUE(receiver.accept(1, chunk_max - 1, std::span{data}.first(1)).has_value());
  EXPECT_EQ(receiver.finish(1, 0, {}).error(), TransferError::chunk);
  EXPECT_EQ(receiver.finish(1, set_max_bytes + 1, {}).error(), TransferError::chunk);
}

}  // namespace
}  // namespace lk::tariff
