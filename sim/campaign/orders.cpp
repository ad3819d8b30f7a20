// SPDX-License-Identifier: Apache-2.0
// What operators order a meter to do.
#include <algorithm>
#include <vector>

#include "crypto/sha256.hpp"
#include "dictionary/dictionary.hpp"
#include "sim/campaign/life.hpp"
#include "tariff/codec.hpp"
#include "tariff/transfer.hpp"
#include "tariff/validate.hpp"

namespace lk::sim {
namespace {

using dictionary::Id;
using dictionary::OrderResult;
using quantity::Instant;
using quantity::Money;
using quantity::Price;

// Those that the campaign sets once or not at all: the book counts in whole days' charges, and in whole
// seconds.
bool is_left_alone(Id id) {
  return id == Id::standing_charge || id == Id::clock_drift || id == Id::return_delay;
}

std::vector<const dictionary::Row*> parameters() {
  std::vector<const dictionary::Row*> found;
  for (const dictionary::Row& row : dictionary::rows()) {
    if (row.access == dictionary::Access::by_order && !is_left_alone(row.id)) found.push_back(&row);
  }
  return found;
}

}  // namespace

order::SealedOrder Life::sealed(std::uint32_t sequence, const order::Command& command) const {
  const std::string_view number{configuration_.number.data(), configuration_.number.size()};
  return order::seal({value_of(order::meter_number(number)), sequence, order::never_expires, command},
                     configuration_.order_key);
}

bool Life::send(const order::Command& command, std::optional<std::size_t> tariff, bool may_be_refused) {
  (void)meter_now().poll(plant_.now);
  plant_.book.see(meter_now());
  const std::uint32_t sequence = plant_.book.order_sequence() + 1;
  const order::SealedOrder order = sealed(sequence, command);
  if (const auto* price = std::get_if<order::SetPrice>(&command))
    tariff = plant_.book.add(tariff::flat_set(price->price, price->tariff_version));
  plant_.book.offer(sequence, command, tariff);
  const meter::OrderAnswer answer = meter_now().enter_order(order.view(), plant_.now);
  if (answer.result == OrderResult::done) {
    plant_.book.done(answer.value);
    ++figures_.orders;
    const meter::OrderAnswer again = meter_now().enter_order(order.view(), plant_.now);
    if (has_power() && (again.result != OrderResult::already_done || again.value != answer.value))
      throw Broken("an order sent again was not answered as the first time");
    return true;
  }
  if (!has_power()) return false;
  if (answer.result == OrderResult::refused && may_be_refused) {
    plant_.book.refused();
    ++figures_.orders_refused;
    return false;
  }
  if (answer.result != OrderResult::not_ready)
    throw Broken("a good order was refused: verb " +
                 std::to_string(static_cast<int>(order::verb_of(command))));
  power_off();
  power_on();
  return false;
}

order::Command Life::any_command() {
  switch (below(13)) {
    case 0:
      return order::Open{};
    case 1:
      return order::SetPrice{Price::of(static_cast<std::int64_t>(below(30'000))),
                             plant_.book.order_sequence() + 1};
    case 2:
      return order::SetLowCredit{money_below(500'000)};
    case 3:
      return order::SetDebt{static_cast<std::uint8_t>(1 + below(3)), money_below(2'000'000)};
    case 4:
      return order::Refund{money_below(1'000'000)};
    case 5:
      return order::OpenAccount{};
    case 6:
      return order::Permit{};
    case 7:
      return order::Alarm{below(2) == 0};
    case 8:
      return order::KeepPower{below(4) == 0};
    case 9:
      return order::Freeze{below(2) == 0 ? 0 : static_cast<std::uint32_t>(clock_now().unix_s() + 600)};
    case 10:
      return order::ResetDemand{};
    case 11:
      return order::ReleaseLimit{};
    default:
      return order::Close{};
  }
}

void Life::give_order() {
  doing_ = "order";
  if (below(8) == 0) return (void)send(order::TakeEmergency{}, std::nullopt, true);
  (void)send(any_command());
}

// Money or energy, before or after: with its debts cleared first where the unit changes.
void Life::change_mode() {
  doing_ = "change of mode";
  const auto unit = static_cast<std::uint8_t>(below(2));
  const bool is_other = unit != static_cast<std::uint8_t>(plant_.book.ledger().dealt.mode.unit);
  for (std::uint8_t debt = 1; is_other && debt <= 3; ++debt) {
    if (!send(order::SetDebt{debt, Money{}})) return;
  }
  const bool is_closed = is_other || below(2) == 0;
  const order::SetMode mode{unit, static_cast<std::uint8_t>(below(2)),
                            static_cast<std::uint8_t>(is_closed ? 1 : 0),
                            is_closed ? money_below(2'000'000) - money_below(300'000) : Money{}};
  if (send(mode, std::nullopt, true)) ++figures_.mode_changes;
}

tariff::TariffSet Life::any_set(std::uint32_t version) {
  constexpr std::int16_t quarter = 15;
  tariff::TariffSet set = tariff::flat_set(Price::of(static_cast<std::int64_t>(below(30'000))), version);
  set.zone.offset_minutes = static_cast<std::int16_t>(static_cast<std::int16_t>(below(97)) * quarter - 720);
  set.rate_count = static_cast<std::uint8_t>(1 + below(tariff::rate_max));
  set.default_rate = static_cast<std::uint8_t>(below(set.rate_count));
  for (std::size_t rate = 0; rate < set.rate_count; ++rate)
    set.prices[0][rate] = Price::of(static_cast<std::int64_t>(below(30'000)));
  tariff::DayTable& day = set.day_tables[0];
  day.count = static_cast<std::uint8_t>(1 + below(tariff::switching_max));
  for (std::size_t i = 0; i < day.count; ++i) {
    const std::uint64_t share = std::uint64_t{tariff::minutes_per_day} / day.count;
    const std::uint64_t minute = i == 0 ? 0 : i * share + below(share);
    day.switchings[i] = {static_cast<std::uint16_t>(minute),
                         static_cast<std::uint8_t>(below(set.rate_count))};
  }
  ensure(!tariff::find_fault(set));
  return set;
}

// A whole set in its chunks, and when it begins: at once, or some hours from now, on a whole minute.
void Life::replace_tariff() {
  doing_ = "tariff set";
  std::array<std::byte, tariff::set_max_bytes> room{};
  // Above the version of every order that comes before the set is in force.
  const tariff::TariffSet set = any_set(plant_.book.order_sequence() + 100);
  const auto bytes = tariff::encode(set, room);
  for (std::size_t index = 0; !tariff::chunk_of(bytes, index).empty(); ++index) {
    const auto part = tariff::chunk_of(bytes, index);
    order::TariffChunk chunk{
        set.version, static_cast<std::uint8_t>(index), static_cast<std::uint8_t>(part.size()), {}};
    std::ranges::copy(part, chunk.bytes.begin());
    if (!send(chunk, std::nullopt, true)) return;
  }
  order::TariffActivate activate{set.version, static_cast<std::uint16_t>(bytes.size()), {}, {}};
  const std::int64_t minute = clock_now().unix_s() / 60 + static_cast<std::int64_t>(below(600)) - 60;
  activate.activation = Instant::of(minute * 60'000);
  std::ranges::copy(crypto::Sha256::of(bytes), activate.sha256.begin());
  if (send(activate, plant_.book.add(set), true)) ++figures_.tariff_sets;
}

// Any parameter: in its range, where a refusal of what makes no sense is right, or out of it, where only a
// refusal is.
void Life::set_parameter() {
  doing_ = "parameter";
  static const std::vector<const dictionary::Row*> rows = parameters();
  const dictionary::Row& row = *rows[below(rows.size())];
  const auto address = static_cast<std::uint16_t>(row.address + below(row.slot_count) * row.slot_stride);
  const bool is_out_of_range = below(4) == 0 && row.range.highest < 1'000'000'000;
  constexpr std::uint64_t usual = 3'000'000;
  const auto width = static_cast<std::uint64_t>(row.range.highest - row.range.lowest) + 1;
  const std::int64_t value = is_out_of_range ? row.range.highest + 1 + static_cast<std::int64_t>(below(100))
                                             : std::max(row.range.lowest, -static_cast<std::int64_t>(usual)) +
                                                   static_cast<std::int64_t>(below(std::min(width, usual)));
  const bool is_done = send(order::SetParameters{1, {{{address, value}}}}, std::nullopt, true);
  if (is_done && is_out_of_range) throw Broken("a parameter out of its range was set");
  if (is_done && row.id == Id::profile_channel) plant_.watch.profile_changed();
}

void Life::step_clock() {
  doing_ = "clock step";
  const auto step = static_cast<std::int64_t>(below(4ULL * 86'400)) - 2LL * 86'400;
  const Instant to = clock_now() + quantity::seconds(step);
  if (send(order::SetClock{std::clamp(to, born_, order::clock_max)})) ++figures_.clock_steps;
}

void Life::replay_order() {
  doing_ = "replayed order";
  if (plant_.book.order_sequence() == 0) return;
  const auto sequence = static_cast<std::uint32_t>(below(plant_.book.order_sequence()));
  const auto answer = meter_now().enter_order(sealed(sequence, order::Open{}).view(), plant_.now);
  if (answer.result == OrderResult::done) throw Broken("an old order was done");
  ++figures_.replays;
}

}  // namespace lk::sim
