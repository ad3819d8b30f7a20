// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sell/desk.hpp"

#include <algorithm>
#include <cstdio>

#include "card/load.hpp"
#include "card/statement.hpp"
#include "port/posix/system.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools::sell {
namespace {

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4U];
    text += digits[std::to_integer<unsigned>(b) & 15U];
  }
  return text;
}

std::vector<std::byte> bytes_of(const Json& text) {
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10); };
  std::vector<std::byte> bytes;
  const std::string from = text.is_string() ? text.get<std::string>() : std::string{};
  for (std::size_t i = 0; i + 1 < from.size(); i += 2) {
    bytes.push_back(
        std::byte{static_cast<std::uint8_t>((digit(from[i]) << 4U | digit(from[i + 1])) & 0xFFU)});
  }
  return bytes;
}

card::Key key_of(const Json& text) {
  card::Key key{};
  const auto bytes = bytes_of(text);
  if (bytes.size() != key.size()) throw DeviceError("the server gave no key for this card");
  std::ranges::copy(bytes, key.begin());
  return key;
}

card::Challenge challenge() {
  card::Challenge random{};
  posix::fill_random(random);
  return random;
}

void must(const std::expected<void, card::Trouble>& done) {
  if (!done) throw DeviceError(text_of(done.error()));
}

std::uint64_t number_of(const std::string& meter) {
  std::uint64_t number = 0;
  for (const char c : meter) number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

}  // namespace

std::string text_of(card::Trouble trouble) {
  switch (trouble) {
    case card::Trouble::gone:
      return "the card was pulled; put it in again and repeat the command, nothing is done twice";
    case card::Trouble::foreign:
      return "this is not a Latchkey card";
    case card::Trouble::forged:
      return "this card is not what it says: it does not have its key";
    case card::Trouble::refused:
      return "the card did not accept that; is it the card of another site?";
    case card::Trouble::disturbed:
      return "the card's answer was damaged; put it in again and repeat the command";
  }
  return {};
}

Desk::Desk(std::unique_ptr<cards::OpenReader> reader, Call call)
    : reader_(std::move(reader)), call_(std::move(call)), terminal_(*reader_) {
  const auto about = terminal_.open();
  if (!about) throw DeviceError(text_of(about.error()));
  about_ = *about;
}

std::string Desk::serial() const {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llX", static_cast<unsigned long long>(about_.serial));
  return text.data();
}

Json Desk::registered() {
  return call_("GET", "/api/v1/cards/" + serial(), nullptr);
}

void Desk::personalise(const std::string& kind, const std::string& meter, bool replaces) {
  Json wanted{{"serial", serial()}, {"kind", kind}};
  if (kind != "query") wanted["meter"] = meter;
  if (replaces) wanted["replaces"] = true;
  const bool is_blank = about_.kind == card::Kind::blank;
  if (!is_blank && (about_.meter != number_of(meter) || card::name_of(about_.kind) != kind)) {
    throw DeviceError("this card belongs to another meter; take a blank one");
  }
  const Json card = call_("POST", "/api/v1/cards", wanted);
  if (!is_blank) return;
  const card::Kind of_kind = kind == "user"      ? card::Kind::user
                             : kind == "service" ? card::Kind::service
                                                 : card::Kind::query;
  const card::About about{of_kind, number_of(meter), about_.serial};
  must(terminal_.authenticate(card::Role::transport, card::transport_key(), challenge()));
  must(terminal_.personalise(about, key_of(card["meter_key"]), key_of(card["desk_key"])));
  about_ = about;
}

void Desk::open_session() {
  const auto about = terminal_.open();
  if (!about) throw DeviceError(text_of(about.error()));
  const Json card = registered();
  must(terminal_.authenticate(card::Role::desk, key_of(card["desk_key"]), challenge()));
}

// A query card: each statement is booked before any is erased.
Json Desk::book_collected() {
  Json last;
  for (std::uint8_t number = 1; number <= card::collected_max; ++number) {
    const auto found = terminal_.collected(number);
    if (!found) throw DeviceError(text_of(found.error()));
    const auto& statement = *found;
    if (!statement) break;
    last = call_("POST", "/api/v1/cards/" + serial() + "/statements", Json{{"statement", hex(*statement)}});
  }
  if (last.is_null()) return last;
  open_session();
  must(terminal_.erase_collected());
  return last;
}

Json Desk::synchronise(bool payout) {
  if (about_.kind == card::Kind::blank) throw DeviceError("this card is blank; open it for a meter first");
  if (about_.kind == card::Kind::query) return book_collected();
  open_session();
  card::StatementBytes statement{};
  must(terminal_.read(card::File::statement, 0, statement));
  Json booked;
  if (card::decode_statement(statement)) {
    Json told{{"statement", hex(statement)}};
    if (payout) told["payout"] = true;
    booked = call_("POST", "/api/v1/cards/" + serial() + "/statements", told);
  }
  // A load that the server made, and that the card never got.
  const Json card = registered();
  if (!card["load"].is_object()) return booked;
  const auto content = bytes_of(card["load"]["content"]);
  std::vector<std::byte> on_card(content.size());
  must(terminal_.read(card::File::load, 0, on_card));
  if (on_card != content) write(card["load"]);
  return booked;
}

void Desk::write(const Json& load) {
  must(terminal_.write(card::File::load, 0, bytes_of(load["content"])));
}

void Desk::load(const Json& wanted) {
  const Json made = call_("POST", "/api/v1/cards/" + serial() + "/loads", wanted);
  open_session();
  write(made);
}

}  // namespace lk::tools::sell
