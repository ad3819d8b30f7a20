// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/card/picture.hpp"

#include <cinttypes>
#include <cstdio>

#include "card/load.hpp"

namespace lk::tools::cards {
namespace {

template <class... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return std::string(text.data()) + "\n";
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte b : bytes) {
    std::array<char, 3> pair{};
    std::snprintf(pair.data(), pair.size(), "%02X", std::to_integer<unsigned>(b));
    text += pair.data();
  }
  return text;
}

std::string money(quantity::Money amount) {
  const std::int64_t count = amount.count();
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s%" PRIu64 ".%05" PRIu64, count < 0 ? "-" : "", size / 100'000,
                size % 100'000);
  return text.data();
}

}  // namespace

std::string serial_text(std::uint64_t serial) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIX64, serial);
  return text.data();
}

std::string meter_text(std::uint64_t meter) {
  if (meter == 0) return "none";
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%011" PRIu64, meter);
  return text.data();
}

std::string picture_of(const card::Statement& statement) {
  std::string text = line("statement  of meter %s, clock %" PRId64 " ms", meter_text(statement.meter).c_str(),
                          statement.clock.unix_ms());
  text += line("  load       %u, %u done, results %s", statement.load, unsigned{statement.done_count},
               hex(std::as_bytes(std::span{statement.results})).c_str());
  text += line("  balance    %s", money(statement.balance).c_str());
  text += line("  credited   %s", money(statement.credited).c_str());
  text += line("  deducted   %s", money(statement.deducted).c_str());
  text += line("  energy     %" PRId64 " mJ", statement.import_energy.count());
  if (statement.refund_sequence != 0) {
    text += line("  refund     %s, order %u", money(statement.refund).c_str(), statement.refund_sequence);
  }
  return text;
}

std::string picture_of(card::OperatingSystem& card) {
  const card::About& about = card.about();
  std::string text = line("card       %s", serial_text(about.serial).c_str());
  text += line("answer     %s", hex(card.answer_to_reset()).c_str());
  text += line("kind       %s", std::string(card::name_of(about.kind)).c_str());
  text += line("meter      %s", meter_text(about.meter).c_str());
  std::array<std::byte, card::load_max_bytes> room{};
  const auto stored = card.file(card::File::load, room);
  if (const auto size = card::load_size(stored); size && *size <= stored.size()) {
    const auto load = card::decode_load(stored.first(*size));
    text += load ? line("load       %u, %s, %u items", load->number,
                        std::string(card::name_of(load->purpose)).c_str(), unsigned{load->item_count})
                 : line("load       damaged");
  } else {
    text += line("load       none");
  }
  const auto statement = card::decode_statement(card.file(card::File::statement, room));
  return text + (statement ? picture_of(*statement) : line("statement  none"));
}

}  // namespace lk::tools::cards
