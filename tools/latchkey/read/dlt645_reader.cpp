// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/read/dlt645_reader.hpp"

#include <algorithm>
#include <array>

#include "bytes/bytes.hpp"
#include "dlt645/words.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/read/dlt645_reading.hpp"

namespace lk::tools {
namespace {

constexpr int retries = 2;
constexpr std::size_t wake_up_bytes = 4;

dlt645::Address address_of_text(const std::string& number) {
  if (number == "any") return dlt645::wild_address;
  const bool is_number = !number.empty() && number.size() <= 2 * dlt645::address_bytes &&
                         number.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) throw UserError("--dlt645: \"" + number + "\" is no number of up to 12 digits, nor any");
  return dlt645::address_of(std::stoull(number));
}

std::string digits_of(std::uint32_t identifier) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08X", identifier);
  return text.data();
}

}  // namespace

Dlt645Reader::Dlt645Reader(LinePort port, const std::string& number, std::chrono::milliseconds timeout)
    : port_(std::move(port)), address_(address_of_text(number)), timeout_(timeout) {}

std::vector<std::byte> Dlt645Reader::read(std::uint32_t identifier) {
  constexpr std::size_t di_bytes = 4;
  std::array<std::byte, di_bytes + 1> request{};
  bytes::Writer{request}.little(identifier);
  std::vector<std::byte> whole;
  auto control = static_cast<std::uint8_t>(dlt645::Function::read);
  std::size_t request_bytes = di_bytes;
  for (std::uint8_t sequence = 0;;) {
    const Answer answer = ask(control, std::span{request}.first(request_bytes));
    const std::string place = digits_of(identifier) + ": ";
    if ((answer.control & dlt645::is_error) != 0) {
      const auto error =
          answer.data.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(answer.data[0]);
      throw DeviceError(place + "the meter answered: " + error_words(error));
    }
    const std::size_t tail_bytes = sequence > 0 ? 1 : 0;
    const bool is_of_it =
        answer.data.size() >= di_bytes + tail_bytes &&
        std::ranges::equal(std::span{answer.data}.first(di_bytes), std::span{request}.first(di_bytes)) &&
        (sequence == 0 || std::to_integer<std::uint8_t>(answer.data.back()) == sequence);
    if (!is_of_it) throw DeviceError(place + "the answer is to another question");
    whole.insert(whole.end(), answer.data.begin() + di_bytes,
                 answer.data.end() - static_cast<std::ptrdiff_t>(tail_bytes));
    if ((answer.control & dlt645::has_more) == 0) return whole;
    if (++sequence == 0) throw DeviceError(place + "the answer does not end");
    control = static_cast<std::uint8_t>(dlt645::Function::read_on);
    request[di_bytes] = std::byte{sequence};
    request_bytes = di_bytes + 1;
  }
}

Dlt645Reader::Answer Dlt645Reader::ask(std::uint8_t control, std::span<const std::byte> data) {
  std::array<std::byte, wake_up_bytes + dlt645::frame_max_bytes> room{};
  std::fill_n(room.begin(), wake_up_bytes, dlt645::wake_up);
  const std::size_t size_bytes =
      wake_up_bytes + dlt645::build(std::span{room}.subspan(wake_up_bytes), address_, control, data);
  for (int attempt = 0; attempt <= retries; ++attempt) {
    auto frame = port_.ask_dlt645(std::span{room}.first(size_bytes), timeout_);
    if (!frame) continue;
    const auto answer = dlt645::parse(*frame);
    const bool is_ours = answer && (answer->control & dlt645::from_slave) != 0 &&
                         (answer->control & 0x1FU) == control && dlt645::is_for(address_, answer->address);
    if (is_ours) return {answer->control, {answer->data.begin(), answer->data.end()}};
  }
  throw DeviceError(
      "no sound answer (asked " + std::to_string(retries + 1) +
      " times); check wiring, the meter's number, --baud and --parity (a line of DL/T 645 is 8E1)");
}

}  // namespace lk::tools
