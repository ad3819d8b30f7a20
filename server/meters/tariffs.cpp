// SPDX-License-Identifier: Apache-2.0
#include "server/meters/tariffs.hpp"

#include "server/store/session.hpp"

namespace lk::meters {

std::expected<Added, AddRefusal> add_tariff(store::Session& session, const Tariff& tariff,
                                            std::int64_t now_ms) {
  if (const auto known = find_tariff(session, tariff.code)) {
    if (known->name == tariff.name && known->price == tariff.price) return Added::before;
    return std::unexpected(AddRefusal::id_reused);
  }
  session.run("insert into tariff (code, name, price, made) values (?, ?, ?, ?)",
              {tariff.code, tariff.name, tariff.price, now_ms});
  return Added::now;
}

std::optional<Tariff> find_tariff(store::Session& session, const std::string& code) {
  auto row =
      session.row<std::string, quantity::Price>("select name, price from tariff where code = ?", {code});
  if (!row) return std::nullopt;
  return Tariff{code, std::move(std::get<0>(*row)), std::get<1>(*row)};
}

std::vector<Tariff> list_tariffs(store::Session& session) {
  std::vector<Tariff> tariffs;
  for (auto& [code, name, price] : session.rows<std::string, std::string, quantity::Price>(
           "select code, name, price from tariff order by code")) {
    tariffs.push_back({std::move(code), std::move(name), price});
  }
  return tariffs;
}

}  // namespace lk::meters
