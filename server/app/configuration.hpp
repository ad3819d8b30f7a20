// SPDX-License-Identifier: Apache-2.0
// server.toml (docs/processes.md). A mistake in it is told with file, key and remedy.
#pragma once

#include <cstdint>
#include <expected>
#include <set>
#include <string>

#include "quantity/quantity.hpp"
#include "server/vault/opening.hpp"

namespace lk::app {

struct Configuration {
  std::string name;
  std::string currency;
  std::string site;
  std::string database;
  vault::Opening vault;
  std::string sta_tables;  // EA07: the production table set; empty: there is none
  std::string pages;
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::set<std::string> trusted_proxies;  // addresses of TLS proxies in front
  std::string mqtt_host = "127.0.0.1";
  std::uint16_t mqtt_port = 1883;
  std::string mqtt_user;
  std::string mqtt_password_file;
  std::string mqtt_ca_file;  // TLS where it is set
  std::string mqtt_cert_file;
  std::string mqtt_key_file;
  std::int64_t keep_records_days = 400;  // of ended commands, alarms and events
  std::int64_t delivery_s = 7LL * 24 * 3600;
  std::int64_t order_delivery_s = 600;
  std::int64_t order_expiry_s = 0;
  std::int64_t keep_readings_days = 7;
  std::int64_t utc_offset_min = 0;
  bool shift_for_cash = false;
  quantity::Money most_at_once = quantity::units(10'000);
};

// Reads the file; the error is for a person. Paths in it are relative to the directory the program was
// started in.
[[nodiscard]] std::expected<Configuration, std::string> read_configuration(const std::string& path);

}  // namespace lk::app
