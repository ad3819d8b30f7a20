// SPDX-License-Identifier: Apache-2.0
// The meter's values by their dictionary rows, in the rows' units and scales.
#include "dictionary/codes.hpp"
#include "meter/core/meter.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;

constexpr std::int64_t firmware_version =
    LK_VERSION_MAJOR * 65'536 + LK_VERSION_MINOR * 256 + LK_VERSION_PATCH;

}  // namespace

std::int64_t Meter::number(Id id, std::uint16_t slot_index) {
  using dictionary::Group;
  const dictionary::Row& row = dictionary::row(id);
  if (row.is_secret) return 0;
  if (row.group == Group::line_parameters) return links::number_of(line(), id);
  if (row.is_parameter()) return settings_.get(id, slot_index);
  switch (row.group) {
    case Group::measured:
      return measured_number(id);
    case Group::harmonics:
    case Group::phase_harmonics:
      return harmonic_number(id, slot_index);
    case Group::phases:
      return phase_number(id, slot_index);
    case Group::identity:
    case Group::account:
    case Group::order:
      return account_number(id);
    case Group::token:
      return token_number(id);
    case Group::command:
      return command_number(id);
    case Group::event:
      return event_number(id, slot_index);
    case Group::token_log:
      return token_log_number(id, slot_index);
    case Group::credit:
      return credit_number(id);
    case Group::supply:
      return supply_number(id);
    case Group::guard:
      return guard_number(id, slot_index);
    case Group::demand_and_voltage:
    case Group::clock:
    case Group::long_records:
      return record_number(id, slot_index);
    case Group::credit_parameters:
    case Group::supply_parameters:
    case Group::records_parameters:
    case Group::link_parameters:
    case Group::line_parameters:
    case Group::panel_parameters:
    case Group::guard_parameters:
      break;
  }
  ensure(false);
  return 0;
}

std::string_view Meter::text(Id id, std::uint16_t slot_index) {
  switch (id) {
    case Id::meter_number:
      return {configuration_.number.data(), configuration_.number.size()};
    case Id::model:
      return model_of(instrument_.phases().size());
    case Id::token_entry:
      return {token_answer_.characters.data(), token_answer_.characters.size()};
    case Id::token_log_token:
      shown_log_entry_ = entered_.at_slot(slot_index);
      return {shown_log_entry_.characters.data(), shown_log_entry_.characters.size()};
    case Id::refund_proof:
      return refund_proof();
    default:
      return {};
  }
}

std::int64_t Meter::account_number(Id id) const {
  const credit::Account& account = state_.account;
  switch (id) {
    case Id::firmware_version:
      return firmware_version;
    case Id::balance:
      return account.balance().count();
    case Id::priced_energy:
      return account.priced_energy().count();
    case Id::deducted:
      return account.deducted().count();
    case Id::credited:
      return account.credited().count();
    case Id::price:
      return account.pricer().price_at(sets_, clock(now_), state_.clock.is_wrong()).count();
    case Id::tariff_version:
      return sets_.current.version;
    case Id::supply_state:
      return state_.is_supply_closed ? 1 : 0;
    case Id::hold_reasons:
      return state_.reasons.bits();
    case Id::alarms:
      return alarms();
    case Id::low_credit:
      return account.low_credit().count();
    case Id::token_count:
      return state_.token_count;
    case Id::last_token_result:
      return static_cast<std::int64_t>(token_answer_.result);
    case Id::order_sequence:
      return state_.last_order.sequence;
    case Id::event_count:
      return events_.count();
    case Id::uptime:
      return (now_ - started_at_).count() / 1000;
    case Id::power_cuts:
      return state_.start_count;
    case Id::order_result:
      return static_cast<std::int64_t>(order_answer_.result);
    case Id::order_answered:
      return order_answer_.sequence;
    case Id::order_value:
      return order_answer_.value;
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::int64_t Meter::command_number(Id id) const {
  switch (id) {
    case Id::command_code:
      return command_answer_.code;
    case Id::command_result:
      return static_cast<std::int64_t>(command_answer_.result);
    case Id::command_detail:
      return command_answer_.detail;
    case Id::command_value:
      return command_answer_.value;
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::int64_t Meter::event_number(Id id, std::uint16_t slot_index) const {
  const records::Event event = events_.at_slot(slot_index);
  switch (id) {
    case Id::event_number:
      return event.number;
    case Id::event_time:
      return event.time_s;
    case Id::event_code:
      return static_cast<std::int64_t>(event.code);
    case Id::event_detail:
      return event.detail;
    case Id::event_value:
      return event.value;
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::int64_t Meter::token_number(Id id) const {
  constexpr std::uint32_t no_supply_group = 0xFFFF'FFFF;
  const tokens::KeyRegister& key = state_.tokens.key;
  const tokens::Settings& settings = state_.tokens.settings;
  switch (id) {
    case Id::token_result:
      return static_cast<std::int64_t>(token_answer_.result);
    case Id::token_amount:
      return token_answer_.amount.count();
    case Id::token_identifier:
      return token_answer_.token_identifier;
    case Id::key_type:
      return static_cast<std::int64_t>(key.key_type);
    case Id::key_revision:
      return key.key_revision_number;
    case Id::key_expiry:
      return key.key_expiry_number;
    case Id::tariff_index:
      return key.tariff_index;
    case Id::supply_group:
      return key.supply_group_code.value_or(no_supply_group);
    case Id::encryption_algorithm:
      return static_cast<std::int64_t>(key.key.algorithm);
    case Id::token_power_limit:
      return settings.power_limit_w;
    case Id::token_unbalance_limit:
      return settings.unbalance_limit_w;
    case Id::token_tariff_rate:
      return settings.tariff_rate;
    case Id::test_request:
      return static_cast<std::int64_t>(test_request_);
    case Id::token_log_count:
      return state_.tokens.entry_count;
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::int64_t Meter::token_log_number(Id id, std::uint16_t slot_index) const {
  const tokens::LogEntry entry = entered_.at_slot(slot_index);
  switch (id) {
    case Id::token_log_number:
      return entry.number;
    case Id::token_log_time:
      return entry.time_s;
    case Id::token_log_result:
      return static_cast<std::int64_t>(entry.result);
    case Id::token_log_identifier:
      return entry.token_identifier;
    case Id::token_log_amount:
      return entry.amount.count();
    default:
      break;
  }
  ensure(false);
  return 0;
}

void Meter::enter_token(std::span<const char, 20> characters) {
  (void)enter_token(characters, now_);
}

void Meter::enter_order(std::span<const std::byte> order) {
  (void)enter_order(order, now_);
}

}  // namespace lk::meter
