// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace lk::host {

namespace {

spdlog::logger& logger() {
  static const auto instance = spdlog::stderr_logger_st("latchkey-meter");
  return *instance;
}

}  // namespace

void log_info(const std::string& text) {
  logger().info(text);
}
void log_warning(const std::string& text) {
  logger().warn(text);
}

}  // namespace lk::host
