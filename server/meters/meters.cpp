// SPDX-License-Identifier: Apache-2.0
#include "server/meters/meters.hpp"

#include "server/ledger/ledger.hpp"
#include "server/meters/tariffs.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::meters {
namespace {

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// A registration in one line, to tell a repeat from another one.
std::string wish_of(const Meter& meter) {
  std::string text;
  for (const std::string& part :
       {meter.name, meter.kind, meter.gateway, meter.line, std::to_string(meter.address.value_or(0)),
        meter.customer, meter.tariff, std::to_string(meter.preset_credit.count()), meter.supply_group_code,
        std::to_string(meter.key_revision_number), std::to_string(meter.tariff_index)}) {
    text += part + "\n";
  }
  return text;
}

void book_preset_credit(store::Unit& unit, const Meter& meter) {
  if (meter.preset_credit == quantity::Money{}) return;
  ledger::post(unit.session,
               {unit.now_ms,
                "Preset credit of meter " + meter.number,
                "",
                {{std::string(ledger::account::preset), meter.number, meter.preset_credit},
                 {std::string(ledger::account::customer_credit), meter.number, -meter.preset_credit}}});
}

}  // namespace

std::expected<bool, MeterRefusal> register_meter(store::Unit& unit, const Meter& meter) {
  store::Session& session = unit.session;
  const std::string wish = wish_of(meter);
  if (const auto known =
          session.row<std::string>("select registered from meter where number = ?", {meter.number})) {
    // Customer, tariff and key may have changed since; what was asked for then has not.
    const bool same = std::get<0>(*known).empty() ? find_meter(session, meter.number) == meter
                                                  : std::get<0>(*known) == wish;
    if (same) return false;
    return std::unexpected(MeterRefusal::id_reused);
  }
  const auto tariff = find_tariff(session, meter.tariff);
  if (!tariff) return std::unexpected(MeterRefusal::unknown_tariff);
  if (!meter.customer.empty() &&
      !session.row<std::int64_t>("select 1 from customer where id = ?", {meter.customer})) {
    return std::unexpected(MeterRefusal::unknown_customer);
  }
  session.run(
      "insert into meter (number, name, kind, gateway, line, address, customer, tariff, preset_credit, "
      "supply_group_code, key_revision_number, tariff_index, base_date, key_expiry_number, registered, made) "
      "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {meter.number, meter.name, meter.kind, meter.gateway, or_null(meter.line), meter.address,
       or_null(meter.customer), meter.tariff, meter.preset_credit, meter.supply_group_code,
       meter.key_revision_number, meter.tariff_index, meter.base_date, meter.key_expiry_number, wish,
       unit.now_ms});
  session.run("insert into meter_state (meter) values (?)", {meter.number});
  session.run("insert into price_step (meter, version, price, from_energy) values (?, 0, ?, 0)",
              {meter.number, tariff->price});
  book_preset_credit(unit, meter);
  return true;
}

std::optional<Meter> find_meter(store::Session& session, const std::string& number) {
  auto row = session.row<std::string, std::string, std::string, std::string, std::optional<std::int64_t>,
                         std::string, std::string, quantity::Money, std::string, std::int64_t, std::int64_t,
                         std::int64_t, std::optional<std::int64_t>>(
      "select name, kind, gateway, line, address, customer, tariff, preset_credit, supply_group_code, "
      "key_revision_number, tariff_index, base_date, key_expiry_number from meter where number = ?",
      {number});
  if (!row) return std::nullopt;
  auto& [name, kind, gateway, line, address, customer, tariff, preset, group, revision, index, base, expiry] =
      *row;
  return Meter{number,
               std::move(name),
               std::move(kind),
               std::move(gateway),
               std::move(line),
               address,
               std::move(customer),
               std::move(tariff),
               preset,
               std::move(group),
               static_cast<int>(revision),
               static_cast<int>(index),
               static_cast<int>(base),
               expiry};
}

std::vector<std::string> list_meter_numbers(store::Session& session, const std::string& customer) {
  std::vector<std::string> numbers;
  for (auto& [number] : session.rows<std::string>(
           "select number from meter where ? = '' or customer = ? order by number", {customer, customer})) {
    numbers.push_back(std::move(number));
  }
  return numbers;
}

}  // namespace lk::meters
