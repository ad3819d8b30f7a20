// SPDX-License-Identifier: Apache-2.0
// The card's end of T=0: characters in, characters out, and whole commands for the operating system between
// (t0_reader.hpp has the drawing). A card on this line answers its reset, then serves. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "card/apdu.hpp"

namespace lk::card {

class T0Card {
 public:
  // What is behind the line.
  class Applet {
   public:
    [[nodiscard]] virtual std::span<const std::byte> serve(std::span<const std::byte> command,
                                                           std::span<std::byte, response_max_bytes> room) = 0;

   protected:
    ~Applet() = default;
  };

  explicit T0Card(Applet& applet) : applet_(applet) {}

  // A reset: the answer is sent.
  void reset(std::span<const std::byte> answer_to_reset);
  void receive(std::byte character);
  // The next character that it sends; nothing while it listens. Each is given once.
  [[nodiscard]] std::optional<std::byte> next();

 private:
  enum class Phase : std::uint8_t { header, data };

  void take_header();
  void serve(std::span<const std::byte> command);
  void answer_get_response(std::size_t wanted);
  void say(std::span<const std::byte> characters);
  void say_status(std::uint16_t status);

  Applet& applet_;
  Phase phase_ = Phase::header;
  std::array<std::byte, command_max_bytes> command_{};
  std::size_t command_bytes_ = 0;
  std::array<std::byte, response_max_bytes> waiting_{};  // data for GET RESPONSE, with the status behind it
  std::size_t waiting_bytes_ = 0;
  std::array<std::byte, response_max_bytes + 1> out_{};
  std::size_t out_bytes_ = 0;
  std::size_t out_sent_ = 0;
};

}  // namespace lk::card
