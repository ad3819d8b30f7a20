// SPDX-License-Identifier: Apache-2.0
// For tests: a bench meter behind its slave of DL/T 645, asked by frames.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/testing/hex.hpp"
#include "dlt645/vectors.hpp"
#include "meter/links/dlt645_slave.hpp"
#include "meter/links/testing/bench_meter.hpp"

namespace lk::links {

inline constexpr std::uint32_t end_of_july = 1'785'499'200;  // 2026-07-31 12:00:00
inline constexpr std::uint32_t august_10_00 = 1'785'578'400;

// A vector by its name, without its wake-up.
inline std::vector<std::byte> bytes_of(std::string_view name) {
  for (const dlt645::Vector& vector : dlt645::vectors) {
    if (vector.name != name) continue;
    auto frame = bytes::hex(vector.bytes);
    frame.erase(frame.begin(), std::ranges::find(frame, dlt645::frame_start));
    return frame;
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

class Dlt645Bench : public ::testing::Test {
 protected:
  Dlt645Bench() {
    auto& numbers = meter_.numbers;
    numbers[{dictionary::Id::import_energy, 0}] = 120'642LL * 36'000'000 + 35'999'999;
    numbers[{dictionary::Id::balance, 0}] = 12'345'678;
    numbers[{dictionary::Id::hold_reasons, 0}] = 1;
    numbers[{dictionary::Id::active_power, 0}] = numbers[{dictionary::Id::phase_active_power, 0}] = -12'345;
    numbers[{dictionary::Id::phase_voltage, 0}] = 220'000;
    numbers[{dictionary::Id::phase_current, 0}] = 5'123;
    numbers[{dictionary::Id::max_demand, 0}] = 123'456;
    numbers[{dictionary::Id::max_demand_time, 0}] = end_of_july;
    meter_.add_event(dictionary::EventCode::token_accepted, 0, 5'000'999, end_of_july);
  }

  std::string send(std::vector<std::byte> bytes) {
    const auto frame = dlt645::parse(bytes);
    if (!frame) return "no frame";
    std::array<std::byte, 256> room{};
    const std::size_t size_bytes = slave_.serve(*frame, room, {meter_, meter_, meter_.access});
    return bytes::hex(std::span{room}.first(size_bytes));
  }
  // Sends function and data to this meter; the answer's control byte and data, without the 33H.
  std::string ask(std::uint8_t control, std::string_view data, const dlt645::Address* to = nullptr) {
    const dlt645::Address own = own_address(meter_);
    std::vector<std::byte> frame(dlt645::frame_max_bytes);
    frame.resize(dlt645::build(frame, to == nullptr ? own : *to, control, bytes::hex(data)));
    auto answer = bytes::hex(send(frame));
    if (answer.empty()) return "";
    const auto parsed = dlt645::parse(answer);
    if (!parsed) return "no frame";
    const std::byte controls[] = {std::byte{parsed->control}};
    return bytes::hex(controls) + (parsed->data.empty() ? "" : " " + bytes::hex(parsed->data));
  }
  void permit_all() { meter_.numbers[{dictionary::Id::dlt_permissions, 0}] = 0x7F; }
  std::string last_told() const { return meter_.told.empty() ? "" : meter_.told.back(); }

  BenchMeter meter_;
  Dlt645Slave slave_;
};

}  // namespace lk::links
