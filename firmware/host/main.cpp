// SPDX-License-Identifier: Apache-2.0
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "firmware/host/control.hpp"
#include "firmware/host/keypad_line.hpp"
#include "firmware/host/log.hpp"
#include "firmware/host/optical_port.hpp"
#include "firmware/host/poller.hpp"
#include "firmware/host/serial_line.hpp"
#include "firmware/host/site.hpp"
#include "firmware/host/wall_clock.hpp"

namespace lk::host {

namespace {

constexpr int wrong_configuration = 2;

// SIGTERM and SIGINT as something to poll.
Descriptor end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Descriptor(signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
}

std::string seconds_text(std::chrono::nanoseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", std::chrono::duration<double>(time).count());
  return text.data();
}

// Says once a minute that the machine does not carry the speed asked for.
class LagReport {
 public:
  void look(Site& site, std::chrono::nanoseconds wall) {
    if (wall - looked_at_ < std::chrono::minutes(1)) return;
    const auto lag = site.take_lag();
    if (lag.count() > 0) {
      log_warning("this machine cannot keep up: the meters' clock lost " + seconds_text(lag) +
                  " of the last " + seconds_text(wall - looked_at_) +
                  " of wall time; no sample is left out; choose a lower speed");
    }
    looked_at_ = wall;
  }

 private:
  std::chrono::nanoseconds looked_at_ = wall_now();
};

void run(const BuildingSettings& settings) {
  const Descriptor signals = end_signals();
  Poller poller;
  bool stopping = false;
  poller.watch(signals.get(), POLLIN, [&stopping](short) { stopping = true; });
  Site site(settings, wall_now());
  std::vector<std::unique_ptr<SerialLine>> lines;
  for (std::size_t i = 0; i < settings.lines.size(); ++i) {
    lines.push_back(
        std::make_unique<SerialLine>(settings.lines[i], settings.seed + i, site.slaves(i), poller));
  }
  std::vector<std::unique_ptr<OpticalPort>> optical_ports;
  for (const LineSettings& line : settings.lines) {
    for (const MeterSettings& meter : line.meters) {
      if (!meter.optical) continue;
      VirtualMeter& body = *site.find(meter.number)->meter;
      optical_ports.push_back(std::make_unique<OpticalPort>(*meter.optical, body, site, poller));
    }
  }
  std::vector<std::unique_ptr<KeypadLine>> keypad_lines;
  for (const LineSettings& line : settings.lines) {
    for (const MeterSettings& meter : line.meters) {
      if (!meter.keypad_unit) continue;
      VirtualMeter& body = *site.find(meter.number)->meter;
      const std::uint64_t seed = settings.seed + 1000 + keypad_lines.size();
      keypad_lines.push_back(std::make_unique<KeypadLine>(*meter.keypad_unit, seed, body, site, poller));
    }
  }
  const ControlSocket control(settings.control, site, poller);
  log_info("ready: " + std::to_string(site.places().size()) + " meters on " + std::to_string(lines.size()) +
           " lines, speed " + std::to_string(settings.speed) + ", control " + settings.control);
  LagReport lag;
  while (!stopping) {
    site.advance(wall_now());
    auto next = site.due();
    for (const auto& line : lines) {
      line->advance(wall_now());
      next = std::min(next, line->next());
    }
    for (const auto& port : optical_ports) {
      port->advance(wall_now());
      next = std::min(next, port->next());
    }
    for (const auto& line : keypad_lines) {
      line->advance(wall_now());
      next = std::min(next, line->next());
    }
    lag.look(site, wall_now());
    poller.wait(next - wall_now());
  }
  site.stop();
  log_info("stopped: every account is stored");
}

}  // namespace

}  // namespace lk::host

int main(int argc, char** argv) {
  CLI::App app{"A building of virtual meters on RS485 lines (docs/processes.md)", "latchkey-meter"};
  std::string path;
  bool only_check = false;
  app.add_option("--config", path, "the building.toml")->required();
  app.add_flag("--check", only_check, "only check the configuration");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto settings = lk::host::read_configuration(path);
    if (!only_check) lk::host::run(settings);
  } catch (const lk::host::ConfigurationError& error) {
    std::fprintf(stderr, "latchkey-meter: %s\n", error.what());
    return lk::host::wrong_configuration;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "latchkey-meter: %s\n", error.what());
    return 1;
  }
  return 0;
}
