// SPDX-License-Identifier: Apache-2.0
#include "meter/core/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bytes/bytes.hpp"
#include "meter/core/settings.hpp"

namespace lk::meter {
namespace {

State full_state() {
  State state;
  state.account = {{quantity::Price::of(12'000), 3}, quantity::units(5), quantity::units(2)};
  state.account.consume(quantity::kwh(9));
  for (std::uint32_t i = 0; i < sts::TidStore::capacity; ++i) state.tokens.used.accept(0xFFFF00 + i);
  state.tokens.key.key.bytes.fill(std::byte{0x5A});
  state.tokens.key.supply_group_code = 201'457;
  state.tokens.settings = {5000, 3000, 7, 0, 1, 123};
  state.tokens.entry_count = 88;
  state.last_order.sequence = 77;
  state.last_order.seal.fill(std::byte{0xAB});
  state.order_value = -5;
  state.reasons.set(supply::Reason::order, true);
  state.is_supply_closed = false;
  state.import_energy = quantity::kwh(9);
  state.export_energy = quantity::wh(1);
  state.token_count = 60;
  state.start_count = 4;
  (void)state.clock.set(quantity::Instant::of(1'790'000'000'000), quantity::Instant::of(1'789'999'970'000));
  state.clock.set_drift(quantity::Instant::of(1'790'000'500'000), -20'000);
  state.clock.see(quantity::Instant::of(1'790'000'500'000));
  state.hold = {true, false, true};
  state.limit = {supply::PowerLimiter::Phase::locked, 5};
  state.tariff = {2, 1, quantity::Instant::of(1'800'000'000'000), 9, 10, 11};
  state.freeze = {1'800'000'000, true};
  state.quality = {1, 2, 3, 4, 5, 6, 7};
  state.rates[7] = quantity::kwh(1);
  state.reactive_energy = {quantity::wh(1), quantity::wh(2), quantity::wh(3), quantity::wh(4)};
  state.apparent_import_energy = quantity::wh(5);
  state.apparent_export_energy = quantity::wh(6);
  state.peaks = {{{1, 2}, {3, 4}, {5, 6}}};
  state.last_token.characters.fill('7');
  state.last_token.result = sts::TokenResult::used;
  state.last_token.token_identifier = 0xFFFF01;
  return state;
}

TEST(MeterState, ComesBackFromItsBytes) {
  const State state = full_state();
  std::array<std::byte, state_max_bytes> room{};
  const auto bytes = encode(state, 123, room);
  State back;
  std::uint32_t event_count = 0;
  ASSERT_TRUE(decode(bytes, back, event_count));
  EXPECT_EQ(event_count, 123U);
  EXPECT_EQ(back.account, state.account);
  EXPECT_EQ(back.hold, state.hold);
  EXPECT_EQ(back.limit, state.limit);
  EXPECT_EQ(back.tariff, state.tariff);
  EXPECT_EQ(back.quality, state.quality);
  EXPECT_EQ(back.reactive_energy, state.reactive_energy);
  EXPECT_EQ(back.apparent_export_energy, state.apparent_export_energy);
  EXPECT_EQ(back.peaks, state.peaks);
  EXPECT_EQ(back.tokens.key, state.tokens.key);
  EXPECT_EQ(back.tokens.settings, state.tokens.settings);
  EXPECT_TRUE(std::ranges::equal(back.tokens.used.entries(), state.tokens.used.entries()));
  std::array<std::byte, state_max_bytes> again{};
  EXPECT_TRUE(std::ranges::equal(encode(back, 123, again), bytes)) << "every field";
}

TEST(MeterState, RefusesWhatIsNoState) {
  std::array<std::byte, state_max_bytes> room{};
  const auto bytes = encode(full_state(), 1, room);
  State state;
  std::uint32_t event_count = 0;
  for (std::size_t size_bytes = 0; size_bytes < bytes.size(); ++size_bytes) {
    EXPECT_FALSE(decode(bytes.first(size_bytes), state, event_count)) << size_bytes;
  }
  std::vector<std::byte> longer{bytes.begin(), bytes.end()};
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decode(longer, state, event_count));
  // Version 4, as updated meters have it: without reactive and apparent energy and their demands, and without
  // the versions of the tariff sets.
  std::vector<std::byte> old{bytes.begin(), bytes.end()};
  old[0] = std::byte{4};
  EXPECT_FALSE(decode(old, state, event_count)) << "bytes too many";
  old.erase(old.end() - set_versions_stored_bytes, old.end());
  old.erase(old.begin() + 423, old.begin() + 495);
  ASSERT_TRUE(decode(old, state, event_count));
  EXPECT_EQ(event_count, 1U);
  EXPECT_EQ(state.import_energy, quantity::kwh(9));
  EXPECT_EQ(state.rates[7], quantity::kwh(1));
  EXPECT_EQ(state.reactive_energy[0], quantity::Energy{});
  EXPECT_EQ(state.tariff.spare_version, 0U);
  EXPECT_EQ(state.last_token.token_identifier, 0xFFFF01U);
  // Version 3: without trips and the byte of wrong entries too.
  old[0] = std::byte{3};
  EXPECT_FALSE(decode(old, state, event_count)) << "bytes too many";
  old.erase(old.begin() + 506);
  old.erase(old.begin() + 288, old.begin() + 312);
  ASSERT_TRUE(decode(old, state, event_count));
  EXPECT_EQ(state.tokens.wrong_entries, 0);
  EXPECT_EQ(state.tokens.used.entries().size(), sts::TidStore::capacity);
  room[0] = std::byte{99};
  EXPECT_FALSE(decode(bytes, state, event_count)) << "another version";
}

TEST(StoredSettings, AreReadInBothVersions) {
  const auto low = dictionary::row(dictionary::Id::voltage_low).address;
  const auto zone = dictionary::row(dictionary::Id::zone_offset).address;
  Settings settings;
  ASSERT_TRUE(settings.set(low, 190'000));
  ASSERT_TRUE(settings.set(zone, -210));
  std::array<std::byte, Settings::stored_max_bytes> room{};
  const auto stored = settings.encode(room);
  Settings read;
  ASSERT_TRUE(read.decode(stored));
  EXPECT_EQ(read, settings);

  std::array<std::byte, 21> old{};
  bytes::Writer writer{old};
  writer.byte(1);
  writer.little(low);
  writer.little(std::int64_t{190'000});
  writer.little(zone);
  writer.little(std::int64_t{-210});
  read = {};
  ASSERT_TRUE(read.decode(old));
  EXPECT_EQ(read, settings) << "version 1";

  for (const std::size_t size_bytes : {std::size_t{0}, std::size_t{20}, stored.size() - 1}) {
    const auto bytes = size_bytes == 20 ? std::span<const std::byte>{old} : stored;
    EXPECT_FALSE(read.decode(bytes.first(size_bytes))) << size_bytes << " bytes: an entry is cut short";
  }
}

TEST(StoredSettings, LeaveOutWhatThisMeterDoesNotKnow) {
  std::array<std::byte, 64> room{};
  bytes::Writer writer{room};
  writer.byte(2);
  writer.little(std::uint16_t{0x7FFF});  // no row
  writer.byte(5);
  for (int i = 0; i < 5; ++i) writer.byte(0xAA);
  writer.little(dictionary::row(dictionary::Id::voltage_low).address);
  writer.byte(4);
  writer.little(std::int32_t{191'000});
  Settings settings;
  ASSERT_TRUE(settings.decode(writer.written()));
  EXPECT_EQ(settings.get(dictionary::Id::voltage_low), 191'000);
}

}  // namespace
}  // namespace lk::meter
