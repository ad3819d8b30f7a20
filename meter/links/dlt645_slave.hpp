// SPDX-License-Identifier: Apache-2.0
// The meter as a slave of DL/T 645, both editions on one line: the control byte says which one a request is
// of (docs/formats/dlt645.md). Reading is open. Credit comes by tokens only, everything else that changes the
// meter by sealed orders, both inside function 03; passwords open what the site lets them. Broadcasts are
// never answered; a long answer waits for function 12 to ask for its next part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dlt645/frame.hpp"
#include "meter/links/dlt645_reader.hpp"

namespace lk::links {

class Dlt645Slave {
 public:
  // Answers a request; the size of the frame in `answer`, 0 for silence. Any frame is safe.
  [[nodiscard]] std::size_t serve(const dlt645::Frame& request, std::span<std::byte, 256> answer,
                                  const Dlt645Context& context);

 private:
  // What a function answers: data for a good answer, or an error.
  struct Answer {
    std::array<std::byte, dlt645::data_max_bytes> data{};
    std::size_t size_bytes = 0;
    std::uint8_t marks = 0;  // is_error, has_more
    bool is_silent = false;

    bytes::Writer writer() { return bytes::Writer{data}; }
    void fail(std::uint8_t error);
    void set(std::span<const std::byte> bytes);
  };
  // A long answer on its way in parts.
  struct Parts {
    static constexpr std::size_t room_bytes = 768;
    std::array<std::byte, room_bytes> room{};
    std::size_t size_bytes = 0;
    std::size_t begin = 0;  // of the part that was sent last
    std::size_t end = 0;
    std::uint32_t di = 0;  // 0: none
    std::uint8_t sequence = 0;
    bool is_infrared = false;  // who reads them
  };

  void serve_2007(const dlt645::Frame& request, const Dlt645Context& context, Answer& answer);
  void serve_1997(const dlt645::Frame& request, const Dlt645Context& context, Answer& answer);
  void read(std::span<const std::byte> data, const Dlt645Context& context, Answer& answer);
  void read_on(std::span<const std::byte> data, const Dlt645Context& context, Answer& answer);
  void read97(std::span<const std::byte> data, const Dlt645Context& context, Answer& answer);
  void read_on97(std::span<const std::byte> data, bool is_again, const Dlt645Context& context,
                 Answer& answer);
  // Sends the next part of `parts_`; `reserved` bytes of the frame are for identifier and sequence.
  void send_part(std::size_t reserved, bytes::Writer& to, Answer& answer);

  Parts parts_;
};

// Functions that change something, each taking the data behind the control byte and answering an error of
// 2007, 0 for done. Where they answer data, `reply` gets it.
namespace dlt645_changes {
[[nodiscard]] std::uint8_t write(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t write_address(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t freeze(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t change_baud(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t change_password(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t clear_demand(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t clear_events(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t select_output(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t control(std::span<const std::byte> data, const Dlt645Context& context);
void correct_time(std::span<const std::byte> data, const Dlt645Context& context);

[[nodiscard]] std::uint8_t write97(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t change_password97(std::span<const std::byte> data, const Dlt645Context& context);
[[nodiscard]] std::uint8_t clear_demand97(std::span<const std::byte> data, const Dlt645Context& context);
}  // namespace dlt645_changes

// Function 03: sealed orders and tokens. Writes identifier and answer; false with the error word instead.
[[nodiscard]] bool serve_secure(std::span<const std::byte> data, const Dlt645Context& context,
                                bytes::Writer& reply, std::uint16_t& error);

}  // namespace lk::links
