// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/token_fields.hpp"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sts/codec.hpp"
#include "tools/latchkey/sts/decimal.hpp"

namespace lk::tools {
namespace {

using nlohmann::ordered_json;

constexpr int currency_digits = 5;  // a step is 1/100 000 of the currency unit

// ---- fields to tokens

quantity::Instant read_time(const Fields& line) {
  const std::string text = line.text("dt");
  constexpr std::string_view pattern = "dddd-dd-dd dd:dd";
  bool fits = text.size() == pattern.size();
  for (std::size_t i = 0; fits && i < pattern.size(); ++i) {
    fits = pattern[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == pattern[i];
  }
  if (!fits) throw FieldError{line.name_of("dt"), "must be a time as 2026-11-21 13:05"};
  const auto part = [&](std::size_t at, std::size_t count) { return std::stoi(text.substr(at, count)); };
  const std::chrono::year_month_day date{std::chrono::year{part(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  if (!date.ok() || part(11, 2) > 23 || part(14, 2) > 59) throw FieldError{line.name_of("dt"), "is no time"};
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return quantity::Instant::of(((days * 24 + part(11, 2)) * 60 + part(14, 2)) * 60'000);
}

std::uint32_t read_tid(const Fields& line, std::optional<sts::BaseDate> base) {
  if (!line.has("dt") && line.has("tid"))
    return static_cast<std::uint32_t>(line.number("tid", 0, sts::tid_max));
  const quantity::Instant time = read_time(line);
  if (!base) throw FieldError{"key.bdt", "is missing: the identifier counts minutes from the base date"};
  const auto tid = sts::tid_at(*base, time);
  if (tid) return *tid;
  const std::string year = std::to_string(sts::year_of(*base));
  throw FieldError{line.name_of("dt"), tid.error() == sts::TidError::before_base_date
                                           ? "is before the base date " + year
                                           : "is after the last identifier of base date " + year};
}

sts::CurrencyAmount read_decimal(const Fields& line, int shift) {
  const ParsedDecimal parsed = parse_decimal(line.decimal("val"), shift);
  if (!parsed.fault) return parsed.amount;
  throw FieldError{line.name_of("val"), *parsed.fault == DecimalFault::too_large ? "is too large for a token"
                                                                                 : "is no decimal number"};
}

std::uint16_t read_units(const Fields& line) {
  const sts::CurrencyAmount amount = read_decimal(line, 0);
  if (amount.negative) throw FieldError{line.name_of("val"), "must not be negative"};
  const auto field = amount.magnitude.high == 0 ? sts::encode_units(amount.magnitude.low)
                                                : std::unexpected(sts::AmountError::too_large);
  if (!field) throw FieldError{line.name_of("val"), "is above " + std::to_string(sts::largest_units)};
  return *field;
}

sts::CurrencyField read_currency(const Fields& line) {
  const auto field = sts::encode_currency(read_decimal(line, currency_digits));
  if (!field) throw FieldError{line.name_of("val"), "is too large for a token"};
  return *field;
}

std::uint16_t read_extended(const Fields& line) {
  const nlohmann::json& pair = line.required("val");
  const auto is_below = [](const nlohmann::json& value, unsigned end) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() < end;
  };
  if (!pair.is_array() || pair.size() != 2 || !is_below(pair[0], 64) || !is_below(pair[1], 1024)) {
    throw FieldError{line.name_of("val"), "must be [index 0 to 63, value 0 to 1023]"};
  }
  return static_cast<std::uint16_t>((pair[0].get<unsigned>() << 10U) | pair[1].get<unsigned>());
}

sts::Test read_test(const Fields& line) {
  const auto sub = static_cast<std::uint8_t>(line.number("sub", 0, 2));
  const unsigned control_bits = sub == 1 ? 28 : 36;
  return {sub, line.number("ctl", 0, (std::uint64_t{1} << control_bits) - 1),
          static_cast<std::uint16_t>(line.number("mfr", 0, sub == 1 ? 0xFFFF : 0xFF))};
}

[[noreturn]] void refuse_sub_class(const Fields& line, std::string_view kind, const std::string& allowed) {
  throw FieldError{line.name_of("sub"), "kind " + std::string{kind} + " is for " + allowed};
}

// Kinds `units`, `raw` and `ext`, whose layout is the same: a class, a random number and 16 bits.
sts::Token read_sixteen_bits(const Fields& line, std::string_view kind, std::optional<sts::BaseDate> base) {
  const std::uint64_t token_class = line.number("cls", 0, 2);
  const auto sub = static_cast<std::uint8_t>(line.number("sub", 0, 15));
  const auto random = static_cast<std::uint8_t>(line.number("rnd", 0, 15));
  const bool is_credit = token_class == 0 && sub <= 3;
  const bool is_limit = token_class == 2 && (sub == 0 || sub == 6);
  const bool is_extended = token_class == 2 && sub == 10;
  const bool is_value = token_class == 2 && (sub == 1 || sub == 2 || sub == 5 || sub == 7);
  std::uint16_t value = 0;
  if (kind == "units") {
    if (!is_credit && !is_limit) refuse_sub_class(line, kind, "class 0 sub 0 to 3 and class 2 sub 0 and 6");
    value = read_units(line);
  } else if (kind == "ext") {
    if (!is_extended) refuse_sub_class(line, kind, "class 2 sub 10");
    value = read_extended(line);
  } else {
    if (!is_credit && !is_limit && !is_extended && !is_value) {
      refuse_sub_class(line, kind, "class 0 sub 0 to 3 and class 2 sub 0, 1, 2, 5, 6, 7 and 10");
    }
    value = static_cast<std::uint16_t>(line.number("val", 0, 0xFFFF));
  }
  const std::uint32_t tid = read_tid(line, base);
  if (is_credit) return sts::UnitCredit{sub, random, tid, value};
  return sts::Management{sub, random, tid, value};
}

// A sub-class that is kept for makers or for later: its 44 bits as they are.
sts::Token read_own(const Fields& line, sts::EncryptionAlgorithm algorithm) {
  const auto token_class = static_cast<sts::TokenClass>(line.number("cls", 0, 2));
  const auto sub_class = static_cast<std::uint8_t>(line.number("sub", 0, 15));
  if (!sts::is_unknown(token_class, sub_class, algorithm)) {
    refuse_sub_class(line, "own",
                     "sub-classes that are kept for makers: class 0 from 8, class 1 from 3, class 2 from 11");
  }
  return sts::UnknownToken{token_class, sub_class, std::stoull(line.hex("bits", 11), nullptr, 16)};
}

// ---- tokens to fields

std::string hex_of(std::uint32_t word) {
  std::array<char, 9> text;
  std::snprintf(text.data(), text.size(), "%08x", word);
  return text.data();
}

std::string text_of(quantity::Instant time) {
  const std::chrono::sys_seconds at{std::chrono::seconds{time.unix_s()}};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text.data();
}

struct Writer {
  std::optional<sts::BaseDate> base;

  void put_tid(ordered_json& line, std::uint32_t tid) const {
    line["tid"] = tid;
    if (base) line["dt"] = text_of(sts::instant_of(*base, tid));
  }
  ordered_json operator()(const sts::UnitCredit& token) const {
    ordered_json line{{"cls", 0}, {"sub", token.sub_class}, {"rnd", token.random}};
    put_tid(line, token.tid);
    line["val"] = sts::decode_units(token.amount);
    line["kind"] = "units";
    return line;
  }
  ordered_json operator()(const sts::CurrencyCredit& token) const {
    ordered_json line{{"cls", 0}, {"sub", token.sub_class}};
    put_tid(line, token.tid);
    line["val"] = format_decimal(sts::decode_currency(token.amount), currency_digits);
    line["kind"] = "cur";
    return line;
  }
  ordered_json operator()(const sts::Management& token) const {
    ordered_json line{{"cls", 2}, {"sub", token.sub_class}, {"rnd", token.random}};
    put_tid(line, token.tid);
    if (token.sub_class == 0 || token.sub_class == 6) {
      line["val"] = sts::decode_units(token.value);
      line["kind"] = "units";
    } else if (token.sub_class == 10) {
      line["val"] = {token.value >> 10U, token.value & 0x3FFU};
      line["kind"] = "ext";
    } else {
      line["val"] = token.value;
      line["kind"] = "raw";
    }
    return line;
  }
  ordered_json operator()(const sts::Test& token) const {
    return {{"cls", 1},
            {"sub", token.sub_class},
            {"ctl", token.control},
            {"mfr", token.manufacturer_code},
            {"kind", "c1"}};
  }
  ordered_json operator()(const sts::FirstKeySection& token) const {
    return {{"cls", 2},
            {"sub", 3},
            {"kind", "kct"},
            {"ken_high", token.key_expiry_high},
            {"krn", token.key_revision_number},
            {"ro", token.roll_over ? 1 : 0},
            {"third", token.third_follows ? 1 : 0},
            {"kt", static_cast<int>(token.key_type)},
            {"bits", hex_of(token.key_bits)}};
  }
  ordered_json operator()(const sts::SecondKeySection& token) const {
    return {{"cls", 2},
            {"sub", 4},
            {"kind", "kct"},
            {"ken_low", token.key_expiry_low},
            {"ti", token.tariff_index},
            {"bits", hex_of(token.key_bits)}};
  }
  ordered_json operator()(const sts::SupplyGroupSection& token) const {
    return {{"cls", 2}, {"sub", 8}, {"kind", "kct"}, {"sgc", token.supply_group_code}};
  }
  ordered_json operator()(const sts::ThirdKeySection& token) const {
    return {{"cls", 2},
            {"sub", 8},
            {"kind", "kct"},
            {"sgc_low", token.supply_group_low},
            {"bits", hex_of(token.key_bits)}};
  }
  ordered_json operator()(const sts::FourthKeySection& token) const {
    return {{"cls", 2},
            {"sub", 9},
            {"kind", "kct"},
            {"sgc_high", token.supply_group_high},
            {"bits", hex_of(token.key_bits)}};
  }
  ordered_json operator()(const sts::UnknownToken& token) const {
    std::array<char, 12> bits;
    std::snprintf(bits.data(), bits.size(), "%011llx", static_cast<unsigned long long>(token.content));
    return {{"cls", static_cast<int>(token.token_class)},
            {"sub", token.sub_class},
            {"bits", bits.data()},
            {"kind", "own"}};
  }
};

}  // namespace

sts::Token read_token(const Fields& line, std::optional<sts::BaseDate> base,
                      sts::EncryptionAlgorithm algorithm) {
  const std::string kind = line.text("kind");
  if (kind == "c1") {
    if (line.has("cls")) (void)line.number("cls", 1, 1);
    return read_test(line);
  }
  if (kind == "cur") {
    if (line.number("cls", 0, 2) != 0)
      throw FieldError{line.name_of("cls"), "kind cur is for class 0 sub 4 to 7"};
    const auto sub = static_cast<std::uint8_t>(line.number("sub", 4, 7));
    const sts::CurrencyField amount = read_currency(line);
    return sts::CurrencyCredit{sub, read_tid(line, base), amount};
  }
  if (kind == "units" || kind == "raw" || kind == "ext") return read_sixteen_bits(line, kind, base);
  if (kind == "own") return read_own(line, algorithm);
  throw FieldError{line.name_of("kind"), "must be units, raw, cur, ext, c1, kct or own"};
}

ordered_json write_token(const sts::Token& token, std::optional<sts::BaseDate> base) {
  return std::visit(Writer{base}, token);
}

}  // namespace lk::tools
