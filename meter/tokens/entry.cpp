// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/entry.hpp"

#include <string_view>
#include <variant>

#include "sts/codec.hpp"
#include "sts/tid.hpp"

namespace lk::tokens {
namespace {

using quantity::Instant;
using sts::TokenResult;

constexpr std::uint16_t all_registers = 0xFFFF;
constexpr std::uint8_t first_currency_sub_class = 4;
constexpr std::uint32_t supply_group_max = 999'999;

TokenResult result_of(sts::AuthenticationError error) {
  switch (error) {
    case sts::AuthenticationError::format:
      return TokenResult::format;
    case sts::AuthenticationError::reserved_class:
      return TokenResult::function;
    case sts::AuthenticationError::crc:
      break;
  }
  return TokenResult::crc;
}

// One token with what it may touch.
struct Entry {
  State& state;
  Assembly& assembly;
  const Rules& rules;
  Effects& effects;
  Instant now;
  Outcome outcome{};

  void operator()(const sts::UnitCredit& token) {
    identify(Kind::credit, token.sub_class, token.tid);
    if (!may_be_processed(token.tid)) return;
    if (token.sub_class != static_cast<std::uint8_t>(rules.kind)) return refuse(TokenResult::function);
    finish(token.tid, effects.credit_units(sts::decode_units(token.amount)));
  }

  void operator()(const sts::CurrencyCredit& token) {
    identify(Kind::credit, token.sub_class, token.tid);
    if (!may_be_processed(token.tid)) return;
    if (token.sub_class != first_currency_sub_class + static_cast<std::uint8_t>(rules.kind)) {
      return refuse(TokenResult::function);
    }
    const sts::CurrencyAmount amount = sts::decode_currency(token.amount);
    if (amount.negative) return refuse(TokenResult::range);
    const auto money = sts::to_money(amount);
    finish(token.tid, money ? effects.credit_currency(*money) : TokenResult::overflow);
  }

  void operator()(const sts::Management& token) {
    identify(Kind::management, token.sub_class, token.tid);
    if (!may_be_processed(token.tid)) return;
    finish(token.tid, manage(token.sub_class, token.value));
  }

  void operator()(const sts::Test& token) {
    outcome.kind = Kind::test;
    outcome.sub_class = token.sub_class;
    const bool is_ours = token.manufacturer_code == 0 || token.manufacturer_code == rules.manufacturer_code;
    if (!is_ours) return refuse(TokenResult::manufacturer_code);
    constexpr std::uint8_t extended_read = 2;
    if (token.sub_class == extended_read) {
      return refuse((rules.functions & extended) != 0 ? TokenResult::accept : TokenResult::function);
    }
    outcome.tests = token.control & rules.tests;
    outcome.result = outcome.tests != 0 ? TokenResult::accept : TokenResult::function;
  }

  void operator()(const sts::FirstKeySection& token) {
    const bool has_revision = token.key_type != sts::KeyType::initialisation;  // a DITK has none
    const bool is_revision = token.key_revision_number >= 1 && token.key_revision_number <= 9;
    take_section(3, !has_revision || is_revision, token);
  }
  void operator()(const sts::SecondKeySection& token) { take_section(4, token.tariff_index <= 99, token); }
  void operator()(const sts::SupplyGroupSection& token) {
    take_section(8, token.supply_group_code <= supply_group_max, token);
  }
  void operator()(const sts::ThirdKeySection& token) { take_section(8, true, token); }
  void operator()(const sts::FourthKeySection& token) { take_section(9, true, token); }

  void operator()(const sts::UnknownToken& token) {
    outcome.kind = token.token_class == sts::TokenClass::credit               ? Kind::credit
                   : token.token_class == sts::TokenClass::general_management ? Kind::test
                                                                              : Kind::management;
    outcome.sub_class = token.sub_class;
    refuse(TokenResult::function);
  }

 private:
  void refuse(TokenResult result) { outcome.result = result; }

  void identify(Kind kind, std::uint8_t sub_class, std::uint32_t tid) {
    outcome.kind = kind;
    outcome.sub_class = sub_class;
    outcome.token_identifier = tid;
  }

  // The result of one check: `accept` where it has nothing against the token.
  [[nodiscard]] TokenResult judge(Check check, std::uint32_t tid) const {
    using Standing = sts::TidStore::Standing;
    switch (check) {
      case Check::default_key: {
        const bool is_default = state.key.key_type == sts::KeyType::default_key;
        return is_default && outcome.kind == Kind::credit ? TokenResult::default_key : TokenResult::accept;
      }
      case Check::key_expired: {
        const bool is_expired = rules.checks_key_expiry && sts::is_expired(tid, state.key.key_expiry_number);
        return is_expired ? TokenResult::key_expired : TokenResult::accept;
      }
      case Check::used:
        return state.used.judge(tid) == Standing::used ? TokenResult::used : TokenResult::accept;
      case Check::old:
        break;
    }
    return state.used.judge(tid) == Standing::old ? TokenResult::old : TokenResult::accept;
  }

  bool may_be_processed(std::uint32_t tid) {
    for (const Check check : rules.check_order) {
      outcome.result = judge(check, tid);
      if (outcome.result != TokenResult::accept) return false;
    }
    // Whatever the order says: an identifier is never taken twice.
    if (state.used.judge(tid) == sts::TidStore::Standing::fresh) return true;
    refuse(TokenResult::used);
    return false;
  }

  // What was done is used up with it; what was refused can be entered again.
  void finish(std::uint32_t tid, TokenResult result) {
    outcome.result = result;
    if (result == TokenResult::accept) state.used.accept(tid);
  }

  [[nodiscard]] TokenResult manage(std::uint8_t sub_class, std::uint16_t value) {
    const auto function = static_cast<Functions>(1U << sub_class);
    if ((rules.functions & function) == 0) return TokenResult::function;
    Settings& settings = state.settings;
    switch (function) {
      case maximum_power: {
        const std::uint32_t watts = sts::decode_units(value);
        if (watts < rules.power_limit_min_w || watts > rules.power_limit_max_w) return TokenResult::range;
        settings.power_limit_w = watts;
        return TokenResult::accept;
      }
      case phase_unbalance: {
        const std::uint32_t watts = sts::decode_units(value);
        if (watts > rules.unbalance_limit_max_w) return TokenResult::range;
        settings.unbalance_limit_w = watts;
        return TokenResult::accept;
      }
      case clear_credit:
        return clear(value);
      case tariff_rate:
        if (value > rules.tariff_rate_max) return TokenResult::range;
        settings.tariff_rate = value;
        return TokenResult::accept;
      case clear_tamper:
        return value == 0 ? effects.clear_tamper() : TokenResult::format;
      case water_factor:
        if (rules.kind != MeterKind::water) return TokenResult::function;
        settings.water_factor = value;
        return TokenResult::accept;
      case extended:
        return extend(static_cast<std::uint8_t>(value >> 10U), value & 0x3FFU);
      default:
        break;
    }
    return TokenResult::function;
  }

  // Register 0 to 3: units of electricity, water, gas, time; 4 to 7 the same in currency; FFFFh all.
  [[nodiscard]] TokenResult clear(std::uint16_t which) {
    const auto own = static_cast<std::uint16_t>(rules.kind);
    if (which == all_registers) return effects.clear_credit(Effects::Register::all);
    if (which == own) return effects.clear_credit(Effects::Register::units);
    if (which == own + first_currency_sub_class) return effects.clear_credit(Effects::Register::currency);
    return TokenResult::range;
  }

  // STS 202-5: index 63 sets flag 0, the only one that is published; index 0 is a control value.
  [[nodiscard]] TokenResult extend(std::uint8_t index, unsigned value) {
    constexpr std::uint8_t flags = 63;
    if (index == flags && value <= 1) {
      state.settings.extended_flags = static_cast<std::uint16_t>(value);
      return TokenResult::accept;
    }
    if (index != 0) return TokenResult::range;
    state.settings.extended_control = static_cast<std::uint16_t>(value);
    return TokenResult::accept;
  }

  void take_section(std::uint8_t sub_class, bool is_sound, const sts::Token& section) {
    outcome.kind = Kind::key_section;
    outcome.sub_class = sub_class;
    if (!is_sound) return refuse(TokenResult::range);
    outcome.result = assembly.take(section, now, rules.key_change_timeout);
    const auto change = assembly.complete(state.key.key.algorithm);
    if (change) change_key(*change);
  }

  void change_key(const sts::KeyChange& change) {
    assembly.drop();
    outcome.kind = Kind::key_change;
    const auto from = static_cast<std::size_t>(state.key.key_type);
    const auto to = static_cast<unsigned>(change.key_type);
    const bool is_permitted = ((std::uint32_t{rules.key_type_changes[from]} >> to) & 1U) != 0;
    const bool is_common = change.key_type == sts::KeyType::common;
    if (!is_permitted || (is_common && !rules.takes_common_key)) return refuse(TokenResult::key_type);
    if (change.supply_group_code > supply_group_max) return refuse(TokenResult::range);
    load(state, change);
    outcome.result = TokenResult::accept;
  }
};

}  // namespace

Outcome enter(State& state, Assembly& assembly, std::span<const char, 20> characters, const Rules& rules,
              Effects& effects, Instant now) {
  const auto key = sts::DecoderKey::of(state.key.key, *rules.sta_tables);
  const auto token = sts::decode(std::string_view{characters.data(), characters.size()}, key);
  if (!token) return {.result = result_of(token.error())};
  Entry entry{state, assembly, rules, effects, now};
  std::visit(entry, *token);
  return entry.outcome;
}

}  // namespace lk::tokens
