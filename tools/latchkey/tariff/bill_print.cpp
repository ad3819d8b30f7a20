// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tariff/local_time.hpp"
#include "tools/latchkey/tariff/bill.hpp"
#include "tools/latchkey/tariff/fixed.hpp"

namespace lk::tools {
namespace {

using nlohmann::ordered_json;
using quantity::Instant;
using quantity::Money;

std::string money_text(Money money) {
  return print_fixed(money.count(), 5);
}

// 2026-01-31T00:30:00+01:00 by the tariff's own zone.
std::string time_text(const tariff::Zone& zone, Instant at) {
  const tariff::WallTime wall = tariff::wall_time(zone, at);
  const tariff::Date date = tariff::date_of(wall.day);
  const auto offset = static_cast<int>(tariff::zone_at(zone, at).offset_ms / tariff::ms_per_minute);
  const int second = wall.ms / 1000;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", date.year, date.month,
                date.day, second / 3600, second / 60 % 60, second % 60, offset < 0 ? '-' : '+',
                std::abs(offset) / 60, std::abs(offset) % 60);
  return text.data();
}

std::string tax_name(const tariff::Tax& tax) {
  return {tax.name.begin(), std::ranges::find(tax.name, '\0')};
}

Money tax_sum(const tariff::Charges& charges) {
  Money sum;
  for (const Money tax : charges.taxes) sum += tax;
  return sum;
}

Money fixed_sum(const tariff::Charges& charges) {
  return charges.standing + charges.minimum + charges.demand;
}

ordered_json charges_json(const tariff::Charges& charges, const tariff::TariffSet& set) {
  ordered_json taxes = ordered_json::array();
  for (std::size_t i = 0; i < set.tax_count; ++i) {
    taxes.push_back({{"name", tax_name(set.taxes[i])}, {"money", money_text(charges.taxes[i])}});
  }
  return {{"energy", money_text(charges.energy)},
          {"standing", money_text(charges.standing)},
          {"minimum", money_text(charges.minimum)},
          {"demand", money_text(charges.demand)},
          {"taxes", std::move(taxes)},
          {"total", money_text(charges.total())}};
}

ordered_json line_json(const BillLine& line, const TariffDocument& document) {
  const tariff::Zone& zone = document.set.zone;
  ordered_json pieces = ordered_json::array();
  for (const tariff::Piece& piece : line.pieces) {
    pieces.push_back({{"rate", document.rate_names[piece.rate]},
                      {"step", piece.step + 1},
                      {"mj", piece.energy.count()},
                      {"kwh", print_kwh(piece.energy.count())},
                      {"price", print_fixed(piece.price.count(), 4)},
                      {"money", money_text(piece.money)}});
  }
  ordered_json json{{"line", line.reading.line},
                    {"from", time_text(zone, line.reading.from)},
                    {"to", time_text(zone, line.reading.to)},
                    {"kwh", print_kwh(line.reading.energy.count())},
                    {"pieces", std::move(pieces)}};
  json.update(charges_json(line.charges, document.set));
  return json;
}

ordered_json steps_json(const Bill& bill, const TariffDocument& document) {
  ordered_json list = ordered_json::array();
  for (std::size_t step = 0; step < document.set.step_count(); ++step) {
    for (std::size_t rate = 0; rate < document.set.rate_count; ++rate) {
      const StepTotal& total = bill.by_step[step][rate];
      if (total.energy == quantity::Energy{}) continue;
      list.push_back({{"rate", document.rate_names[rate]},
                      {"step", step + 1},
                      {"kwh", print_kwh(total.energy.count())},
                      {"price", print_fixed(document.set.prices[step][rate].count(), 4)},
                      {"money", money_text(total.money)}});
    }
  }
  return list;
}

void print_line(const BillLine& line, const TariffDocument& document, std::FILE* to) {
  const std::string time = time_text(document.set.zone, line.reading.from);
  const std::string end = "  " + money_text(fixed_sum(line.charges)) + "  " +
                          money_text(tax_sum(line.charges)) + "  " + money_text(line.charges.total());
  if (line.pieces.empty()) {
    std::fprintf(to, "%s  %-12s  %4s  %12s  %10s  %12s%s\n", time.c_str(), "-", "-", "0.000", "-", "0.00000",
                 end.c_str());
  }
  for (std::size_t i = 0; i < line.pieces.size(); ++i) {
    const tariff::Piece& piece = line.pieces[i];
    std::fprintf(to, "%s  %-12s  %4d  %12s  %10s  %12s%s\n", time_text(document.set.zone, piece.from).c_str(),
                 document.rate_names[piece.rate].c_str(), piece.step + 1,
                 print_kwh(piece.energy.count()).c_str(), print_fixed(piece.price.count(), 4).c_str(),
                 money_text(piece.money).c_str(), i + 1 == line.pieces.size() ? end.c_str() : "");
  }
}

}  // namespace

void print_table(const Bill& bill, const TariffDocument& document, std::FILE* to) {
  std::fprintf(to, "%-25s  %-12s  %4s  %12s  %10s  %12s  fixed, tax and total of the interval\n", "from",
               "rate", "step", "kWh", "price", "energy");
  for (const BillLine& line : bill.lines) print_line(line, document, to);
  std::fprintf(to, "\n");
  const auto row = [&](const std::string& name, const std::string& value) {
    std::fprintf(to, "%-28s %20s\n", name.c_str(), value.c_str());
  };
  for (const auto& step : steps_json(bill, document)) {
    const std::string kwh = step["kwh"].get<std::string>() + " kWh";
    std::fprintf(to, "%-20s step %2d %20s  at %10s %20s\n",
                 step["rate"].get_ref<const std::string&>().c_str(), step["step"].get<int>(), kwh.c_str(),
                 step["price"].get_ref<const std::string&>().c_str(),
                 step["money"].get_ref<const std::string&>().c_str());
  }
  const tariff::Charges& charges = bill.charges;
  row("energy, kWh", print_kwh(bill.energy.count()));
  row("energy charge", money_text(charges.energy));
  row("standing charge", money_text(charges.standing));
  row("minimum charge", money_text(charges.minimum));
  row("demand charge", money_text(charges.demand));
  for (std::size_t i = 0; i < document.set.tax_count; ++i)
    row("tax: " + tax_name(document.set.taxes[i]), money_text(charges.taxes[i]));
  row("total" + (document.currency.empty() ? "" : ", " + document.currency), money_text(charges.total()));
  std::fprintf(to,
               "carried to the next energy: %u/%u of 0.00001; of the running month: %s of energy charges, %s "
               "kW demand\n",
               bill.pricer.remainder().parts(), tariff::remainder_parts,
               money_text(bill.pricer.month_money()).c_str(),
               print_fixed(bill.pricer.month_demand().count(), 6).c_str());
}

void print_json(const Bill& bill, const TariffDocument& document, const std::vector<std::string>& warnings,
                std::FILE* to) {
  std::fprintf(to, "{\"rows\": [\n");
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    std::fprintf(to, "%s%s\n", line_json(bill.lines[i], document).dump().c_str(),
                 i + 1 < bill.lines.size() ? "," : "");
  }
  ordered_json totals{{"kwh", print_kwh(bill.energy.count())}};
  totals.update(charges_json(bill.charges, document.set));
  totals["currency"] = document.currency;
  totals["carried_parts"] = bill.pricer.remainder().parts();
  totals["parts_per_count"] = tariff::remainder_parts;
  totals["by_rate_and_step"] = steps_json(bill, document);
  const ordered_json open{{"energy", money_text(bill.pricer.month_money())},
                          {"demand_kw", print_fixed(bill.pricer.month_demand().count(), 6)},
                          {"ladder_kwh", print_kwh(bill.pricer.ladder_energy().count())}};
  std::fprintf(to, "],\n\"totals\": %s,\n\"running_month\": %s,\n\"warnings\": %s}\n", totals.dump().c_str(),
               open.dump().c_str(), ordered_json(warnings).dump().c_str());
}

}  // namespace lk::tools
