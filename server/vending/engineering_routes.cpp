// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/engineering.hpp"
#include "server/vending/problems.hpp"
#include "server/vending/routes.hpp"

namespace lk::vending {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

Problem unknown_token() {
  return {404, "unknown_token", "There is no engineering token of this id.", "id"};
}

constexpr std::int64_t named_rates_most = 0xFFFF;

std::string_view range_words(std::string_view kind) {
  if (kind == "tariff_rate") {
    return "value must be 1 to 8, or 0 for the rate of the calendar: a tariff set has eight rates at most, "
           "and "
           "a meter refuses a token for another one";
  }
  return "value must be 0 (units), 4 (currency) or 65535 (all)";
}

Result make_token(const Counter& counter, const Request& request, const Caller& caller, store::Unit& unit) {
  http::Fields fields(request.body);
  NewEngineering asked;
  asked.id = fields.uuid("id");
  asked.meter = request.parameter("number");
  asked.kind = fields.word("kind", {"power_limit", "phase_unbalance", "tariff_rate", "clear_credit",
                                    "clear_tamper", "test", "key_change"});
  const ValueRange range = value_range(asked.kind).value_or(ValueRange{});
  const bool is_needed = range.most > 0;
  // A rate that a token can name and no meter has gets a reason of its own.
  const std::int64_t most = asked.kind == "tariff_rate" ? named_rates_most : range.most;
  asked.value = is_needed ? fields.integer("value", range.least, most)
                          : fields.optional_integer("value", 0, 0).value_or(0);
  asked.deliver = fields.flag("deliver", false);
  asked.user = caller.user;
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto made = make_engineering(unit, counter.tokens, counter.ports, counter.rules, asked);
  if (!made && made.error() == SaleRefusal::amount_range) {
    return std::unexpected(Problem{422, "bad_field", std::string{range_words(asked.kind)}, "value"});
  }
  if (!made) return std::unexpected(problem_of(made.error(), counter.rules));
  return Response{made->repeated ? 200 : 201, view(made->token).dump()};
}

Result show_tokens(const Request& request, const Caller&, store::Session& session) {
  if (!meters::find_meter(session, request.parameter("number"))) {
    return std::unexpected(problem_of(SaleRefusal::unknown_meter, {}));
  }
  Json list = Json::array();
  for (const Engineering& token : list_engineering(session, request.parameter("number"), 200)) {
    list.push_back(view(token));
  }
  return Response{200, Json{{"tokens", list}}.dump()};
}

Result show_token(const Counter& counter, const Request& request, const Caller&, store::Session& session) {
  const auto token = find_engineering(session, request.parameter("id"));
  if (!token) return std::unexpected(unknown_token());
  const std::string* format = request.asked("format");
  if (format == nullptr || *format == "json") return Response{200, view(*token).dump()};
  if (*format == "text") {
    return Response{200, slip_text(counter.head, *token), "text/plain; charset=utf-8", {}};
  }
  return std::unexpected(Problem{422, "bad_field", "format must be json or text", "format"});
}

}  // namespace

void add_engineering_routes(http::Router& router, const Counter& counter) {
  router.add({"POST", "/api/v1/meters/{number}/tokens", Access::engineers,
              http::Write([counter](const Request& request, const Caller& caller, store::Unit& unit) {
                return make_token(counter, request, caller, unit);
              })});
  router.add({"GET", "/api/v1/meters/{number}/tokens", Access::engineers, http::Read(show_tokens)});
  router.add({"GET", "/api/v1/tokens/{id}", Access::engineers,
              http::Read([counter](const Request& request, const Caller& caller, store::Session& session) {
                return show_token(counter, request, caller, session);
              })});
  router.add({"POST", "/api/v1/tokens/{id}/reissue", Access::engineers,
              http::Write([counter](const Request& request, const Caller&, store::Unit& unit) -> Result {
                const auto token =
                    reissue_engineering(unit, counter.ports, counter.rules, request.parameter("id"));
                if (!token) return std::unexpected(unknown_token());
                return Response{200, view(*token).dump()};
              })});
}

}  // namespace lk::vending
