// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/line/line.hpp"
#include "gateway/uplink/courier.hpp"
#include "gateway/uplink/mosquitto_broker.hpp"

namespace lk::gateway {
namespace {

namespace asio = boost::asio;

std::set<std::string> all_meters(const Configuration& configuration) {
  std::set<std::string> numbers;
  for (const LineConfiguration& line : configuration.lines) {
    for (const MeterConfiguration& meter : line.meters) numbers.insert(meter.number);
  }
  return numbers;
}

std::map<std::string, std::int64_t> last_events(Store& store, const std::set<std::string>& meters) {
  std::map<std::string, std::int64_t> found;
  for (const std::string& meter : meters) {
    const auto last = store.last_event(meter).value_or(std::nullopt);
    if (last) found[meter] = *last;
  }
  return found;
}

CourierSettings courier_settings(const Configuration& configuration) {
  CourierSettings settings;
  settings.base = "latchkey/v1/" + configuration.site + "/" + configuration.name;
  settings.meters = all_meters(configuration);
  settings.outbox.disk_bytes = configuration.mqtt.outbox_mb * 1'000'000;
  return settings;
}

BrokerSettings broker_settings(const Configuration& configuration, const CourierSettings& courier) {
  BrokerSettings settings;
  settings.host = configuration.mqtt.host;
  settings.port = configuration.mqtt.port;
  settings.user = configuration.mqtt.user;
  settings.password = configuration.mqtt.password;
  settings.ca_file = configuration.mqtt.ca_file;
  settings.cert_file = configuration.mqtt.cert_file;
  settings.key_file = configuration.mqtt.key_file;
  settings.client_id = "latchkey-gateway-" + configuration.site + "-" + configuration.name;
  settings.command_topic = courier.base + "/command";
  settings.will_topic = courier.base + "/status";
  settings.will_payload = offline_payload();
  settings.in_flight = static_cast<int>(courier.in_flight);
  return settings;
}

// The lines, and the way of a command to the one that has its meter. All on the io_context's thread.
class Lines {
 public:
  Lines(asio::io_context& io, const Configuration& configuration, Reports& reports,
        const std::map<std::string, std::int64_t>& events) {
    for (const LineConfiguration& line : configuration.lines) {
      lines_.push_back(std::make_unique<Line>(io.get_executor(), line, reports, events));
    }
  }
  void start(asio::io_context& io) {
    for (auto& line : lines_) {
      asio::co_spawn(io, line->run(), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
      });
    }
  }
  void stop() {
    for (auto& line : lines_) line->stop();
  }
  // False where the meter is on no line any more.
  bool submit(const Command& command, bool sent) {
    for (auto& line : lines_) {
      if (line->has(command.meter)) {
        line->submit(command, sent);
        return true;
      }
    }
    return false;
  }

 private:
  std::vector<std::unique_ptr<Line>> lines_;
};

// Commands that an earlier life of the gateway accepted and did not end.
void resume(Store& store, Lines& lines, Courier& courier) {
  const auto pending = store.pending_commands();
  if (!pending) {
    spdlog::error("state: commands cannot be read: {}", pending.error().message);
    return;
  }
  for (const PendingCommand& one : *pending) {
    spdlog::info("command {}: was not ended when the gateway stopped, is taken up again", one.command.id);
    if (one.command.kind == CommandKind::events) {
      courier.send_events_again(one.command);
      continue;
    }
    if (lines.submit(one.command, one.sent)) continue;
    CommandResult result;
    result.error = "unknown_meter";
    courier.ended(one.command, result);
  }
}

}  // namespace

int run_gateway(const Configuration& configuration) {
  // A connection that went, and a file that may not grow, are answers of the call, not the end of the
  // process.
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGXFSZ, SIG_IGN);
  auto store = Store::open(configuration.state, wall_ms());
  if (!store) {
    spdlog::critical("state: {}: make room on the disk, or correct `state` or its rights",
                     store.error().message);
    return 1;
  }
  if (!(*store)->set_aside().empty()) {
    spdlog::error("state: the file was damaged and is kept as {}; a new one is begun", (*store)->set_aside());
  }
  asio::io_context io{1};
  std::unique_ptr<Lines> lines;
  const CourierSettings settings = courier_settings(configuration);
  Courier courier{**store, settings, [&](const Command& command, bool sent) {
                    asio::post(io, [&lines, command, sent] { lines->submit(command, sent); });
                  }};
  lines = std::make_unique<Lines>(io, configuration, courier, last_events(**store, settings.meters));
  resume(**store, *lines, courier);
  MosquittoBroker broker{broker_settings(configuration, settings), courier};
  courier.start(broker);
  broker.start();
  lines->start(io);

  asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&](boost::system::error_code, int) { lines->stop(); });
  spdlog::info("gateway {} of site {}: {} lines, {} meters", configuration.name, configuration.site,
               configuration.lines.size(), settings.meters.size());
  io.run();

  courier.stop();
  broker.stop();
  spdlog::info("stopped");
  return 0;
}

}  // namespace lk::gateway
