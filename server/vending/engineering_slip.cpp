// SPDX-License-Identifier: Apache-2.0
// Engineering tokens as the HTTP interface and a printer show them.
#include <nlohmann/json.hpp>

#include "server/vending/engineering.hpp"

namespace lk::vending {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ReceiptLine::Kind;

std::string title_of(const std::string& kind) {
  if (kind == "power_limit") return "Power limit (W)";
  if (kind == "clear_credit") return "Clear credit, register";
  if (kind == "tariff_rate") return "Tariff rate";
  if (kind == "clear_tamper") return "Clear tamper";
  if (kind == "phase_unbalance") return "Phase unbalance (W)";
  if (kind == "test") return "Test";
  return "Key change";
}

}  // namespace

Json view(const Engineering& token) {
  Json json{{"id", token.asked.id},
            {"meter", token.asked.meter},
            {"kind", token.asked.kind},
            {"value", token.asked.value},
            {"effective", token.effective},
            {"token", token.token.empty() ? Json() : Json(token.token)},
            {"key_change", token.key_change},
            {"deliver", token.asked.deliver},
            {"state", token.state},
            {"detail", token.detail},
            {"ts", token.ts}};
  json["accepted"] = token.accepted ? Json(*token.accepted) : Json();
  json["user"] = token.asked.user;
  return json;
}

std::string slip_text(const ReceiptHead& head, const Engineering& token) {
  const bool has_value = token.asked.kind != "clear_tamper" && token.asked.kind != "key_change";
  std::vector<ReceiptLine> lines{
      {Kind::title, head.site},
      {Kind::title, "ENGINEERING TOKEN"},
      {Kind::rule, ""},
      {Kind::pair, "Date", local_time(token.ts, head.utc_offset_ms)},
      {Kind::pair, "Meter", token.asked.meter},
      {Kind::pair, "Made by", token.asked.user},
      {Kind::pair, title_of(token.asked.kind), has_value ? std::to_string(token.effective) : ""},
      {Kind::rule, ""}};
  add_tokens(lines, token.key_change, token.token, "Token");
  return text_of(lines);
}

}  // namespace lk::vending
