// SPDX-License-Identifier: Apache-2.0
#include "server/cards/routes.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "assert/assert.hpp"
#include "server/cards/cards.hpp"
#include "server/cards/problems.hpp"
#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::cards {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using Json = nlohmann::ordered_json;
using Answer = http::Result;

constexpr quantity::Money most_refund = quantity::units(10'000'000'000);

bool is_serial(const std::string& text) {
  const bool fits =
      std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
  return text.size() == 16 && fits && text != std::string(16, '0');
}

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json view(const Card& card) {
  return {{"serial", card.serial}, {"kind", card.kind},   {"meter", or_null(card.meter)},
          {"issue", card.issue},   {"loads", card.loads}, {"state", card.state}};
}

Json view(const MadeLoad& load) {
  return {{"id", load.id}, {"number", load.number}, {"purpose", load.purpose}, {"content", load.content}};
}

Json view(const card::Statement& statement) {
  Json json{{"load", statement.load},
            {"done", statement.done_count},
            {"clock", statement.clock.unix_ms()},
            {"balance", ledger::print(statement.balance)},
            {"credited", ledger::print(statement.credited)},
            {"deducted", ledger::print(statement.deducted)},
            {"import_energy", statement.import_energy.count()},
            {"refused_cards", statement.refused_count},
            {"refund", nullptr}};
  if (statement.refund_sequence != 0) {
    json["refund"] = {{"sequence", statement.refund_sequence},
                      {"amount", ledger::print(statement.refund)},
                      {"proof", hex(statement.refund_proof)}};
  }
  return json;
}

Json items_of(store::Session& session, const std::string& serial) {
  Json list = Json::array();
  for (const Item& item : list_items(session, serial)) {
    list.push_back(
        {{"kind", item.kind},
         {"purchase", or_null(item.purchase)},
         {"order", or_null(item.order)},
         {"state", item.state},
         {"result", item.state == "waiting" ? Json() : Json(result_text(item.kind, item.result))}});
  }
  return list;
}

// A card with its keys, so that the desk can open it, or make it.
Answer with_keys(const Desk& desk, const Card& card, store::Session& session, int status) {
  const auto keys = keys_of(desk.keeper, card);
  if (!keys) return std::unexpected(problem_of(keys.error()));
  Json json = view(card);
  json["meter_key"] = hex(keys->meter);
  json["desk_key"] = hex(keys->desk);
  const auto load = latest_load(session, card.serial);
  json["load"] = load ? view(*load) : Json();
  json["items"] = items_of(session, card.serial);
  return Response{status, json.dump()};
}

Answer show_cards(const Request& request, const Caller&, store::Session& session) {
  const std::string* meter = request.asked("meter");
  Json list = Json::array();
  for (const Card& card : list_cards(session, meter == nullptr ? "" : *meter)) list.push_back(view(card));
  return Response{200, Json{{"cards", list}}.dump()};
}

Answer post_card(const Desk& desk, const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  NewCard card{.serial = fields.text("serial", 16),
               .kind = fields.word("kind", {"user", "service", "query"}),
               .meter = {},
               .replaces = fields.flag("replaces", false),
               .user = caller.user};
  if (card.kind != "query") card.meter = fields.digits("meter", 11);
  if (!is_serial(card.serial))
    fields.refuse("serial", "must be 16 hexadecimal digits in capitals, not all 0");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto added = add_card(unit, card);
  if (!added) return std::unexpected(problem_of(added.error()));
  return with_keys(desk, value_of(find_card(unit.session, card.serial)), unit.session, *added ? 201 : 200);
}

Answer show_card(const Desk& desk, const Request& request, store::Session& session) {
  const auto card = find_card(session, request.parameter("serial"));
  if (!card) return std::unexpected(problem_of(Refusal::unknown_card));
  return with_keys(desk, *card, session, 200);
}

// "24640=500000 24644=0": one to four register addresses with their values.
std::optional<order::Command> parameters_of(const std::string& text) {
  order::SetParameters set;
  set.count = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const char* const end = word.data() + word.size();
    order::Parameter parameter;
    const auto address = std::from_chars(word.data(), end, parameter.address);
    if (address.ec != std::errc{} || address.ptr == end || *address.ptr != '=' ||
        set.count == order::parameters_max) {
      return std::nullopt;
    }
    const auto value = std::from_chars(address.ptr + 1, end, parameter.value);
    if (value.ec != std::errc{} || value.ptr != end) return std::nullopt;
    set.parameters[set.count++] = parameter;
  }
  if (set.count == 0) return std::nullopt;
  return set;
}

std::expected<NewLoad, Problem> load_of(const Request& request, const Caller& caller) {
  http::Fields fields(request.body);
  NewLoad load{.id = fields.uuid("id"),
               .card = request.parameter("serial"),
               .purchase = {},
               .tokens = {},
               .command = {},
               .asked = {},
               .user = caller.user};
  const std::string purpose = fields.word(
      "purpose", {"open_account", "purchase", "replacement", "preset", "parameter", "clear", "refund"});
  load.purpose = card::purpose_of(purpose).value_or(card::Purpose::purchase);
  load.purchase = fields.optional_uuid("purchase").value_or("");
  const std::string tokens = fields.optional_text("tokens", 200);
  std::istringstream words(tokens);
  for (std::string word; words >> word;) {
    if (!card::pack_token(word))
      fields.refuse("tokens", "must be tokens of 20 digits, with spaces between them");
    load.tokens.push_back(word);
  }
  const std::string parameters = fields.optional_text("parameters", 200);
  if (!parameters.empty()) {
    load.command = parameters_of(parameters);
    if (!load.command)
      fields.refuse("parameters", "must be 1 to 4 times ADDRESS=VALUE, with spaces between them");
  }
  quantity::Money most = most_refund;
  if (fields.has("most")) most = fields.money("most");
  if (most < quantity::Money{} || most > most_refund) fields.refuse("most", "must not be below zero");
  if (load.purpose == card::Purpose::refund) {
    if (load.command) fields.refuse("parameters", "go not with a refund");
    load.command = order::Refund{most};
  }
  load.asked = purpose + "|" + load.purchase + "|" + tokens + "|" + parameters + "|" + ledger::print(most);
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  return load;
}

Answer post_load(const Desk& desk, const Request& request, const Caller& caller, store::Unit& unit) {
  const auto asked = load_of(request, caller);
  if (!asked) return std::unexpected(asked.error());
  const auto made = make_load(unit, desk.sealer, *asked);
  if (!made) return std::unexpected(problem_of(made.error()));
  return Response{made->repeated ? 200 : 201, view(made->load).dump()};
}

Answer post_statement(const Desk& desk, const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  const std::string statement = fields.text("statement", 2 * card::statement_bytes);
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const std::string& serial = request.parameter("serial");
  const auto booked =
      book_statement(unit, {desk.keeper, desk.sealer}, desk.ports, serial, statement, caller.user);
  if (!booked) return std::unexpected(problem_of(booked.error()));
  Json json = view(*booked);
  json["items"] = items_of(unit.session, serial);
  return Response{200, json.dump()};
}

}  // namespace

void add_routes(http::Router& router, const Desk& desk) {
  router.add({"GET", "/api/v1/cards", Access::operators, http::Read(show_cards)});
  router.add({"POST", "/api/v1/cards", Access::operators,
              http::Write([desk](const Request& request, const Caller& caller, store::Unit& unit) {
                return post_card(desk, request, caller, unit);
              })});
  router.add({"GET", "/api/v1/cards/{serial}", Access::operators,
              http::Read([desk](const Request& request, const Caller&, store::Session& session) {
                return show_card(desk, request, session);
              })});
  router.add({"POST", "/api/v1/cards/{serial}/loads", Access::operators,
              http::Write([desk](const Request& request, const Caller& caller, store::Unit& unit) {
                return post_load(desk, request, caller, unit);
              })});
  router.add({"POST", "/api/v1/cards/{serial}/statements", Access::operators,
              http::Write([desk](const Request& request, const Caller& caller, store::Unit& unit) {
                return post_statement(desk, request, caller, unit);
              })});
}

}  // namespace lk::cards
