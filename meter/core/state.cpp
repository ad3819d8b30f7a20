// SPDX-License-Identifier: Apache-2.0
#include "meter/core/state.hpp"

#include "bytes/bytes.hpp"

namespace lk::meter {
namespace {

// Older ones are still read: an update must not lose an account.
constexpr std::uint8_t version = 5;
// Without reactive and apparent energy, without demands but one, and without the versions of tariff sets.
constexpr std::uint8_t version_before_measured = 4;
constexpr std::uint8_t version_before_trips = 3;

void encode(const TokenAnswer& token, bytes::Writer& to) {
  to.copy(std::as_bytes(std::span{token.characters}));
  to.little(static_cast<std::uint16_t>(token.result));
  to.little(token.amount.count());
  to.little(token.token_identifier);
}

void decode(bytes::Reader& from, TokenAnswer& token) {
  for (char& c : token.characters) c = static_cast<char>(from.byte());
  token.result = static_cast<sts::TokenResult>(from.little<std::uint16_t>());
  token.amount = quantity::Money::of(from.little<std::int64_t>());
  token.token_identifier = from.little<std::uint32_t>();
}

void encode(const supply::Hold& hold, bytes::Writer& to) {
  to.byte(static_cast<std::uint8_t>((hold.keeps_power ? 1U : 0U) | (hold.waits_for_hand ? 2U : 0U) |
                                    (hold.has_alarm ? 4U : 0U)));
}

bool decode(bytes::Reader& from, supply::Hold& hold) {
  const unsigned bits = from.byte();
  hold = {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0};
  return bits <= 7;
}

void encode(const supply::PowerLimiter::Stored& limit, bytes::Writer& to) {
  to.byte(static_cast<std::uint8_t>(limit.phase));
  to.little(limit.used_tries);
}

bool decode(bytes::Reader& from, supply::PowerLimiter::Stored& limit) {
  const std::uint8_t phase = from.byte();
  limit = {static_cast<supply::PowerLimiter::Phase>(phase), from.little<std::uint16_t>()};
  return phase <= static_cast<std::uint8_t>(supply::PowerLimiter::Phase::locked);
}

void encode(const guard::LatchState& trip, bytes::Writer& to) {
  to.byte(static_cast<std::uint8_t>((trip.is_held ? 1U : 0U) | (trip.is_locked ? 2U : 0U)));
  to.byte(trip.restore_count);
  to.little(trip.day);
}

bool decode(bytes::Reader& from, guard::LatchState& trip) {
  const unsigned bits = from.byte();
  trip = {(bits & 1U) != 0, (bits & 2U) != 0, from.byte(), from.little<std::int32_t>()};
  return bits <= 3;
}

void encode(const TariffState& tariff, bytes::Writer& to) {
  to.byte(tariff.current_slot);
  to.byte(tariff.spare_slot);
  to.little(tariff.activation.unix_ms());
  to.little(tariff.receiving);
}

bool decode(bytes::Reader& from, TariffState& tariff) {
  tariff.current_slot = from.byte();
  tariff.spare_slot = from.byte();
  tariff.activation = quantity::Instant::of(from.little<std::int64_t>());
  tariff.receiving = from.little<std::uint32_t>();
  return tariff.current_slot <= 2 && tariff.spare_slot <= 2;
}

// The energies beside import and export, and their demands.
void encode_measured(const State& state, bytes::Writer& to) {
  for (const quantity::Energy energy : state.reactive_energy) to.little(energy.count());
  to.little(state.apparent_import_energy.count());
  to.little(state.apparent_export_energy.count());
  for (const records::DemandPeak& peak : state.peaks) peak.encode(to);
}

void decode_measured(bytes::Reader& from, State& state) {
  const auto energy = [&from] { return quantity::Energy::of(from.little<std::int64_t>()); };
  for (quantity::Energy& quadrant : state.reactive_energy) quadrant = energy();
  state.apparent_import_energy = energy();
  state.apparent_export_energy = energy();
  for (records::DemandPeak& peak : state.peaks) peak = records::DemandPeak::decode(from);
}

constexpr unsigned pending_bit = 1;
constexpr unsigned tariff_bit = 2;

void encode(const FreezeState& freeze, bytes::Writer& to) {
  to.little(freeze.at_s);
  to.byte(static_cast<std::uint8_t>((freeze.is_pending ? pending_bit : 0U) |
                                    (freeze.is_tariff_new ? tariff_bit : 0U)));
}

bool decode(bytes::Reader& from, FreezeState& freeze) {
  freeze.at_s = from.little<std::uint32_t>();
  const std::uint8_t pending = from.byte();
  freeze.is_pending = (pending & pending_bit) != 0;
  freeze.is_tariff_new = (pending & tariff_bit) != 0;
  return pending <= (pending_bit | tariff_bit);
}

}  // namespace

std::span<const std::byte> encode(const State& state, std::uint32_t event_count,
                                  std::span<std::byte, state_max_bytes> room) {
  bytes::Writer to{room};
  to.byte(version);
  state.account.encode(to);
  to.little(state.import_energy.count());
  to.little(state.export_energy.count());
  to.little(state.reasons.bits());
  to.byte(state.is_supply_closed ? 1 : 0);
  to.little(state.last_order.sequence);
  to.copy(state.last_order.seal);
  to.little(state.order_value);
  to.little(state.token_count);
  to.little(state.start_count);
  state.clock.encode(to);
  encode(state.hold, to);
  encode(state.limit, to);
  for (const guard::LatchState& trip : state.trips) encode(trip, to);
  encode(state.tariff, to);
  encode(state.freeze, to);
  state.quality.encode(to);
  for (const quantity::Energy rate : state.rates) to.little(rate.count());
  encode_measured(state, to);
  to.little(event_count);
  encode(state.last_token, to);
  tokens::encode(state.tokens, to);
  to.little(state.tariff.current_version);
  to.little(state.tariff.spare_version);
  ensure(to.ok());
  return to.written();
}

bool decode(std::span<const std::byte> bytes, State& state, std::uint32_t& event_count) {
  bytes::Reader from{bytes};
  State read;
  const std::uint8_t found = from.byte();
  if (found < version_before_trips || found > version) return false;
  const bool has_trips = found > version_before_trips;
  if (!read.account.decode(from)) return false;
  read.import_energy = quantity::Energy::of(from.little<std::int64_t>());
  read.export_energy = quantity::Energy::of(from.little<std::int64_t>());
  read.reasons = supply::Reasons::of_bits(from.little<std::uint16_t>());
  read.is_supply_closed = from.byte() != 0;
  read.last_order.sequence = from.little<std::uint32_t>();
  for (std::byte& b : read.last_order.seal) b = std::byte{from.byte()};
  read.order_value = from.little<std::int64_t>();
  read.token_count = from.little<std::uint32_t>();
  read.start_count = from.little<std::uint32_t>();
  bool is_sound = read.clock.decode(from);
  is_sound = decode(from, read.hold) && is_sound;
  is_sound = decode(from, read.limit) && is_sound;
  if (has_trips) {
    for (guard::LatchState& trip : read.trips) is_sound = decode(from, trip) && is_sound;
  }
  is_sound = decode(from, read.tariff) && is_sound;
  is_sound = decode(from, read.freeze) && is_sound;
  read.quality = records::Quality::decode(from);
  for (quantity::Energy& rate : read.rates) rate = quantity::Energy::of(from.little<std::int64_t>());
  if (found > version_before_measured) decode_measured(from, read);
  const auto events = from.little<std::uint32_t>();
  decode(from, read.last_token);
  if (!is_sound || !tokens::decode(from, read.tokens, has_trips)) return false;
  if (found > version_before_measured) {
    read.tariff.current_version = from.little<std::uint32_t>();
    read.tariff.spare_version = from.little<std::uint32_t>();
  }
  if (!from.ok() || from.left() != 0) return false;
  state = read;
  event_count = events;
  return true;
}

}  // namespace lk::meter
