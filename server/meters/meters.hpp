// SPDX-License-Identifier: Apache-2.0
// The meters of the site: their records, and how they stand now.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quantity/quantity.hpp"
#include "server/meters/reading.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::meters {

struct Meter {
  std::string number;
  std::string name;
  std::string kind = "flat";  // or "feeder"
  std::string gateway;
  std::string line;
  std::optional<std::int64_t> address;
  std::string customer;  // id, or empty
  std::string tariff;
  quantity::Money preset_credit;
  std::string supply_group_code;
  int key_revision_number = 1;
  int tariff_index = 1;
  int base_date = 2014;                                // year, of the key's identifiers
  std::optional<std::int64_t> key_expiry_number = {};  // KEN; nothing: not known

  bool operator==(const Meter&) const = default;
};

// Why a meter was not registered.
enum class MeterRefusal {
  id_reused,         // the number is registered with other contents
  unknown_tariff,    // make the tariff first
  unknown_customer,  // make the customer first
};

// Registers a meter; its preset credit goes into the ledger. True where it is new, false where the same meter
// was registered before.
[[nodiscard]] std::expected<bool, MeterRefusal> register_meter(store::Unit& unit, const Meter& meter);

[[nodiscard]] std::optional<Meter> find_meter(store::Session& session, const std::string& number);
[[nodiscard]] std::vector<std::string> list_meter_numbers(store::Session& session,
                                                          const std::string& customer);

// A meter with how it stands, as the HTTP interface shows it; null for an unknown one.
[[nodiscard]] nlohmann::ordered_json meter_view(store::Session& session, const std::string& number);
// The site; of one customer's meters where `customer` is not empty.
struct SiteName {
  std::string name;
  std::string currency;
};
[[nodiscard]] nlohmann::ordered_json site_view(store::Session& session, const SiteName& site,
                                               const std::string& customer, std::int64_t now_ms);

}  // namespace lk::meters
