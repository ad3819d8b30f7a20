// SPDX-License-Identifier: Apache-2.0
#include "dictionary/codes.hpp"

#include <array>
#include <cstddef>

namespace lk::dictionary {
namespace {

template <std::size_t n>
std::string_view name_of(const std::array<std::string_view, n>& names, std::size_t code) {
  if (code >= n || names[code].empty()) return "unknown";
  return names[code];
}

constexpr std::array<std::string_view, 42> event_names{"",
                                                       "power_returned",
                                                       "token_accepted",
                                                       "token_refused",
                                                       "supply_opened",
                                                       "supply_closed",
                                                       "low_credit",
                                                       "order_done",
                                                       "order_refused",
                                                       "relay_does_not_follow",
                                                       "storage_fault",
                                                       "tariff_changed",
                                                       "clock_set",
                                                       "",
                                                       "",
                                                       "",
                                                       "",
                                                       "",
                                                       "",
                                                       "",
                                                       "power_limit",
                                                       "reminder",
                                                       "emergency_taken",
                                                       "credit_returned",
                                                       "account_settled",
                                                       "parameter_set",
                                                       "clock_wrong",
                                                       "",
                                                       "",
                                                       "",
                                                       "condition_began",
                                                       "condition_ended",
                                                       "opened_while_off",
                                                       "malicious_load",
                                                       "tripped",
                                                       "restored",
                                                       "trip_locked",
                                                       "programmed",
                                                       "",
                                                       "",
                                                       "card_taken",
                                                       "card_refused"};
constexpr std::array<std::string_view, 9> order_refusal_names{
    "", "forged", "stale", "expired", "other_meter", "unknown_verb", "bad_argument", "malformed", "replayed"};
constexpr std::array<std::string_view, 5> order_result_names{"none", "done", "already_done", "refused",
                                                             "not_ready"};
constexpr std::array<std::string_view, 19> token_result_names{"none",
                                                              "accepted",
                                                              "first_key_change",
                                                              "second_key_change",
                                                              "overflow",
                                                              "key_type",
                                                              "format",
                                                              "range",
                                                              "function",
                                                              "old",
                                                              "used",
                                                              "key_expired",
                                                              "ddtk",
                                                              "crc",
                                                              "manufacturer_code",
                                                              "locked",
                                                              "not_ready",
                                                              "third_key_change",
                                                              "fourth_key_change"};
constexpr std::array<std::string_view, 9> hold_reason_names{"credit",      "order",          "overload",
                                                            "tamper",      "malicious_load", "schedule",
                                                            "power_limit", "reminder",       "voltage"};
constexpr std::array<std::string_view, 10> alarm_names{
    "low_credit", "no_credit", "relay_does_not_follow", "memory",  "reminder",
    "clock",      "operator",  "limit_locked",          "records", "guard"};

constexpr std::array<std::string_view, 8> measuring_fault_names{
    "clipped",        "stuck",           "voltage_dead", "swapped",
    "currents_mixed", "voltage_doubled", "samples_lost", "calibration"};

}  // namespace

std::string_view measuring_fault_name(unsigned bit) {
  return name_of(measuring_fault_names, bit);
}

std::string_view event_name(std::uint16_t code) {
  return name_of(event_names, code);
}
std::string_view order_refusal_name(std::uint16_t detail) {
  return name_of(order_refusal_names, detail);
}
std::string_view order_result_name(std::uint16_t result) {
  return name_of(order_result_names, result);
}
std::string_view token_result_name(std::uint16_t result) {
  return name_of(token_result_names, result);
}
std::string_view hold_reason_name(unsigned bit) {
  return name_of(hold_reason_names, bit);
}
std::string_view alarm_name(unsigned bit) {
  return name_of(alarm_names, bit);
}

}  // namespace lk::dictionary
