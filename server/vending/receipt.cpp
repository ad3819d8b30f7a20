// SPDX-License-Identifier: Apache-2.0
#include "server/vending/receipt.hpp"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "server/ledger/decimal.hpp"

namespace lk::vending {
namespace {

using Kind = ReceiptLine::Kind;
using quantity::Money;

constexpr std::size_t width = 32;

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::size_t columns_of(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += begins_character(c) ? 1U : 0U;
  return count;
}

// Cuts before the first character that does not fit.
std::string fitted(const std::string& text, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && count++ == most) return text.substr(0, i);
  }
  return text;
}

std::string centred(const std::string& text) {
  const std::string shown = fitted(text, width);
  return std::string((width - columns_of(shown)) / 2, ' ') + shown;
}

// Both on one line where there is room, else the right one below.
std::string spread(const std::string& left, const std::string& right) {
  const std::string first = fitted(left, width);
  const std::string second = fitted(right, width);
  const std::size_t used = columns_of(first) + columns_of(second);
  if (used < width) return first + std::string(width - used, ' ') + second;
  return first + "\n" + std::string(width - columns_of(second), ' ') + second;
}

}  // namespace

std::string local_time(std::int64_t unix_ms, std::int64_t utc_offset_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(unix_ms + utc_offset_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto minutes = duration_cast<std::chrono::minutes>(time - day).count();
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return text.data();
}

void add_tokens(std::vector<ReceiptLine>& lines, const std::vector<std::string>& key_change,
                const std::string& token, const std::string& what) {
  int step = 0;
  for (const std::string& section : key_change) {
    const bool is_first = step++ == 0 && !token.empty();
    lines.push_back({Kind::pair, std::to_string(step) + ". Key change" + (is_first ? ": enter first" : "")});
    lines.push_back({Kind::token, grouped(section)});
  }
  if (token.empty()) return;
  lines.push_back({Kind::pair, step > 0 ? std::to_string(step + 1) + ". " + what : what});
  lines.push_back({Kind::token, grouped(token)});
}

std::string grouped(const std::string& digits) {
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 4 == 0) text += ' ';
    text += digits[i];
  }
  return text;
}

std::vector<ReceiptLine> receipt_lines(const ReceiptHead& head, const Purchase& purchase) {
  const Breakdown& parts = purchase.parts;
  std::vector<ReceiptLine> lines{{Kind::title, head.site},
                                 {Kind::title, "ELECTRICITY"},
                                 {Kind::rule, ""},
                                 {Kind::pair, "Tax invoice", std::to_string(purchase.receipt)},
                                 {Kind::pair, "Date", local_time(purchase.ts, head.utc_offset_ms)},
                                 {Kind::pair, "Meter", purchase.asked.meter},
                                 {Kind::pair, "Sold by", purchase.asked.user},
                                 {Kind::rule, ""}};
  const auto sum = [&](const char* name, Money amount, bool always) {
    if (always || amount != Money{}) lines.push_back({Kind::pair, name, ledger::print(amount)});
  };
  sum("Energy", parts.energy, true);
  sum("Standing charge", parts.standing_charge, false);
  sum("Tax", parts.tax, true);
  sum("Debt", parts.debt, false);
  lines.push_back({Kind::pair, "TOTAL " + head.currency, ledger::print(purchase.asked.amount)});
  lines.push_back({Kind::rule, ""});
  sum("Free energy", parts.free, false);
  sum("Credit to the meter", purchase.credited, true);
  add_tokens(lines, purchase.key_change, purchase.token,
             purchase.key_change.empty() ? "Token" : "Credit token");
  if (purchase.state == "reversed") {
    lines.push_back({Kind::rule, ""});
    lines.push_back({Kind::title, "REVERSED: NOT VALID"});
  }
  return lines;
}

std::string text_of(const std::vector<ReceiptLine>& lines) {
  std::string text;
  for (const ReceiptLine& line : lines) {
    switch (line.kind) {
      case Kind::title:
      case Kind::token:
        text += centred(line.left);
        break;
      case Kind::pair:
        text += spread(line.left, line.right);
        break;
      case Kind::rule:
        text += std::string(width, '-');
        break;
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
  }
  return text;
}

std::string receipt_text(const ReceiptHead& head, const Purchase& purchase) {
  return text_of(receipt_lines(head, purchase));
}

nlohmann::ordered_json receipt_json(const ReceiptHead& head, const Purchase& purchase) {
  nlohmann::ordered_json json{{"site", head.site}, {"currency", head.currency}};
  json["purchase"] = view(purchase);
  nlohmann::ordered_json tokens = nlohmann::ordered_json::array();
  for (const std::string& token : purchase.key_change) tokens.push_back(grouped(token));
  tokens.push_back(grouped(purchase.token));
  json["tokens"] = tokens;
  json["text"] = receipt_text(head, purchase);
  return json;
}

}  // namespace lk::vending
