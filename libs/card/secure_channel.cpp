// SPDX-License-Identifier: Apache-2.0
#include "card/secure_channel.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/cmac.hpp"
#include "crypto/secret.hpp"

namespace lk::card {
namespace {

constexpr std::size_t block_bytes = 16;
constexpr std::size_t tag_bytes = 8;
constexpr std::uint8_t tag_cryptogram = 0x87;
constexpr std::uint8_t tag_expected = 0x97;
constexpr std::uint8_t tag_status = 0x99;
constexpr std::uint8_t tag_seal = 0x8E;
constexpr std::uint8_t padding_begin = 0x80;

// The data objects of one message; those that are absent are empty.
struct Objects {
  std::span<const std::byte> cryptogram;
  std::span<const std::byte> expected;
  std::span<const std::byte> status;
  std::span<const std::byte> seal;
  std::span<const std::byte> sealed;  // all before the seal, as bytes
};

// Each object once at most and the seal last; nothing where it is not so.
std::optional<Objects> objects_of(std::span<const std::byte> data) {
  bytes::Reader from{data};
  Objects objects;
  while (from.left() > 0) {
    const std::size_t begin = data.size() - from.left();
    const std::uint8_t tag = from.byte();
    std::size_t size = from.byte();
    if (size == 0x81) {
      size = from.byte();
    } else if (size > 0x7F) {
      return std::nullopt;
    }
    const auto value = from.take(size);
    if (!from.ok() || value.empty()) return std::nullopt;
    std::span<const std::byte>* const object = tag == tag_cryptogram ? &objects.cryptogram
                                               : tag == tag_expected ? &objects.expected
                                               : tag == tag_status   ? &objects.status
                                               : tag == tag_seal     ? &objects.seal
                                                                     : nullptr;
    if (object == nullptr || !object->empty()) return std::nullopt;
    *object = value;
    if (tag == tag_seal) {
      objects.sealed = data.first(begin);
      if (from.left() != 0) return std::nullopt;
    }
  }
  return objects;
}

void write_object(bytes::Writer& to, std::uint8_t tag, std::span<const std::byte> value) {
  to.byte(tag);
  if (value.size() > 0x7F) to.byte(0x81);
  to.byte(static_cast<std::uint8_t>(value.size()));
  to.copy(value);
}

// Pads what was written to whole blocks: 80, then zeros.
void pad(bytes::Writer& to) {
  to.byte(padding_begin);
  while (to.size_bytes() % block_bytes != 0) to.byte(0);
}

}  // namespace

SecureChannel::SecureChannel(const SessionKeys& keys)
    : encryption_(keys.encryption), authentication_(keys.authentication) {}

SecureChannel::~SecureChannel() {
  crypto::wipe(authentication_);
}

void SecureChannel::count() {
  for (std::size_t i = counter_.size(); i-- > 0;) {
    const auto next = static_cast<std::uint8_t>(std::to_integer<unsigned>(counter_[i]) + 1U);
    counter_[i] = std::byte{next};
    if (next != 0) return;
  }
}

std::array<std::byte, 8> SecureChannel::tag_of(std::span<const std::byte> message) const {
  const crypto::CmacTag whole = crypto::cmac(authentication_, message);
  std::array<std::byte, tag_bytes> tag{};
  std::copy_n(whole.begin(), tag_bytes, tag.begin());
  return tag;
}

std::size_t SecureChannel::encrypt(std::span<const std::byte> data, std::span<std::byte> to) const {
  bytes::Writer writer{to};
  writer.copy(data);
  pad(writer);
  ensure(writer.ok());
  Block chain = encryption_.encrypt(counter_);
  for (std::size_t at = 0; at < writer.size_bytes(); at += block_bytes) {
    for (std::size_t i = 0; i < block_bytes; ++i) chain[i] ^= to[at + i];
    chain = encryption_.encrypt(chain);
    std::ranges::copy(chain, to.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return writer.size_bytes();
}

std::optional<std::size_t> SecureChannel::decrypt(std::span<const std::byte> cryptogram, DataRoom& to) const {
  if (cryptogram.empty() || cryptogram.size() % block_bytes != 0 || cryptogram.size() > to.size())
    return std::nullopt;
  Block chain = encryption_.encrypt(counter_);
  for (std::size_t at = 0; at < cryptogram.size(); at += block_bytes) {
    Block block{};
    std::copy_n(cryptogram.begin() + static_cast<std::ptrdiff_t>(at), block_bytes, block.begin());
    const Block plain = encryption_.decrypt(block);
    for (std::size_t i = 0; i < block_bytes; ++i) to[at + i] = plain[i] ^ chain[i];
    chain = block;
  }
  std::size_t size = cryptogram.size();
  while (size > 0 && to[size - 1] == std::byte{0}) --size;
  if (size == 0 || to[size - 1] != std::byte{padding_begin}) return std::nullopt;
  return size - 1;
}

bool SecureChannel::verifies(const Command* command, std::span<const std::byte> objects,
                             std::span<const std::byte> tag) const {
  std::array<std::byte, 2 * block_bytes + answer_max_bytes + block_bytes> room{};
  bytes::Writer message{room};
  message.copy(counter_);
  if (command != nullptr) {
    for (const std::uint8_t b : {secure_class, command->ins, command->p1, command->p2}) message.byte(b);
    pad(message);
  }
  if (!objects.empty()) {
    message.copy(objects);
    pad(message);
  }
  ensure(message.ok());
  return tag.size() == tag_bytes && crypto::equal_in_constant_time(tag, tag_of(message.written()));
}

std::span<const std::byte> SecureChannel::seal(const Command& command,
                                               std::span<std::byte, command_max_bytes> room) {
  ensure(command.data.size() <= secure_data_max_bytes);
  count();
  std::array<std::byte, answer_max_bytes> objects{};
  bytes::Writer to{objects};
  if (!command.data.empty()) {
    std::array<std::byte, answer_max_bytes> cryptogram{};
    cryptogram[0] = std::byte{1};  // padded
    const std::size_t size = encrypt(command.data, std::span{cryptogram}.subspan(1));
    write_object(to, tag_cryptogram, std::span{cryptogram}.first(size + 1));
  }
  if (command.expected != 0) {
    const std::byte expected{static_cast<std::uint8_t>(command.expected)};
    write_object(to, tag_expected, {&expected, 1});
  }
  const std::size_t sealed = to.size_bytes();
  std::array<std::byte, 2 * block_bytes + answer_max_bytes + block_bytes> message_room{};
  bytes::Writer message{message_room};
  message.copy(counter_);
  for (const std::uint8_t b : {secure_class, command.ins, command.p1, command.p2}) message.byte(b);
  pad(message);
  if (sealed > 0) {
    message.copy(to.written());
    pad(message);
  }
  write_object(to, tag_seal, tag_of(message.written()));
  ensure(to.ok() && message.ok());
  return encode({secure_class, command.ins, command.p1, command.p2, to.written(), answer_max_bytes}, room);
}

std::optional<Response> SecureChannel::open(const Response& response, DataRoom& room) {
  count();
  const auto objects = objects_of(response.data);
  if (!objects || objects->seal.empty() || objects->status.size() != 2) return std::nullopt;
  if (!verifies(nullptr, objects->sealed, objects->seal)) return std::nullopt;
  bytes::Reader status{objects->status};
  Response opened{{}, status.big<std::uint16_t>()};
  if (objects->cryptogram.empty()) return opened;
  if (objects->cryptogram[0] != std::byte{1}) return std::nullopt;
  const auto size = decrypt(objects->cryptogram.subspan(1), room);
  if (!size) return std::nullopt;
  opened.data = std::span{room}.first(*size);
  return opened;
}

std::expected<Command, Status> SecureChannel::open(const Command& sealed, DataRoom& room) {
  count();
  const auto objects = objects_of(sealed.data);
  if (!objects || objects->seal.empty()) return std::unexpected(Status::no_secure_object);
  if (objects->expected.size() > 1 || !objects->status.empty() ||
      !verifies(&sealed, objects->sealed, objects->seal)) {
    return std::unexpected(Status::wrong_secure_object);
  }
  Command command{0, sealed.ins, sealed.p1, sealed.p2, {}, 0};
  if (!objects->expected.empty()) {
    const auto expected = std::to_integer<std::uint16_t>(objects->expected[0]);
    command.expected = expected == 0 ? std::uint16_t{answer_max_bytes} : expected;
  }
  if (objects->cryptogram.empty()) return command;
  if (objects->cryptogram[0] != std::byte{1}) return std::unexpected(Status::wrong_secure_object);
  const auto size = decrypt(objects->cryptogram.subspan(1), room);
  if (!size) return std::unexpected(Status::wrong_secure_object);
  command.data = std::span{room}.first(*size);
  return command;
}

std::span<const std::byte> SecureChannel::seal_answer(std::span<const std::byte> data,
                                                      std::span<std::byte, response_max_bytes> room) {
  ensure(data.size() <= secure_data_max_bytes);
  count();
  bytes::Writer to{room};
  if (!data.empty()) {
    std::array<std::byte, answer_max_bytes> cryptogram{};
    cryptogram[0] = std::byte{1};
    const std::size_t size = encrypt(data, std::span{cryptogram}.subspan(1));
    write_object(to, tag_cryptogram, std::span{cryptogram}.first(size + 1));
  }
  constexpr std::array done{std::byte{0x90}, std::byte{0x00}};
  write_object(to, tag_status, done);
  std::array<std::byte, block_bytes + answer_max_bytes + block_bytes> message_room{};
  bytes::Writer message{message_room};
  message.copy(counter_);
  message.copy(to.written());
  pad(message);
  write_object(to, tag_seal, tag_of(message.written()));
  to.copy(done);
  ensure(to.ok() && message.ok());
  return to.written();
}

}  // namespace lk::card
