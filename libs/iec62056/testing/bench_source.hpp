// SPDX-License-Identifier: Apache-2.0
// For tests: a meter with a few values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "iec62056/session.hpp"

namespace lk::iec62056 {

class BenchSource final : public Source {
 public:
  bool is_address(std::string_view address) override { return address == "4711"; }
  std::string_view line(std::size_t index) override {
    return index < lines.size() ? std::string_view{lines[index]} : std::string_view{};
  }
  std::expected<void, Refusal> enter_password(std::string_view password) override {
    if (password == "12345678") return {};
    return std::unexpected(Refusal::password);
  }
  std::expected<std::string_view, Refusal> read(std::string_view id) override {
    const auto found = values.find(std::string(id));
    if (found == values.end()) return std::unexpected(Refusal::unknown);
    answer_ = found->first + "(" + found->second + ")";
    return answer_;
  }
  std::expected<void, Refusal> write(std::string_view id, std::string_view value, bool is_open) override {
    if (!values.contains(std::string(id))) return std::unexpected(Refusal::unknown);
    if (!is_open) return std::unexpected(Refusal::not_open);
    values[std::string(id)] = value;
    return {};
  }

  std::vector<std::string> lines{"1.8.0(000123.45*kWh)", "32.7.0(230.1*V)"};
  std::map<std::string, std::string> values{{"00000034", "001511420144"}, {"0.9.1", "102030"}};

 private:
  std::string answer_;
};

}  // namespace lk::iec62056
