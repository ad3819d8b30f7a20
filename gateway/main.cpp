// SPDX-License-Identifier: Apache-2.0
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "gateway/gateway.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Latchkey gateway: reads the meters of RS485 lines and speaks MQTT", "latchkey-gateway"};
  std::string file;
  std::string level = "info";
  bool only_check = false;
  app.add_option("--config", file, "the configuration, as in docs/processes.md")->required();
  app.add_flag("--check", only_check, "only check the configuration, and name all that is wrong with it");
  app.add_option("--log", level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app.set_version_flag("--version", LK_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto configuration = lk::gateway::read_configuration(file);
  if (!configuration) {
    for (const auto& problem : configuration.error()) {
      std::fprintf(stderr, "%s\n", lk::gateway::describe(problem, file).c_str());
    }
    return 2;
  }
  if (only_check) return 0;
  spdlog::set_default_logger(spdlog::stderr_color_mt("gateway"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(level));
  try {
    return lk::gateway::run_gateway(*configuration);
  } catch (const std::exception& error) {
    spdlog::critical("{}", error.what());
    return 1;
  }
}
