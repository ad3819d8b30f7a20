// SPDX-License-Identifier: Apache-2.0
// The meter as a Modbus RTU slave: docs/formats/modbus-map.md over a Device. Checks go in the order function,
// count, address, value. A broadcast is never answered, and acts on writes only; one to the row `clock`
// corrects the clock. One frame in, one answer out; it keeps nothing but what function 08 is about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "meter/links/device.hpp"
#include "modbus/slave.hpp"

namespace lk::links {

// What the meter says of itself (functions 11 and 2B/0E). The texts must outlive the slave.
struct Identity {
  std::string_view vendor;
  std::string_view product;   // product code
  std::string_view revision;  // "0.1.0"
  std::string_view model;
  std::string_view number;  // the meter's own
};

class ModbusSlave {
 public:
  static constexpr std::uint8_t server_id = 0x4C;

  // `unit` is 1 to 247.
  ModbusSlave(std::uint8_t unit, const Identity& identity);
  // From the next frame on it is this unit, 1 to 247.
  void set_unit(std::uint8_t unit);
  // Answers one frame (address to CRC); returns the size of the answer, 0 for silence. Any bytes are safe.
  [[nodiscard]] std::size_t serve(std::span<const std::byte> frame, modbus::ReplyRoom answer, Device& device);

 private:
  // As function 08 tells them; each goes round at 65 536.
  struct Counters {
    std::uint16_t bus_messages = 0;
    std::uint16_t bus_errors = 0;
    std::uint16_t exceptions = 0;
    std::uint16_t own_messages = 0;
    std::uint16_t unanswered = 0;
    std::uint16_t busy = 0;
  };

  using Answer = std::expected<std::size_t, modbus::Exception>;
  std::size_t answer_or_refuse(const modbus::Request& request, modbus::ReplyRoom answer, Answer outcome);
  void restart();
  std::size_t answer_one(const modbus::Request& request, modbus::ReplyRoom answer, Device& device);
  std::size_t answer_diagnostic(const modbus::Request& request, modbus::ReplyRoom answer);
  std::size_t refuse(const modbus::Request& request, modbus::ReplyRoom answer, modbus::Exception exception);
  [[nodiscard]] std::uint16_t counter(modbus::Diagnostic which) const;

  Counters counters_;
  bool is_listening_only_ = false;
  std::uint8_t unit_;
  Identity identity_;
};

}  // namespace lk::links
