// SPDX-License-Identifier: Apache-2.0
// Flat prices by name.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::store {
class Session;
}

namespace lk::meters {

struct Tariff {
  std::string code;
  std::string name;
  quantity::Price price;
};

// Whether it was added now or, with the same contents, before.
enum class Added { now, before };
// Why it was not.
enum class AddRefusal { id_reused };

[[nodiscard]] std::expected<Added, AddRefusal> add_tariff(store::Session& session, const Tariff& tariff,
                                                          std::int64_t now_ms);
[[nodiscard]] std::optional<Tariff> find_tariff(store::Session& session, const std::string& code);
[[nodiscard]] std::vector<Tariff> list_tariffs(store::Session& session);

}  // namespace lk::meters
