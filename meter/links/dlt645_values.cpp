// SPDX-License-Identifier: Apache-2.0
// Kinds of DL/T 645 that are of now: measured values, registers, credit, parameters, status words.
#include <algorithm>
#include <array>

#include "dictionary/codes.hpp"
#include "dlt645/words.hpp"
#include "meter/links/dlt645_reader.hpp"

namespace lk::links {
namespace {

using dictionary::Id;
using dlt645::Item;
using dlt645::Kind;

constexpr std::uint8_t phase_a = 1;

std::int64_t rounded(std::int64_t value, std::int64_t divisor) {
  const std::int64_t half = value < 0 ? -(divisor / 2) : divisor / 2;
  return (value + half) / divisor;
}

void number(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  dlt645_fields::number(rounded(context.device.number(item.id, 0), item.divisor), item.size_bytes,
                        item.is_signed, to);
}

// The row of each phase by that of all together, or of phase 1.
Id of_each_phase(Id id) {
  switch (id) {
    case Id::voltage:
      return Id::phase_voltage;
    case Id::current:
      return Id::phase_current;
    case Id::current_angle:
      return Id::phase_current_angle;
    case Id::voltage_thd:
      return Id::phase_voltage_thd;
    case Id::current_thd:
      return Id::phase_current_thd;
    case Id::voltage_harmonic:
      return Id::phase_voltage_harmonic;
    case Id::current_harmonic:
      return Id::phase_current_harmonic;
    case Id::active_power:
      return Id::phase_active_power;
    case Id::reactive_power:
      return Id::phase_reactive_power;
    case Id::apparent_power:
      return Id::phase_apparent_power;
    case Id::power_factor:
      return Id::phase_power_factor;
    default:
      return id;
  }
}

bool has_phase(std::uint8_t di1, const Dlt645Context& context) {
  return di1 >= phase_a && di1 - phase_a < context.device.number(Id::phase_count, 0);
}

void phase_number(const Item& item, std::uint8_t di1, const Dlt645Context& context, bytes::Writer& to) {
  const auto slot = static_cast<std::uint16_t>(di1 - phase_a);
  const std::int64_t value = context.device.number(of_each_phase(item.id), slot);
  dlt645_fields::number(rounded(value, item.divisor), item.size_bytes, item.is_signed, to);
}

quantity::Energy energy_of(Id id, const records::Freeze& seen) {
  switch (id) {
    case Id::export_energy:
      return seen.export_energy;
    case Id::reactive_import_energy:
      return seen.reactive[0] + seen.reactive[1];
    case Id::reactive_export_energy:
      return seen.reactive[2] + seen.reactive[3];
    case Id::reactive_energy_q1:
      return seen.reactive[0];
    case Id::reactive_energy_q2:
      return seen.reactive[1];
    case Id::reactive_energy_q3:
      return seen.reactive[2];
    case Id::reactive_energy_q4:
      return seen.reactive[3];
    case Id::apparent_import_energy:
      return seen.apparent_import;
    case Id::apparent_export_energy:
      return seen.apparent_export;
    default:
      return seen.import_energy;
  }
}

// DI1 is the rate, DI0 the settlement: 0 now, 1 the last.
bool energy(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
            bytes::Writer& to) {
  const auto now = [&context](Id id, std::uint16_t slot) {
    return quantity::Energy::of(context.device.number(id, slot));
  };
  if (item.kind == Kind::energy && di1 == 0 && di0 == 0) {
    dlt645_fields::energy(now(item.id, 0), to);
    return true;
  }
  records::Freeze seen;
  if (di0 == 0) {
    seen.import_energy = now(Id::import_energy, 0);
    seen.export_energy = now(Id::export_energy, 0);
    std::uint16_t rate = 0;
    for (quantity::Energy& energy : seen.rates) energy = now(Id::rate_energy, rate++);
  } else {
    const auto past = dlt645_kinds::freeze_back(records::Log::monthly, di0, context.station);
    if (!past) return false;
    seen = *past;
  }
  if (di1 > 0) {
    dlt645_fields::energy(seen.rates[di1 - std::size_t{1}], to);
  } else if (item.kind == Kind::combined_energy) {
    dlt645_fields::energy(seen.import_energy + seen.export_energy, to);
  } else {
    dlt645_fields::energy(energy_of(item.id, seen), to);
  }
  return true;
}

bool consumption(std::uint8_t di0, const Dlt645Context& context, bytes::Writer& to) {
  const auto begin = dlt645_kinds::freeze_back(records::Log::monthly, di0 + 1U, context.station);
  quantity::Energy end = quantity::Energy::of(context.device.number(Id::import_energy, 0));
  if (di0 > 0) {
    const auto last = dlt645_kinds::freeze_back(records::Log::monthly, di0, context.station);
    if (!last) return false;
    end = last->import_energy;
  }
  dlt645_fields::energy(begin ? end - begin->import_energy : end, to);
  return true;
}

// A greatest demand of this period: that of all, or by rate.
struct DemandRows {
  Id all;
  Id all_time;
  Id rate;
  Id rate_time;
};
constexpr DemandRows demand_rows_of(Id id) {
  switch (id) {
    case Id::max_export_demand:
      return {id, Id::max_export_demand_time, Id::rate_max_export_demand, Id::rate_max_export_demand_time};
    case Id::max_reactive_import_demand:
      return {id, Id::max_reactive_import_demand_time, Id::rate_max_reactive_import_demand,
              Id::rate_max_reactive_import_demand_time};
    case Id::max_reactive_export_demand:
      return {id, Id::max_reactive_export_demand_time, Id::rate_max_reactive_export_demand,
              Id::rate_max_reactive_export_demand_time};
    default:
      return {id, Id::max_demand_time, Id::rate_max_demand, Id::rate_max_demand_time};
  }
}

void demand_now(const Item& item, std::uint8_t di1, const Dlt645Context& context, bytes::Writer& to) {
  const DemandRows rows = demand_rows_of(item.id);
  const auto read = [&](Id all, Id rate) {
    const auto slot = static_cast<std::uint16_t>(di1 == 0 ? 0 : di1 - 1);
    return static_cast<std::uint32_t>(context.device.number(di1 == 0 ? all : rate, slot));
  };
  dlt645_fields::demand(read(rows.all, rows.rate), read(rows.all_time, rows.rate_time), context.station, to);
}

// Those by rate are not in a freeze.
bool demand(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
            bytes::Writer& to) {
  if (di0 == 0) {
    demand_now(item, di1, context, to);
    return true;
  }
  if (di1 != 0) return false;
  const auto past = dlt645_kinds::freeze_back(records::Log::monthly, di0, context.station);
  if (past) dlt645_fields::demand(past->quality.demand_dw, past->quality.demand_time_s, context.station, to);
  return past.has_value();
}

// 0 in the parameter: the windows stand side by side.
void demand_slip(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  const std::int64_t slide = context.device.number(item.id, 0);
  dlt645_fields::number(slide != 0 ? slide : context.device.number(Id::demand_minutes, 0), item.size_bytes,
                        false, to);
}

// The fundamental is its own whole; four digits of a share end below it.
void harmonic(const Item& item, std::uint8_t di1, std::uint8_t order, const Dlt645Context& context,
              bytes::Writer& to) {
  constexpr std::int64_t most = 9'999;
  constexpr int orders_of_phase = 20;
  const auto slot = static_cast<std::uint16_t>((di1 - phase_a) * orders_of_phase + order - 2);
  const std::int64_t share_e4 = order < 2 ? most : context.device.number(of_each_phase(item.id), slot);
  dlt645_fields::number(std::min(share_e4, most), item.size_bytes, false, to);
}

// From −180 to 180 degrees as 0 to 360.
void phase_angle(const Item& item, std::uint8_t di1, const Dlt645Context& context, bytes::Writer& to) {
  constexpr std::int64_t turn = 3'600;
  const auto slot = static_cast<std::uint16_t>(di1 - phase_a);
  const std::int64_t tenths = rounded(context.device.number(of_each_phase(item.id), slot), item.divisor);
  dlt645_fields::number((tenths + turn) % turn, item.size_bytes, false, to);
}

// Amounts are of the account's unit: one set of identifiers shows them, the other zeros. What is left is
// rounded down, what is owed up.
void credit(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  constexpr std::int64_t e5_per_hundredth = 1'000;
  const bool is_its_unit = context.device.number(Id::account_unit, 0) == item.divisor;
  std::int64_t amount = is_its_unit ? context.device.number(item.id, 0) : 0;
  if (item.kind == Kind::overdraft) amount = std::max<std::int64_t>(-amount, 0) + e5_per_hundredth - 1;
  dlt645_fields::number(std::max<std::int64_t>(amount, 0) / e5_per_hundredth, item.size_bytes, false, to);
}

void clock(Kind kind, const Dlt645Context& context, bytes::Writer& to) {
  const dlt645::Time now = context.station.local_time(context.station.clock_s());
  const auto put = [&to](std::uint8_t part) { dlt645_fields::number(part, 1, false, to); };
  if (kind != Kind::weekday_date) {
    for (const std::uint8_t part : {now.second, now.minute, now.hour}) put(part);
  }
  if (kind != Kind::time_of_day) {
    for (const std::uint8_t part : {now.weekday, now.day, now.month, now.year}) put(part);
  }
}

void digits(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  if (item.id == Id::dlt_address) return to.copy(own_address(context.device));
  std::int64_t number = 0;
  for (const char c : context.device.text(item.id, 0)) {
    if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
  }
  dlt645_fields::number(number, item.size_bytes, false, to);
}

// The last character first, as the low byte; zeros behind the text.
void text(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  std::array<char, 32> padded{};
  if (item.id == Id::firmware_version) {
    const std::int64_t version = context.device.number(item.id, 0);
    constexpr std::string_view digit = "0123456789";
    padded = {digit[static_cast<std::size_t>(version >> 16U) % 10], '.',
              digit[static_cast<std::size_t>(version >> 8U & 0xFF) % 10], '.',
              digit[static_cast<std::size_t>(version & 0xFF) % 10]};
  } else {
    const std::string_view characters = context.device.text(item.id, 0);
    std::copy_n(characters.begin(), std::min(characters.size(), padded.size()), padded.begin());
  }
  for (std::size_t i = item.size_bytes; i-- > 0;) to.byte(static_cast<std::uint8_t>(padded[i]));
}

}  // namespace

bool dlt645_kinds::value(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
                         bytes::Writer& to) {
  switch (item.kind) {
    case Kind::phase:
      if (!has_phase(di1, context)) return false;
      phase_number(item, di1, context, to);
      return true;
    case Kind::total_phase:
      if (di1 != 0 && !has_phase(di1, context)) return false;
      if (di1 == 0) {
        number(item, context, to);
      } else {
        phase_number(item, di1, context, to);
      }
      return true;
    case Kind::phase_angle:
      if (!has_phase(di1, context)) return false;
      phase_angle(item, di1, context, to);
      return true;
    case Kind::harmonic:
      if (!has_phase(di1, context)) return false;
      harmonic(item, di1, di0, context, to);
      return true;
    case Kind::phase_energy: {
      if (item.divisor >= context.device.number(Id::phase_count, 0)) return false;
      const auto slot = static_cast<std::uint16_t>(item.divisor);
      dlt645_fields::energy(quantity::Energy::of(context.device.number(item.id, slot)), to);
      return true;
    }
    case Kind::energy:
    case Kind::combined_energy:
      return energy(item, di1, di0, context, to);
    case Kind::consumption:
      return consumption(di0, context, to);
    case Kind::demand:
      return demand(item, di1, di0, context, to);
    case Kind::demand_now:
      demand_now(item, di1, context, to);
      return true;
    case Kind::demand_slip:
      demand_slip(item, context, to);
      return true;
    case Kind::credit:
    case Kind::overdraft:
      credit(item, context, to);
      return true;
    case Kind::weekday_date:
    case Kind::time_of_day:
    case Kind::date_and_time:
      clock(item.kind, context, to);
      return true;
    case Kind::digits:
      digits(item, context, to);
      return true;
    case Kind::text:
      text(item, context, to);
      return true;
    case Kind::constant:
      dlt645_fields::number(item.divisor, item.size_bytes, false, to);
      return true;
    case Kind::bits:
      to.byte(item.id == Id::line_baud
                  ? dlt645::baud_word(static_cast<std::uint32_t>(context.device.number(item.id, 0)))
                  : static_cast<std::uint8_t>(item.divisor));
      return true;
    case Kind::daily_minute: {
      const std::int64_t minute = context.device.number(item.id, 0);
      dlt645_fields::number(minute / 60 * 100 + minute % 60, item.size_bytes, false, to);
      return true;
    }
    case Kind::settlement:
      dlt645_fields::number(
          context.device.number(Id::billing_day, 0) * 100 + context.device.number(Id::billing_hour, 0),
          item.size_bytes, false, to);
      return true;
    case Kind::status:
      status(di0, context, to);
      return true;
    default:
      number(item, context, to);
      return true;
  }
}

}  // namespace lk::links
