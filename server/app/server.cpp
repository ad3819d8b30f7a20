// SPDX-License-Identifier: Apache-2.0
#include "server/app/server.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "server/app/chores.hpp"
#include "server/app/dispatcher.hpp"
#include "server/app/live.hpp"
#include "server/cards/routes.hpp"
#include "server/customers/routes.hpp"
#include "server/customers/users.hpp"
#include "server/http/listener.hpp"
#include "server/ingest/broker.hpp"
#include "server/ingest/ingest.hpp"
#include "server/ledger/routes.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/routes.hpp"
#include "server/store/migrate.hpp"
#include "server/store/readers.hpp"
#include "server/store/writer.hpp"
#include "server/vault/sta_file.hpp"
#include "server/vault/vault.hpp"
#include "server/vending/routes.hpp"
#include "server/vending/shadow.hpp"
#include "server/vending/token_maker.hpp"

namespace lk::app {
namespace {

constexpr int reading_threads = 3;

std::unique_ptr<vault::Vault> open_vault(const Configuration& configuration, const sts::StaTables* tables) {
  auto opened = vault::Vault::open(configuration.vault, store::system_clock(), tables);
  if (!opened) throw std::runtime_error(opened.error().text);
  return std::move(*opened);
}

std::optional<sts::StaTables> tables_of(const Configuration& configuration) {
  if (configuration.sta_tables.empty()) return std::nullopt;
  const auto tables = vault::read_sta_tables(configuration.sta_tables);
  if (!tables) throw std::runtime_error(tables.error().text);
  return sts::StaTables(*tables);
}

std::string password_of(const Configuration& configuration) {
  if (configuration.mqtt_password_file.empty()) return {};
  std::ifstream file(configuration.mqtt_password_file);
  std::string password;
  if (!std::getline(file, password)) {
    throw std::runtime_error(configuration.mqtt_password_file + ": mqtt.password_file cannot be read");
  }
  return password;
}

// All parts, made in the order in which each needs the ones before it and ended in the other.
class Server {
 public:
  explicit Server(const Configuration& configuration)
      : tables_(tables_of(configuration)),
        opened_vault_(open_vault(configuration, tables_ ? &*tables_ : nullptr)),
        vault_(*opened_vault_),
        site_{configuration.name, configuration.currency},
        sale_rules_{configuration.most_at_once, configuration.delivery_s * 1000,
                    configuration.utc_offset_min * 60'000, configuration.shift_for_cash},
        receipt_head_{configuration.name, configuration.currency, configuration.utc_offset_min * 60'000},
        tokens_(vault_),
        order_rules_{configuration.order_delivery_s * 1000, configuration.order_expiry_s},
        readers_(configuration.database, reading_threads),
        live_(site_),
        broker_(
            {configuration.mqtt_host, configuration.mqtt_port, configuration.mqtt_user,
             password_of(configuration), configuration.mqtt_ca_file, configuration.mqtt_cert_file,
             configuration.mqtt_key_file},
            configuration.site,
            [this](std::string_view topic, std::string_view payload) { ingest_.take(topic, payload); },
            [this] { send_open_commands(); }),
        ports_{broker_, live_},
        writer_(configuration.database, store::system_clock()),
        ingest_(writer_, ports_),
        pages_(configuration.pages),
        dispatcher_(router_, pages_, readers_, writer_, [this] { return broker_.connected(); }),
        listener_({configuration.host, configuration.port, configuration.trusted_proxies}, dispatcher_),
        chores_({.writer = writer_,
                 .readers = readers_,
                 .live = live_,
                 .listener = listener_,
                 .ports = ports_,
                 .keep_readings_ms = configuration.keep_readings_days * 24 * 3600 * 1000,
                 .keep_records_ms = configuration.keep_records_days * 24 * 3600 * 1000}) {
    customers::add_routes(router_, login_limit_);
    ledger::add_routes(router_, vending::book_revenue);
    meters::add_routes(router_, {vault_, vault_}, ports_, order_rules_, site_);
    const vending::Counter counter{tokens_, ports_, sale_rules_, receipt_head_, vault_, vault_};
    vending::add_routes(router_, counter);
    vending::add_engineering_routes(router_, counter);
    vending::add_campaign_routes(router_, counter);
    vending::add_office_routes(router_);
    cards::add_routes(router_, {vault_, vault_, ports_});
  }

  // First what brings new work, then those who do it: a reading thread may hand work to the writer, and both
  // may still send commands and answers.
  ~Server() {
    chores_.stop();
    broker_.stop();
    readers_.stop();
    writer_.stop();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void run() {
    broker_.start();
    chores_.start();
    listener_.on_signal([this] { listener_.stop(); });
    listener_.run();
  }

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

 private:
  // What a broker or gateway that was away has missed. Gateways and meters make a repeat harmless.
  void send_open_commands() {
    readers_.submit([this](store::Session& session) {
      try {
        for (const meters::Command& command : meters::open_commands(session, "", store::system_clock()())) {
          broker_.send(command);
        }
      } catch (const store::Error& error) {
        spdlog::error("open commands: {}", error.what());
      }
    });
  }

  std::optional<sts::StaTables> tables_;
  std::unique_ptr<vault::Vault> opened_vault_;
  vault::Vault& vault_;
  meters::SiteName site_;
  vending::SaleRules sale_rules_;
  vending::ReceiptHead receipt_head_;
  vending::TokenMaker tokens_;
  meters::OrderRules order_rules_;
  store::Readers readers_;
  Live live_;
  ingest::Broker broker_;
  meters::Ports ports_;
  store::Writer writer_;
  ingest::Ingest ingest_;
  customers::LoginLimit login_limit_;
  http::Router router_;
  http::StaticFiles pages_;
  Dispatcher dispatcher_;
  http::Listener listener_;
  Chores chores_;
};

}  // namespace

void prepare_database(const Configuration& configuration) {
  const std::filesystem::path file(configuration.database);
  std::error_code error;
  if (!store::is_postgresql(configuration.database) && file.has_parent_path()) {
    std::filesystem::create_directories(file.parent_path(), error);
  }
  if (error) throw std::runtime_error(file.parent_path().string() + ": cannot be made: " + error.message());
  // The books are for nobody else on this machine.
  ::umask(077);
  store::Session session(configuration.database, true);
  const int before = store::migrate(session);
  const int now = store::version(session);
  if (before != now) spdlog::info("database: brought from version {} to {}", before, now);
  if (!customers::any_user(session)) {
    spdlog::warn(
        "nobody can log in yet: make the first user with `latchkey-server user add --config server.toml "
        "--user NAME "
        "--role operator --password-file FILE`");
  }
}

void serve(const Configuration& configuration) {
  prepare_database(configuration);
  Server server(configuration);
  spdlog::info("{} at http://{}:{}/", configuration.name, configuration.host, server.port());
  server.run();
  spdlog::info("ended");
}

}  // namespace lk::app
