// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/read/dlt645_reading.hpp"

#include <algorithm>
#include <charconv>

#include "dictionary/dictionary.hpp"
#include "dlt645/words.hpp"

namespace lk::tools {
namespace {

using dlt645::Item;
using dlt645::Kind;

// Whether the row's bytes are one row of the dictionary as it is.
bool shows_its_row(const Item& item) {
  switch (item.kind) {
    case Kind::number:
    case Kind::phase:
    case Kind::total_phase:
    case Kind::energy:
    case Kind::digits:
    case Kind::text:
    case Kind::daily_minute:
      return true;
    case Kind::bits:
      return item.id == dictionary::Id::line_baud;
    case Kind::credit:
      return item.divisor == static_cast<std::int32_t>(dlt645::CreditUnit::money);
    default:
      return false;
  }
}

// High byte first.
std::string digits_of(std::span<const std::byte> data) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string text;
  for (std::size_t i = data.size(); i-- > 0;) {
    text += hex[std::to_integer<std::size_t>(data[i]) >> 4U];
    text += hex[std::to_integer<std::size_t>(data[i]) & 15U];
  }
  return text;
}

// "XXX.X V": digits with a point, then the unit.
Dlt645Value number_of(const Item& item, std::span<const std::byte> data) {
  const std::string_view format = item.format;
  const std::size_t blank = std::min(format.find(' '), format.size());
  const std::size_t point = format.substr(0, blank).find('.');
  std::string digits = digits_of(data);
  bool is_negative = false;
  if (item.is_signed && digits.front() >= '8') {
    is_negative = true;
    digits.front() = static_cast<char>(digits.front() - 8);
  }
  const std::size_t decimals = point == std::string_view::npos ? 0 : blank - point - 1;
  std::string whole = digits.substr(0, digits.size() - decimals);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  std::string text = (is_negative ? "-" : "") + whole;
  if (decimals > 0) text += "." + digits.substr(digits.size() - decimals);
  return {text, blank < format.size() ? std::string{format.substr(blank + 1)} : ""};
}

// Digits in pairs, joined as people write dates and times.
Dlt645Value time_of(std::string_view format, std::span<const std::byte> data) {
  const std::string digits = digits_of(data);
  std::string text;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const std::string_view field = format.substr(i, 2);
    if (field == "WW") {
      text += " (weekday " + digits.substr(i + 1, 1) + ")";
      continue;
    }
    if (i > 0) text += field == "mm" || field == "ss" ? ":" : field == "hh" ? " " : "-";
    text += digits.substr(i, 2);
  }
  return {text, ""};
}

std::string characters_of(std::span<const std::byte> data) {
  std::string text;
  for (std::size_t i = data.size(); i-- > 0;) {
    const char c = std::to_integer<char>(data[i]);
    if (c >= ' ' && c <= '~') text += c;
  }
  return text;
}

Dlt645Value value_of(const Item& item, std::span<const std::byte> data) {
  const std::string_view format = item.format;
  if (format == "ASCII") return {characters_of(data), ""};
  const bool is_plain = format.find(',') == std::string_view::npos && !data.empty();
  if (is_plain && (format.starts_with("X") || format.starts_with("N"))) return number_of(item, data);
  const bool is_time = format.starts_with("YY") || format.starts_with("hh") || format.starts_with("DD");
  if (is_plain && is_time && format.size() == 2 * data.size()) return time_of(format, data);
  return {digits_of(data), ""};
}

}  // namespace

std::optional<std::uint32_t> identifier_of(std::string_view text) {
  std::uint32_t identifier = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), identifier, 16);
  if (text.size() == 8 && parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size())
    return identifier;
  const dictionary::Row* row = dictionary::find(text);
  if (row == nullptr) return std::nullopt;
  const auto items = dlt645::items();
  const auto found = std::ranges::find_if(
      items, [row](const Item& item) { return shows_its_row(item) && item.id == row->id; });
  if (found == items.end()) return std::nullopt;
  return found->di;
}

std::vector<Dlt645Value> values_of(std::uint32_t identifier, std::span<const std::byte> data) {
  const Item* item = dlt645::find(identifier);
  if (item == nullptr || item->size_bytes == 0 || data.size() % item->size_bytes != 0 || data.empty())
    return {{digits_of(data), ""}};
  std::vector<Dlt645Value> values;
  for (std::size_t begin = 0; begin < data.size(); begin += item->size_bytes)
    values.push_back(value_of(*item, data.subspan(begin, item->size_bytes)));
  return values;
}

std::string error_words(std::uint8_t error) {
  std::string words;
  const auto say = [&](std::uint8_t bit, std::string_view what) {
    if ((error & bit) != 0) words += (words.empty() ? "" : ", ") + std::string{what};
  };
  say(dlt645::error::other, "other error");
  say(dlt645::error::no_data, "no such data");
  say(dlt645::error::not_authorised, "not authorised");
  say(dlt645::error::baud, "the rate cannot be changed");
  return words.empty() ? "error " + std::to_string(error) : words;
}

}  // namespace lk::tools
