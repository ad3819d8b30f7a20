// SPDX-License-Identifier: Apache-2.0
#include "card/terminal.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/secret.hpp"

namespace lk::card {
namespace {

constexpr std::size_t short_offset_max = 255;

Command of_file(Instruction instruction, File file, std::size_t offset) {
  const bool is_short = offset <= short_offset_max;
  const unsigned high = is_short ? 0x80U | static_cast<unsigned>(file) : static_cast<unsigned>(offset >> 8U);
  return {.ins = static_cast<std::uint8_t>(instruction),
          .p1 = static_cast<std::uint8_t>(high),
          .p2 = static_cast<std::uint8_t>(offset & 0xFFU)};
}

}  // namespace

Command select_command() {
  return {.ins = static_cast<std::uint8_t>(Instruction::select), .p1 = 4, .data = application_name};
}

Command about_command() {
  return read_command(File::about, 0, about_bytes);
}

Command read_command(File file, std::size_t offset, std::size_t size_bytes) {
  ensure(size_bytes > 0 && size_bytes <= answer_max_bytes);
  Command command = of_file(Instruction::read_binary, file, offset);
  command.expected = static_cast<std::uint16_t>(size_bytes);
  return command;
}

Command write_command(File file, std::size_t offset, std::span<const std::byte> piece) {
  Command command = of_file(Instruction::update_binary, file, offset);
  command.data = piece;
  return command;
}

std::expected<Response, Trouble> Terminal::exchange(const Command& command) {
  std::array<std::byte, command_max_bytes> room{};
  const auto sent = channel_ ? channel_->seal(command, room) : encode(command, room);
  const auto received = reader_.transmit(sent, response_);
  if (!received) return std::unexpected(Trouble::gone);
  const auto response = decode_response(*received);
  if (!response) return std::unexpected(Trouble::disturbed);
  // A card that refuses answers in clear, and the session is over.
  if (!channel_ || !response->is(Status::done)) return *response;
  const auto opened = channel_->open(*response, data_);
  if (!opened) return std::unexpected(Trouble::disturbed);
  return *opened;
}

Terminal::Data Terminal::must(const Command& command) {
  const auto response = exchange(command);
  if (!response) return std::unexpected(response.error());
  if (!response->is(Status::done)) return std::unexpected(Trouble::refused);
  return response->data;
}

std::expected<About, Trouble> Terminal::open() {
  channel_.reset();
  for (const Command& command : {select_command(), about_command()}) {
    const auto data = must(command);
    if (!data) return std::unexpected(data.error() == Trouble::refused ? Trouble::foreign : data.error());
    if (command.expected == 0) continue;
    const auto about = decode_about(*data);
    if (!about) return std::unexpected(Trouble::foreign);
    serial_ = about->serial;
    return *about;
  }
  return std::unexpected(Trouble::foreign);
}

std::expected<void, Trouble> Terminal::authenticate(Role role, const Key& key, const Challenge& challenge) {
  channel_.reset();
  const auto given = must({.ins = static_cast<std::uint8_t>(Instruction::get_challenge), .expected = 16});
  if (!given) return std::unexpected(given.error());
  Handshake handshake{.role = role, .serial = serial_, .of_terminal = challenge};
  if (given->size() != handshake.of_card.size()) return std::unexpected(Trouble::disturbed);
  std::ranges::copy(*given, handshake.of_card.begin());
  std::array<std::byte, 32> proof{};
  bytes::Writer to{proof};
  to.copy(challenge);
  to.copy(terminal_cryptogram(key, handshake));
  const auto answer = must({.ins = static_cast<std::uint8_t>(Instruction::authenticate),
                            .p2 = static_cast<std::uint8_t>(role),
                            .data = proof,
                            .expected = 16});
  if (!answer) return std::unexpected(answer.error());
  if (!crypto::equal_in_constant_time(*answer, card_cryptogram(key, handshake))) {
    return std::unexpected(Trouble::forged);
  }
  channel_.emplace(session_keys(key, handshake));
  return {};
}

std::expected<void, Trouble> Terminal::read(File file, std::size_t offset, std::span<std::byte> to) {
  for (std::size_t done = 0; done < to.size();) {
    const std::size_t size = std::min(piece_bytes, to.size() - done);
    const auto data = must(read_command(file, offset + done, size));
    if (!data) return std::unexpected(data.error());
    if (data->size() != size) return std::unexpected(Trouble::disturbed);
    std::ranges::copy(*data, to.begin() + static_cast<std::ptrdiff_t>(done));
    done += size;
  }
  return {};
}

std::expected<void, Trouble> Terminal::write(File file, std::size_t offset,
                                             std::span<const std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto piece = bytes.subspan(done, std::min(piece_bytes, bytes.size() - done));
    const auto data = must(write_command(file, offset + done, piece));
    if (!data) return std::unexpected(data.error());
    done += piece.size();
  }
  return {};
}

std::expected<void, Trouble> Terminal::personalise(const About& about, const Key& meter, const Key& desk) {
  std::array<std::byte, about_bytes + 32> room{};
  bytes::Writer to{room};
  to.copy(encode(about));
  to.copy(meter);
  to.copy(desk);
  const auto data = must({.ins = static_cast<std::uint8_t>(Instruction::put_data), .p1 = 1, .data = room});
  crypto::wipe(room);
  if (!data) return std::unexpected(data.error());
  return {};
}

std::expected<std::optional<StatementBytes>, Trouble> Terminal::collected(std::uint8_t number) {
  constexpr auto selector = static_cast<std::uint8_t>(static_cast<unsigned>(File::collected) << 3U | 4U);
  const auto response = exchange({.ins = static_cast<std::uint8_t>(Instruction::read_record),
                                  .p1 = number,
                                  .p2 = selector,
                                  .expected = statement_bytes});
  if (!response) return std::unexpected(response.error());
  if (response->is(Status::no_record)) return std::optional<StatementBytes>{};
  if (!response->is(Status::done)) return std::unexpected(Trouble::refused);
  StatementBytes bytes{};
  if (response->data.size() != bytes.size()) return std::unexpected(Trouble::disturbed);
  std::ranges::copy(response->data, bytes.begin());
  return bytes;
}

std::expected<void, Trouble> Terminal::erase_collected() {
  const auto data = must({.ins = static_cast<std::uint8_t>(Instruction::erase_binary),
                          .p1 = static_cast<std::uint8_t>(0x80U | static_cast<unsigned>(File::collected))});
  if (!data) return std::unexpected(data.error());
  return {};
}

}  // namespace lk::card
