// SPDX-License-Identifier: Apache-2.0
#include "server/app/configuration.hpp"

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "server/ledger/decimal.hpp"

namespace lk::app {
namespace {

// Takes keys out of a table and notes the first mistake.
class Keys {
 public:
  Keys(const toml::table& table, std::string path, std::string prefix)
      : table_(table), path_(std::move(path)), prefix_(std::move(prefix)) {}

  void text(const char* key, std::string& value, bool required) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      if (required) fault(key, nullptr, "is missing; add it");
      return;
    }
    const auto found = node->value_exact<std::string>();
    if (!found || found->empty()) return fault(key, node, "must be a text that is not empty");
    value = *found;
  }

  template <class T>
  void integer(const char* key, T& value, std::int64_t least, std::int64_t most) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const auto found = node->value_exact<std::int64_t>();
    if (!found || *found < least || *found > most) {
      return fault(key, node,
                   "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    }
    value = static_cast<T>(*found);
  }

  void flag(const char* key, bool& value) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const auto found = node->value_exact<bool>();
    if (!found) return fault(key, node, "must be true or false");
    value = *found;
  }

  void money(const char* key, quantity::Money& value) {
    std::string text_value;
    text(key, text_value, false);
    if (text_value.empty()) return;
    const auto amount = ledger::parse_money(text_value);
    if (!amount || *amount <= quantity::Money{})
      return fault(key, table_.get(key), "must be an amount, like \"100.00\"");
    value = *amount;
  }

  void texts(const char* key, std::set<std::string>& values) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return fault(key, node, "must be a list of texts, like [\"127.0.0.1\"]");
    for (const toml::node& element : *array) {
      const auto value = element.value_exact<std::string>();
      if (!value) return fault(key, &element, "must be a list of texts, like [\"127.0.0.1\"]");
      values.insert(*value);
    }
  }

  [[nodiscard]] const toml::table* table(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node != nullptr && !node->is_table()) fault(key, node, "must be a table");
    return node != nullptr ? node->as_table() : nullptr;
  }

  void fault(const char* key, const toml::node* node, const std::string& what) {
    if (!error_.empty()) return;
    const auto line = node != nullptr ? node->source().begin.line : 0;
    error_ = path_ + (line > 0 ? ":" + std::to_string(line) : "") + ": " + prefix_ + key + " " + what;
  }

  // The first mistake, or empty. Ask last: a key that nobody asked for is one.
  [[nodiscard]] std::string error() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (!known_.contains(name)) fault(name.c_str(), &node, "is not known here; take it out");
    }
    return error_;
  }

 private:
  const toml::table& table_;
  std::string path_;
  std::string prefix_;
  std::set<std::string> known_;
  std::string error_;
};

bool is_code(const std::string& text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool split_listen(const std::string& text, Configuration& configuration) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, configuration.port);
  configuration.host = host;
  return error == std::errc{} && stop == end && !host.empty();
}

// [vault]: which form, and all that goes with it; keys of the other form are mistakes.
std::string read_vault(const toml::table& table, const std::string& path, Configuration& configuration) {
  vault::Opening& vault = configuration.vault;
  Keys keys(table, path, "vault.");
  std::string kind = "file";
  keys.text("kind", kind, false);
  keys.text("path", vault.path, true);
  keys.text("audit", vault.audit, false);
  keys.text("credential", vault.secret.credential, false);
  keys.text("sta_tables", configuration.sta_tables, false);
  if (kind == "pkcs11") {
    vault.form = vault::Form::module;
    keys.text("module", vault.module, true);
    keys.text("token", vault.token, true);
    keys.text("pin_file", vault.secret.file, false);
    keys.integer("sessions", vault.session_count, 1, 64);
  } else if (kind == "file") {
    std::string passphrase_file;
    keys.text("key_file", vault.secret.file, false);
    keys.text("passphrase_file", passphrase_file, false);
    if (!passphrase_file.empty()) vault.secret.file = passphrase_file;
  } else {
    keys.fault("kind", table.get("kind"), "must be \"file\" or \"pkcs11\"");
  }
  return keys.error();
}

}  // namespace

std::expected<Configuration, std::string> read_configuration(const std::string& path) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    std::ostringstream text;
    text << path << ":" << error.source().begin.line << ": " << error.description();
    return std::unexpected(text.str());
  }
  Configuration configuration;
  Keys keys(table, path, "");
  keys.text("name", configuration.name, true);
  keys.text("currency", configuration.currency, true);
  keys.text("site", configuration.site, true);
  keys.text("database", configuration.database, true);
  keys.text("pages", configuration.pages, false);
  std::string listen = "127.0.0.1:8080";
  keys.text("listen", listen, false);
  if (!split_listen(listen, configuration)) {
    keys.fault("listen", table.get("listen"), "must be an address and a port, like \"127.0.0.1:8080\"");
  }
  keys.texts("trusted_proxies", configuration.trusted_proxies);
  keys.integer("delivery_s", configuration.delivery_s, 1, 365LL * 24 * 3600);
  keys.integer("order_delivery_s", configuration.order_delivery_s, 1, 365LL * 24 * 3600);
  keys.integer("order_expiry_s", configuration.order_expiry_s, 0, 365LL * 24 * 3600);
  keys.integer("keep_readings_days", configuration.keep_readings_days, 1, 3650);
  keys.integer("keep_records_days", configuration.keep_records_days, 31, 36500);
  keys.integer("utc_offset_min", configuration.utc_offset_min, -14LL * 60, 14LL * 60);
  keys.flag("shift_for_cash", configuration.shift_for_cash);
  keys.money("most_at_once", configuration.most_at_once);
  if (!configuration.site.empty() && !is_code(configuration.site)) {
    keys.fault("site", table.get("site"), "must be 1 to 32 characters of a-z, 0-9 and -");
  }
  const bool is_currency =
      configuration.currency.size() == 3 &&
      std::ranges::all_of(configuration.currency, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!configuration.currency.empty() && !is_currency) {
    keys.fault("currency", table.get("currency"), "must be an ISO 4217 code, like \"EUR\"");
  }
  std::string error;
  if (const toml::table* mqtt = keys.table("mqtt")) {
    Keys inner(*mqtt, path, "mqtt.");
    inner.text("host", configuration.mqtt_host, false);
    inner.integer("port", configuration.mqtt_port, 1, 65535);
    inner.text("user", configuration.mqtt_user, false);
    inner.text("password_file", configuration.mqtt_password_file, false);
    inner.text("ca_file", configuration.mqtt_ca_file, false);
    inner.text("cert_file", configuration.mqtt_cert_file, false);
    inner.text("key_file", configuration.mqtt_key_file, false);
    const bool has_own = !configuration.mqtt_cert_file.empty();
    if (has_own && configuration.mqtt_ca_file.empty())
      inner.fault("cert_file", mqtt->get("cert_file"), "needs ca_file: there is no TLS without it");
    if (has_own != !configuration.mqtt_key_file.empty())
      inner.fault("key_file", mqtt->get("key_file"), "and cert_file go together");
    error = inner.error();
  }
  if (const toml::table* vault = keys.table("vault")) {
    if (const std::string inner = read_vault(*vault, path, configuration); error.empty()) error = inner;
  } else {
    keys.fault("vault", table.get("vault"),
               "is missing; add [vault] with the path of a file that latchkey vault init made");
  }
  if (const std::string outer = keys.error(); !outer.empty()) error = outer;
  if (!error.empty()) return std::unexpected(error);
  return configuration;
}

}  // namespace lk::app
