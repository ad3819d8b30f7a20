// SPDX-License-Identifier: Apache-2.0
#include "card/operating_system.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "card/atr.hpp"
#include "card/load.hpp"
#include "crypto/cmac.hpp"
#include "crypto/secret.hpp"

namespace lk::card {
namespace {

// Keys of the card's journal.
constexpr journal::Key keys_key = 0;   // meter key, desk key
constexpr journal::Key count_key = 5;  // of the records collected
constexpr journal::Key collected_key = 6;

constexpr journal::Key key_of_file(File file) {
  return static_cast<journal::Key>(file);
}

constexpr std::size_t keys_bytes = 32;
constexpr std::uint32_t largest_batch_bytes = 6U * std::size_t{journal::record_overhead_bytes} + about_bytes +
                                              keys_bytes + load_max_bytes + statement_bytes + 1;

constexpr std::size_t size_of(File file) {
  switch (file) {
    case File::about:
      return about_bytes;
    case File::load:
      return load_max_bytes;
    case File::statement:
      return statement_bytes;
    case File::collected:
      break;
  }
  return 0;
}

constexpr std::array<std::byte, 2> master_file{std::byte{0x3F}, std::byte{0x00}};

}  // namespace

OperatingSystem::OperatingSystem(journal::Storage& memory) : journal_(memory, slots_, largest_batch_bytes) {}

bool OperatingSystem::make(std::uint64_t serial) {
  if (journal_.mount().found != journal::Found::nothing) return false;
  const auto about = encode(About{.serial = serial});
  constexpr std::array<std::byte, keys_bytes> no_keys{};
  constexpr std::array<std::byte, 1> none{};
  const std::array<journal::Record, 3> batch{
      {{key_of_file(File::about), about}, {keys_key, no_keys}, {count_key, none}}};
  return journal_.put(batch).has_value();
}

bool OperatingSystem::reset(const Challenge& entropy) {
  end_session();
  is_selected_ = false;
  current_ = File::about;
  random_ = entropy;
  (void)journal_.mount();
  std::array<std::byte, about_bytes> room{};
  const auto stored = journal_.get(key_of_file(File::about), room);
  const auto about = stored ? decode_about(*stored) : std::nullopt;
  if (!about) return false;
  about_ = *about;
  return true;
}

std::array<std::byte, 13> OperatingSystem::answer_to_reset() const {
  return own_atr(about_.serial);
}

void OperatingSystem::end_session() {
  channel_.reset();
  challenge_.reset();
  role_ = Role::none;
}

std::span<const std::byte> OperatingSystem::serve(std::span<const std::byte> bytes,
                                                  std::span<std::byte, response_max_bytes> room) {
  const auto plain = [&room](const Answer& answer, std::span<const std::byte> data) {
    bytes::Writer to{room};
    to.copy(data.first(answer.size_bytes));
    to.big(static_cast<std::uint16_t>(answer.status));
    return to.written();
  };
  const auto command = decode_command(bytes);
  if (!command) return plain({Status::wrong_length}, answer_);
  if (command->cla != 0 && command->cla != secure_class) return plain({Status::unknown_class}, answer_);
  if (command->cla == 0) {
    const Answer answer = act(*command, false);
    if (answer.status != Status::done) end_session();
    return plain(answer, answer_);
  }
  if (!channel_) return plain({Status::not_allowed}, answer_);
  SecureChannel::DataRoom data{};
  const auto opened = channel_->open(*command, data);
  const Answer answer = opened ? act(*opened, true) : Answer{opened.error()};
  crypto::wipe(data);
  if (answer.status != Status::done) {
    end_session();
    return plain({answer.status}, answer_);
  }
  return channel_->seal_answer(std::span{answer_}.first(answer.size_bytes), room);
}

OperatingSystem::Answer OperatingSystem::act(const Command& command, bool is_sealed) {
  const auto instruction = static_cast<Instruction>(command.ins);
  const bool is_open = instruction == Instruction::select || instruction == Instruction::get_challenge ||
                       instruction == Instruction::authenticate;
  if (instruction == Instruction::select && !is_sealed) return select(command);
  if (!is_selected_) {
    return {instruction == Instruction::get_challenge || instruction == Instruction::read_binary
                ? Status::conditions
                : Status::unknown_instruction};
  }
  if (is_open && is_sealed) return {Status::conditions};
  // A plain command in a session would be one that somebody slipped in between.
  if (!is_sealed && !is_open && channel_) return {Status::no_secure_object};
  switch (instruction) {
    case Instruction::get_challenge:
      return give_challenge(command);
    case Instruction::authenticate:
      return authenticate(command);
    case Instruction::read_binary:
      return read(command);
    case Instruction::update_binary:
      return update(command);
    case Instruction::read_record:
      return read_record(command);
    case Instruction::append_record:
      return append_record(command);
    case Instruction::erase_binary:
      return erase(command);
    case Instruction::put_data:
      return personalise(command);
    case Instruction::select:
    case Instruction::get_response:
      break;
  }
  return {Status::unknown_instruction};
}

OperatingSystem::Answer OperatingSystem::select(const Command& command) {
  end_session();
  const bool is_application = command.p1 == 4 && std::ranges::equal(command.data, application_name);
  const bool is_master =
      command.p1 == 0 && (command.data.empty() || std::ranges::equal(command.data, master_file));
  if (!is_application && !is_master) return {Status::no_file};
  is_selected_ = is_application;
  current_ = File::about;
  return {};
}

OperatingSystem::Answer OperatingSystem::give_challenge(const Command& command) {
  if (command.p1 != 0 || command.p2 != 0) return {Status::wrong_parameters};
  end_session();
  // A chain of CMACs from the chip's entropy: each value is new, and none tells the next.
  random_ = crypto::cmac(random_, {});
  challenge_ = crypto::cmac(random_, application_name);
  std::ranges::copy(*challenge_, answer_.begin());
  return {Status::done, challenge_->size()};
}

std::optional<Key> OperatingSystem::key_of(Role role) {
  if (role == Role::transport) {
    return about_.kind == Kind::blank ? std::optional{transport_key()} : std::nullopt;
  }
  if (about_.kind == Kind::blank || (role != Role::meter && role != Role::desk)) return std::nullopt;
  std::array<std::byte, keys_bytes> room{};
  const auto stored = journal_.get(keys_key, room);
  if (!stored || stored->size() != keys_bytes) return std::nullopt;
  Key key{};
  std::ranges::copy(std::span{room}.subspan(role == Role::meter ? 0 : 16, 16), key.begin());
  crypto::wipe(room);
  return key;
}

OperatingSystem::Answer OperatingSystem::authenticate(const Command& command) {
  constexpr std::size_t request_bytes = 32;
  if (command.data.size() != request_bytes) return {Status::wrong_length};
  const auto challenge = challenge_;
  end_session();
  if (!challenge) return {Status::conditions};
  const auto role = static_cast<Role>(command.p2);
  auto key = command.p1 == 0 ? key_of(role) : std::nullopt;
  if (!key) return {Status::wrong_parameters};
  Handshake handshake{.role = role, .serial = about_.serial, .of_card = *challenge};
  std::ranges::copy(command.data.first(16), handshake.of_terminal.begin());
  const Cryptogram wanted = terminal_cryptogram(*key, handshake);
  if (!crypto::equal_in_constant_time(wanted, command.data.last(16))) {
    crypto::wipe(*key);
    return {Status::not_authentic};
  }
  const Cryptogram own = card_cryptogram(*key, handshake);
  channel_.emplace(session_keys(*key, handshake));
  crypto::wipe(*key);
  role_ = role;
  std::ranges::copy(own, answer_.begin());
  return {Status::done, own.size()};
}

bool OperatingSystem::is_readable(File file) const {
  if (file == File::about) return true;
  if (file == File::collected) return false;  // by records
  return role_ == Role::meter || role_ == Role::desk;
}

bool OperatingSystem::is_writable(File file) const {
  return (file == File::load && role_ == Role::desk) || (file == File::statement && role_ == Role::meter);
}

// The file that a command names by its short identifier, or the current one, and the offset in it.
std::optional<File> OperatingSystem::file_of(const Command& command, std::size_t& offset) {
  if ((command.p1 & 0x80U) == 0) {
    offset = std::size_t{command.p1} << 8U | command.p2;
    return current_;
  }
  const std::uint8_t file = command.p1 & 0x1FU;
  offset = command.p2;
  if (file < 1 || file > static_cast<std::uint8_t>(File::collected)) return std::nullopt;
  current_ = static_cast<File>(file);
  return current_;
}

std::span<const std::byte> OperatingSystem::file(File file, std::span<std::byte, load_max_bytes> room) {
  const auto stored = journal_.get(key_of_file(file), room);
  return stored ? std::span<const std::byte>{*stored} : std::span<const std::byte>{};
}

OperatingSystem::Answer OperatingSystem::read(const Command& command) {
  std::size_t offset = 0;
  const auto file = file_of(command, offset);
  if (!file) return {Status::no_file};
  if (!is_readable(*file)) return {Status::not_allowed};
  const std::size_t size = size_of(*file);
  if (offset >= size) return {Status::wrong_offset};
  std::array<std::byte, load_max_bytes> room{};
  (void)this->file(*file, room);  // what was never written reads as zeros
  const std::size_t most = channel_ ? secure_data_max_bytes : answer_max_bytes;
  const std::size_t count = std::min({size - offset, std::size_t{command.expected}, most});
  if (count == 0) return {Status::wrong_length};
  std::ranges::copy(std::span{room}.subspan(offset, count), answer_.begin());
  return {Status::done, count};
}

bool OperatingSystem::store_file(File file, std::span<const std::byte> bytes) {
  return journal_.put(key_of_file(file), bytes).has_value();
}

OperatingSystem::Answer OperatingSystem::update(const Command& command) {
  std::size_t offset = 0;
  const auto file = file_of(command, offset);
  if (!file) return {Status::no_file};
  if (!is_writable(*file)) return {Status::not_allowed};
  const std::size_t size = size_of(*file);
  if (command.data.empty()) return {Status::wrong_length};
  if (offset > size || command.data.size() > size - offset) return {Status::wrong_offset};
  std::array<std::byte, load_max_bytes> room{};
  (void)this->file(*file, room);
  std::ranges::copy(command.data, room.begin() + static_cast<std::ptrdiff_t>(offset));
  return {store_file(*file, std::span{room}.first(size)) ? Status::done : Status::memory_failure};
}

std::uint8_t OperatingSystem::collected_count() {
  std::array<std::byte, 1> room{};
  const auto stored = journal_.get(count_key, room);
  return stored && stored->size() == 1 ? std::to_integer<std::uint8_t>(room[0]) : std::uint8_t{0};
}

OperatingSystem::Answer OperatingSystem::read_record(const Command& command) {
  if (command.p2 != (static_cast<unsigned>(File::collected) << 3U | 4U)) return {Status::wrong_parameters};
  if (about_.kind != Kind::query) return {Status::conditions};
  if (command.p1 < 1 || command.p1 > collected_count()) return {Status::no_record};
  StatementBytes room{};
  const auto key = static_cast<journal::Key>(collected_key + command.p1 - 1);
  const auto stored = journal_.get(key, room);
  if (!stored) return {Status::memory_failure};
  std::ranges::copy(*stored, answer_.begin());
  return {Status::done, stored->size()};
}

// Open to all: a statement is sealed by its meter, and reading a meter needs no key.
OperatingSystem::Answer OperatingSystem::append_record(const Command& command) {
  if (command.p1 != 0 || command.p2 != static_cast<unsigned>(File::collected) << 3U) {
    return {Status::wrong_parameters};
  }
  if (about_.kind != Kind::query) return {Status::conditions};
  if (command.data.size() != statement_bytes) return {Status::wrong_length};
  const std::uint8_t count = collected_count();
  if (count >= collected_max) return {Status::no_room};
  const std::byte next{static_cast<std::uint8_t>(count + 1U)};
  const std::array<journal::Record, 2> batch{
      {{static_cast<journal::Key>(collected_key + count), command.data}, {count_key, {&next, 1}}}};
  return {journal_.put(batch) ? Status::done : Status::memory_failure};
}

OperatingSystem::Answer OperatingSystem::erase(const Command& command) {
  if (command.p1 != (0x80U | static_cast<unsigned>(File::collected)) || command.p2 != 0) {
    return {Status::wrong_parameters};
  }
  if (role_ != Role::desk) return {Status::not_allowed};
  constexpr std::array<std::byte, 1> none{};
  return {journal_.put(count_key, none) ? Status::done : Status::memory_failure};
}

// Who the card is for, and its keys: all in one step, and everything else is emptied with it.
OperatingSystem::Answer OperatingSystem::personalise(const Command& command) {
  if (command.p1 != 1 || command.p2 != 0) return {Status::wrong_parameters};
  if (role_ != Role::desk && role_ != Role::transport) return {Status::not_allowed};
  if (command.data.size() != about_bytes + keys_bytes) return {Status::wrong_length};
  const auto about = decode_about(command.data.first(about_bytes));
  if (!about || about->kind == Kind::blank || about->serial != about_.serial) return {Status::wrong_data};
  constexpr std::array<std::byte, load_max_bytes> no_load{};
  constexpr std::array<std::byte, statement_bytes> no_statement{};
  constexpr std::array<std::byte, 1> none{};
  const std::array<journal::Record, 5> batch{{{key_of_file(File::about), command.data.first(about_bytes)},
                                              {keys_key, command.data.last(keys_bytes)},
                                              {key_of_file(File::load), no_load},
                                              {key_of_file(File::statement), no_statement},
                                              {count_key, none}}};
  if (!journal_.put(batch)) return {Status::memory_failure};
  about_ = *about;
  return {};
}

}  // namespace lk::card
