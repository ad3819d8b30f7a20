// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tariff/tariff.hpp"
#include "tariff/validate.hpp"
#include "tools/latchkey/tariff/calendar_parts.hpp"
#include "tools/latchkey/tariff/node.hpp"

namespace lk::tools {
namespace {

using quantity::Money;
using quantity::Price;
using tariff::Per;
using tariff::TariffSet;

constexpr int price_places = 4;
constexpr int money_places = 5;

void read_rates(const Node& root, TariffDocument& out) {
  if (const auto rates = root.find("rates")) {
    for (const Node& rate : rates->elements("rates", tariff::rate_max)) {
      const std::string name = rate.text(32);
      if (std::ranges::find(out.rate_names, name) != out.rate_names.end()) {
        rate.error("names \"" + name + "\" a second time; give each rate its own name");
      }
      out.rate_names.push_back(name);
    }
    if (out.rate_names.empty()) rates->error("is empty; name at least one rate");
  } else {
    out.rate_names = {"all day"};
  }
  out.set.rate_count = static_cast<std::uint8_t>(std::max<std::size_t>(1, out.rate_names.size()));
  if (const auto rate = root.find("default_rate")) out.set.default_rate = rate->name(out.rate_names, "rate");
}

void read_ladder(const Node& root, TariffDocument& out) {
  constexpr int wh_places = 3;
  const auto ladder = root.find("ladder");
  if (!ladder || !ladder->object({"per", "thresholds_kwh"}, {})) return;
  const std::vector<std::string> periods{"month", "year"};
  out.set.ladder.per = static_cast<Per>(ladder->required("per").name(periods, "period of a ladder"));
  std::int64_t before_wh = 0;
  for (const Node& threshold :
       ladder->required("thresholds_kwh").elements("thresholds", tariff::step_max - 1)) {
    const std::int64_t wh = threshold.decimal(wh_places, 0xFFFF'FFFF);
    if (wh <= before_wh)
      threshold.error("does not rise; order the thresholds, each above the one before and above 0");
    before_wh = std::max(wh, before_wh + 1);
    out.set.ladder.thresholds_wh[out.set.ladder.threshold_count++] = static_cast<std::uint32_t>(wh);
  }
}

void read_prices(const Node& root, TariffDocument& out) {
  const auto prices = root.find("prices");
  if (!prices) return;
  const auto steps = prices->elements("steps", tariff::step_max);
  if (steps.size() != out.set.step_count()) {
    prices->error("has " + std::to_string(steps.size()) + " steps; write " +
                  std::to_string(out.set.step_count()) +
                  ": one more than the ladder has thresholds, one without a ladder");
  }
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const auto rates = steps[step].elements("prices", tariff::rate_max);
    if (rates.size() != out.rate_names.size()) {
      steps[step].error("has " + std::to_string(rates.size()) + " prices; write one for each of the " +
                        std::to_string(out.rate_names.size()) + " rates");
    }
    for (std::size_t rate = 0; rate < rates.size(); ++rate) {
      out.set.prices[step][rate] = Price::of(rates[rate].decimal(price_places, tariff::price_max.count()));
    }
  }
}

void read_settlement(const Node& root, TariffSet& set) {
  const auto settlement = root.find("settlement");
  if (!settlement || !settlement->object({}, {"month", "day", "hour"})) return;
  const auto field = [&](const char* key, std::uint8_t& to, int least, int most) {
    if (const auto node = settlement->find(key)) to = static_cast<std::uint8_t>(node->integer(least, most));
  };
  field("month", set.settlement.month, 1, 12);
  field("day", set.settlement.day, 1, 28);
  field("hour", set.settlement.hour, 0, 23);
}

void read_fixed_charges(const Node& root, TariffSet& set) {
  const std::int64_t most = tariff::fixed_charge_max.count();
  const auto standing = root.find("standing_charge");
  if (standing && standing->object({"amount", "per"}, {})) {
    const std::vector<std::string> periods{"day", "month"};
    set.standing.amount = Money::of(standing->required("amount").decimal(money_places, most));
    set.standing.per =
        standing->required("per").name(periods, "period of a standing charge") == 0 ? Per::day : Per::month;
  }
  if (const auto minimum = root.find("minimum_charge")) {
    set.minimum_charge = Money::of(minimum->decimal(money_places, most));
  }
  const auto demand = root.find("demand_charge");
  if (demand && demand->object({"price_per_kw"}, {"window_minutes"})) {
    set.demand.price_per_kw =
        Price::of(demand->required("price_per_kw").decimal(price_places, tariff::price_max.count()));
    if (const auto window = demand->find("window_minutes")) {
      const std::int64_t minutes = window->integer(5, 60);
      if (60 % minutes != 0 || minutes % 5 != 0 || minutes == 25) {
        window->error("is no demand window; use 5, 10, 15, 20, 30 or 60 minutes");
      } else {
        set.demand.window_minutes = static_cast<std::uint8_t>(minutes);
      }
    }
  }
}

void read_tax(const Node& node, tariff::Tax& tax) {
  if (!node.object({"name"}, {"percent", "of", "per_kwh"})) return;
  const Node name = node.required("name");
  const std::string text = name.text(tariff::tax_name_max);
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) {
    name.error("has characters that a meter cannot show; use letters, digits and signs of ASCII");
  }
  std::copy_n(text.begin(), std::min(text.size(), tariff::tax_name_max), tax.name.begin());
  const auto percent = node.find("percent");
  const auto per_kwh = node.find("per_kwh");
  if (percent.has_value() == per_kwh.has_value()) {
    return node.error("needs either \"percent\" or \"per_kwh\"; write one of them");
  }
  if (per_kwh) {
    tax.kind = tariff::TaxKind::per_kwh;
    tax.base = 0;
    tax.value = static_cast<std::uint32_t>(per_kwh->decimal(price_places, tariff::price_max.count()));
    if (const auto of = node.find("of")) of->error("goes with \"percent\" only; remove it");
    return;
  }
  tax.value = static_cast<std::uint32_t>(percent->decimal(price_places, 1'000'000));
  const auto of = node.find("of");
  if (!of) return;
  const std::vector<std::string> bases{"energy", "standing", "minimum", "demand", "taxes"};
  tax.base = 0;
  for (const Node& base : of->elements("things that are taxed", bases.size())) {
    tax.base = static_cast<std::uint8_t>(tax.base | 1U << base.name(bases, "thing that is taxed"));
  }
  if (tax.base == 0) of->error("is empty; name what is taxed, or remove \"of\" to tax all");
}

void read_document(const Node& root, TariffDocument& out) {
  if (!root.object({"format", "version", "prices"},
                   {"$schema", "name", "currency", "zone", "rates", "default_rate", "ladder", "settlement",
                    "day_tables", "week_tables", "seasons", "special_days", "standing_charge",
                    "minimum_charge", "demand_charge", "taxes"})) {
    return;
  }
  const Node format = root.required("format");
  if (format.text(40) != "latchkey-tariff-1")
    format.error("must be \"latchkey-tariff-1\": this program knows no other");
  out.set.version = static_cast<std::uint32_t>(root.required("version").integer(1, 0xFFFF'FFFF));
  if (const auto name = root.find("name")) out.name = name->text(80);
  if (const auto currency = root.find("currency")) out.currency = currency->text(8);
  if (const auto zone = root.find("zone")) read_zone(*zone, out.set.zone);
  read_rates(root, out);
  read_ladder(root, out);
  read_prices(root, out);
  read_settlement(root, out.set);
  read_calendar(root, out);
  read_fixed_charges(root, out.set);
  if (const auto taxes = root.find("taxes")) {
    for (const Node& tax : taxes->elements("taxes", tariff::tax_max))
      read_tax(tax, out.set.taxes[out.set.tax_count++]);
  }
}

// What the parser says, without the name of its error: "parse error at line 2, column 1: …".
std::string words_of(const nlohmann::json::exception& error) {
  const std::string words = error.what();
  const std::size_t end = words.find("] ");
  return end == std::string::npos ? words : words.substr(end + 2);
}

}  // namespace

bool TariffDocument::is_valid() const {
  return std::ranges::none_of(problems, &Problem::is_error);
}

TariffDocument parse_tariff(std::string_view json_text) {
  TariffDocument document;
  try {
    const auto json = nlohmann::ordered_json::parse(json_text);
    read_document(Node{json, "", document.problems}, document);
  } catch (const nlohmann::json::exception& error) {
    document.problems.push_back({true, "", "is not JSON: " + words_of(error) + "; mend it there"});
    return document;
  }
  if (!document.is_valid()) return document;
  // The reader finds all that the library's own check finds; should it not, the set is refused all the same.
  if (const auto fault = tariff::find_fault(document.set)) {
    document.problems.push_back({true, "",
                                 "makes no sense to the meter: fault " +
                                     std::to_string(static_cast<int>(fault.fault)) + " at " +
                                     std::to_string(fault.index) + ", " + std::to_string(fault.inner) +
                                     "; tell the makers of this program"});
    return document;
  }
  warn(document);
  return document;
}

}  // namespace lk::tools
