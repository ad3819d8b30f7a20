// SPDX-License-Identifier: Apache-2.0
// The rows of what rules have made of the meter: credit, supply, demand and voltage, clock; and the long
// records, which a link reads in parts.
#include <algorithm>

#include "bytes/bytes.hpp"
#include "meter/core/meter.hpp"
#include "order/refund.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using records::Log;

constexpr std::int64_t mw_per_watt = 1000;

// Of W or var; of a mean that is never below zero.
std::int64_t tenths(quantity::Power mean) {
  return mean.count() / 100;
}

}  // namespace

std::int64_t Meter::credit_number(Id id) const {
  const credit::Account& account = state_.account;
  switch (id) {
    case Id::account_unit:
      return static_cast<std::int64_t>(account.mode().unit);
    case Id::account_payment:
      return static_cast<std::int64_t>(account.mode().payment);
    case Id::charged:
      return account.charged().count();
    case Id::returned:
      return account.returned().count();
    case Id::preset_outstanding:
      return account.preset().count();
    case Id::emergency_state:
      return account.is_emergency_taken() ? 2 : account.is_emergency_offered() ? 1 : 0;
    case Id::credit_floor:
      return account.floor().count();
    case Id::debt_1:
      return account.debt(0).count();
    case Id::debt_2:
      return account.debt(1).count();
    case Id::debt_3:
      return account.debt(credit::purchase_debt).count();
    case Id::settlement_count:
      return account.settlement_count();
    case Id::refund_amount:
      return account.last_refund().amount.count();
    case Id::refund_sequence:
      return account.last_refund().sequence;
    case Id::rate_in_force:
      return account.mode().unit == credit::Unit::energy
                 ? 0
                 : account.pricer().rate_at(sets_, clock(now_), state_.clock.is_wrong()) + 1;
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::string_view Meter::refund_proof() {
  const credit::Refund& refund = state_.account.last_refund();
  if (refund.sequence == 0) return {};
  const order::RefundProof proof =
      order::refund_proof(configuration_.order_key, meter_number_, refund.sequence, refund.amount);
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < proof.size(); ++i) {
    const auto byte = std::to_integer<unsigned>(proof[i]);
    refund_proof_[2 * i] = digits[byte >> 4U];
    refund_proof_[2 * i + 1] = digits[byte & 0xFU];
  }
  return {refund_proof_.data(), refund_proof_.size()};
}

std::int64_t Meter::supply_number(Id id) const {
  switch (id) {
    case Id::display_code:
      return display_code().value_or(0);
    case Id::hold_flags:
      return (state_.hold.keeps_power ? 1 : 0) | (state_.hold.waits_for_hand ? 2 : 0) |
             (state_.hold.has_alarm ? 4 : 0);
    case Id::relay_fault:
      return static_cast<std::int64_t>(switch_.fault());
    case Id::limit_phase:
      return static_cast<std::int64_t>(limiter_.stored().phase);
    case Id::limit_tries_used:
      return limiter_.stored().used_tries;
    case Id::limit_now:
      return supply::limit_at(limit_rules(), local_).value_or(quantity::Power{}).count() / mw_per_watt;
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::int64_t Meter::record_number(Id id, std::uint16_t slot_index) const {
  const records::Quality& quality = state_.quality;
  const records::Ring& log = archive_.ring(selected_log_);
  switch (id) {
    case Id::demand:
      return tenths(demand_.latest(metrology::DemandRegister::active_import));
    case Id::rising_demand:
      return tenths(demand_.rising(metrology::DemandRegister::active_import));
    case Id::max_export_demand:
      return state_.peaks[0].power;
    case Id::max_export_demand_time:
      return state_.peaks[0].time_s;
    case Id::max_reactive_import_demand:
      return state_.peaks[1].power;
    case Id::max_reactive_import_demand_time:
      return state_.peaks[1].time_s;
    case Id::max_reactive_export_demand:
      return state_.peaks[2].power;
    case Id::max_reactive_export_demand_time:
      return state_.peaks[2].time_s;
    case Id::max_demand:
      return quality.demand_dw;
    case Id::max_demand_time:
      return quality.demand_time_s;
    case Id::voltage_inside:
      return quality.inside_s;
    case Id::voltage_under:
      return quality.under_s;
    case Id::voltage_over:
      return quality.over_s;
    case Id::voltage_lowest:
      return quality.lowest_mv;
    case Id::voltage_highest:
      return quality.highest_mv;
    case Id::rate_energy:
      return state_.rates[slot_index].count();
    case Id::clock_state:
      return state_.clock.is_wrong() ? 1 : 0;
    case Id::log_kind:
      return static_cast<std::int64_t>(selected_log_);
    case Id::log_number:
      return selected_entry_;
    case Id::log_since:
      return selected_since_s_;
    case Id::log_first:
      return log.first();
    case Id::log_next:
      return log.next();
    case Id::log_entry_bytes:
      return log.payload_bytes();
    default:
      break;
  }
  ensure(false);
  return 0;
}

std::size_t Meter::data(Id id, std::span<std::byte> to) {
  ensure(id == Id::log_data);
  const records::Ring& log = archive_.ring(selected_log_);
  bytes::Writer writer{to};
  std::array<std::byte, records::entry_max_bytes> entry{};
  const std::size_t entry_bytes = sizeof(std::uint32_t) + log.payload_bytes();
  for (std::uint32_t number = std::max(selected_entry_, log.first());
       number < log.next() && writer.size_bytes() + entry_bytes <= to.size(); ++number) {
    if (!log.read(number, entry)) continue;
    writer.little(number);
    writer.copy(std::span{entry}.first(log.payload_bytes()));
  }
  return writer.size_bytes();
}

links::Written Meter::write(Id id, std::uint16_t slot_index, std::int64_t value) {
  using links::Written;
  switch (id) {
    case Id::command_code:
      command_answer_ = run_command(static_cast<std::uint16_t>(value));
      return Written::done;
    case Id::log_kind:
      if (value >= static_cast<std::int64_t>(records::log_count)) return Written::out_of_range;
      selected_log_ = static_cast<Log>(value);
      selected_entry_ = archive_.ring(selected_log_).first();
      return Written::done;
    case Id::log_number:
      selected_entry_ = static_cast<std::uint32_t>(value);
      return Written::done;
    case Id::log_since:
      selected_since_s_ = static_cast<std::uint32_t>(value);
      if (archive_.is_present()) {
        selected_entry_ = archive_.ring(selected_log_)
                              .find_since(selected_since_s_, records::Archive::time_offset_of(selected_log_));
      }
      return Written::done;
    default:
      return write_by_password(id, slot_index, value);
  }
}

}  // namespace lk::meter
