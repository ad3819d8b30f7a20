// SPDX-License-Identifier: Apache-2.0
// `latchkey sell`: a desk in a terminal. All of it goes through the server's HTTP interface.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/sell/call.hpp"
#include "tools/latchkey/sell/card_command.hpp"
#include "tools/latchkey/sell/client.hpp"
#include "tools/latchkey/sell/login.hpp"

namespace lk::tools {
namespace {

using Json = nlohmann::ordered_json;
using sell::address_of;
using sell::call;
using sell::must;

struct Options {
  std::string server = "http://127.0.0.1:8080";
  std::string user;
  std::string password_file;
  std::string text;
  std::string meter;
  std::string amount;
  std::string energy;
  std::string id;
  std::string kind;
  std::optional<std::int64_t> value;
  bool deliver = false;
  bool on_card = false;
  sell::CardPlace place;
  bool json = false;
};

std::string text_of(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string{};
}

// What of a path's or query's word must be escaped.
std::string escaped(const std::string& text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (plain) {
      safe += c;
    } else {
      safe += '%';
      safe += digits[byte >> 4U];
      safe += digits[byte & 15U];
    }
  }
  return safe;
}

void log_in(const Options& options) {
  const std::string password = sell::read_password(options.password_file);
  const Json session = must(sell::ask(address_of(options.server), "", "POST", "/api/v1/session",
                                      Json{{"user", options.user}, {"password", password}}.dump()));
  sell::keep_login({options.server, text_of(session, "token")});
  std::printf("%s is logged in as %s\n", options.user.c_str(), text_of(session, "role").c_str());
}

void log_out() {
  const sell::Login login = sell::kept_login();
  static_cast<void>(sell::ask(address_of(login.server), login.token, "DELETE", "/api/v1/session", ""));
  sell::forget_login();
}

void find(const Options& options) {
  const Json found = call("GET", "/api/v1/vending/meters?q=" + escaped(options.text));
  for (const Json& meter : found["meters"]) {
    std::printf("%s  %-20s %s\n", text_of(meter, "meter").c_str(), text_of(meter, "name").c_str(),
                text_of(meter, "customer_name").c_str());
  }
  if (found["meters"].empty()) throw DeviceError("no meter fits \"" + options.text + "\"");
}

Json wish(const Options& options) {
  if (options.amount.empty() == options.energy.empty()) throw UserError("give one of --amount and --energy");
  Json body{{"meter", options.meter}};
  if (options.amount.empty()) {
    body["energy"] = options.energy;
  } else {
    body["amount"] = options.amount;
  }
  return body;
}

void try_it(const Options& options) {
  const Json parts = call("POST", "/api/v1/vending/trials", wish(options));
  for (const auto& [key, value] : parts.items()) {
    std::printf("%-16s %14s\n", key.c_str(), value.is_string() ? value.get<std::string>().c_str() : "");
  }
}

void print_receipt(const std::string& id, bool json) {
  const Json receipt = call("GET", "/api/v1/purchases/" + escaped(id) + "/receipt");
  std::fputs(json ? (receipt.dump(2) + "\n").c_str() : text_of(receipt, "text").c_str(), stdout);
}

// The sale stands whatever becomes of the card.
void put_sale_on_card(sell::Desk& desk, const std::string& id) {
  try {
    sell::put_on_card(desk, "purchase", id);
  } catch (const DeviceError& error) {
    throw DeviceError("sold, but not on the card: " + std::string(error.what()) +
                      "\n  latchkey sell card load --purchase " + id);
  }
}

// A purchase whose answer is lost is asked for again, by its id, before anybody is told that it is unknown.
void buy(Options options) {
  const sell::Login login = sell::kept_login();
  if (options.id.empty()) options.id = sell::new_id();
  std::optional<sell::Desk> desk;
  if (options.on_card) {
    desk.emplace(sell::open_desk(options.place));
    const std::string of_card = sell::meter_of(*desk);
    if (!options.meter.empty() && options.meter != of_card)
      throw UserError("the card is of meter " + of_card);
    options.meter = of_card;
  } else if (options.meter.empty()) {
    throw UserError("give --meter, or --card");
  }
  Json body = wish(options);
  body["id"] = options.id;
  body["deliver"] = options.deliver;
  constexpr int tries = 3;
  for (int left = tries; left > 0; --left) {
    const auto answer =
        sell::ask(address_of(login.server), login.token, "POST", "/api/v1/purchases", body.dump());
    if (answer && answer->status < 300) {
      if (desk) put_sale_on_card(*desk, options.id);
      return print_receipt(options.id, options.json);
    }
    const bool unknown =
        answer ? answer->body.find("outcome_unknown") != std::string::npos : answer.error().sent;
    if (!unknown) static_cast<void>(must(answer));
  }
  throw DeviceError(
      "what became of the sale is not known. Ask again with the same identity, nothing is sold twice:\n"
      "  latchkey sell advice --id " +
      options.id);
}

void advise(const Options& options) {
  const Json advice = call("POST", "/api/v1/purchases/" + escaped(options.id) + "/advice");
  if (text_of(advice, "outcome") != "done") {
    throw DeviceError("nothing was sold under this identity, and nothing will be: sell again with a new one");
  }
  print_receipt(options.id, options.json);
}

void print_slip(const std::string& id, bool json) {
  const std::string path = "/api/v1/tokens/" + escaped(id);
  if (json) {
    std::fputs((call("GET", path).dump(2) + "\n").c_str(), stdout);
    return;
  }
  const sell::Login login = sell::kept_login();
  const auto slip = sell::ask(address_of(login.server), login.token, "GET", path + "?format=text", "");
  if (!slip) throw DeviceError(slip.error().text);
  if (slip->status >= 300) throw DeviceError(sell::problem_text(*slip));
  std::fputs(slip->body.c_str(), stdout);
}

// A token that carries no credit. The identity makes a repeat harmless, as with a sale.
void make_token(Options options) {
  if (options.id.empty()) options.id = sell::new_id();
  std::string kind = options.kind;
  for (char& c : kind) c = c == '-' ? '_' : c;
  Json body{{"id", options.id}, {"kind", kind}, {"deliver", options.deliver}};
  if (options.value) body["value"] = *options.value;
  static_cast<void>(call("POST", "/api/v1/meters/" + escaped(options.meter) + "/tokens", body));
  print_slip(options.id, options.json);
}

CLI::App* add(CLI::App* sell, const char* name, const char* what, std::function<void()> run) {
  CLI::App* command = sell->add_subcommand(name, what);
  command->callback(std::move(run));
  return command;
}

}  // namespace

void add_sell_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* sell = app.add_subcommand("sell", "sell electricity through a server");
  sell->require_subcommand(1);

  CLI::App* in =
      add(sell, "log-in", "begin: who sells, and at which server", [options] { log_in(*options); });
  in->add_option("--server", options->server, "where the server is")->capture_default_str();
  in->add_option("--user", options->user, "name")->required();
  in->add_option("--password-file", options->password_file,
                 "file with the password in its first line; else it is asked for");
  add(sell, "log-out", "end", [] { log_out(); });

  CLI::App* search = add(sell, "find", "meters by number, name, or their customer's name or phone",
                         [options] { find(*options); });
  search->add_option("text", options->text, "at least two characters")->required();

  const auto with_wish = [&](CLI::App* command) {
    command->add_option("--meter", options->meter, "its number");
    command->add_option("--amount", options->amount, "money, like 20 or 19.90");
    command->add_option("--energy", options->energy, "kWh, in place of --amount");
  };
  with_wish(
      add(sell, "trial", "what a purchase would give, without any effect", [options] { try_it(*options); }));
  CLI::App* purchase = add(sell, "purchase", "sell, and print the receipt", [options] { buy(*options); });
  with_wish(purchase);
  purchase->add_option("--id", options->id, "identity (a UUID) of the sale; made where it is absent");
  purchase->add_flag("--deliver", options->deliver, "also send the token to the meter");
  purchase->add_flag("--card", options->on_card, "put it on the meter's card, which is in the reader");
  sell::add_place_options(purchase, options->place);
  purchase->add_flag("--json", options->json, "the receipt as JSON");
  const auto with_id = [&](CLI::App* command) {
    command->add_option("--id", options->id, "identity of the sale")->required();
    command->add_flag("--json", options->json, "the receipt as JSON");
  };
  with_id(add(sell, "reprint", "the receipt again, with the same token",
              [options] { print_receipt(options->id, options->json); }));
  with_id(
      add(sell, "advice", "what became of a sale whose answer was lost", [options] { advise(*options); }));
  sell::add_card_commands(sell);

  CLI::App* token = add(sell, "token", "make a token that carries no credit, and print it",
                        [options] { make_token(*options); });
  token->add_option("--meter", options->meter, "its number")->required();
  token
      ->add_option("--kind", options->kind,
                   "power-limit (W), phase-unbalance (W; not for meters of one phase, which refuse it), "
                   "tariff-rate (1 to 8, "
                   "0 by the calendar), clear-credit (register: 0 units, 4 "
                   "currency, 65535 all), clear-tamper, test (number, 0 all) or key-change")
      ->required();
  token->add_option("--value", options->value, "what the kind needs");
  token->add_option("--id", options->id, "identity (a UUID) of the token; made where it is absent");
  token->add_flag("--deliver", options->deliver, "also send it to the meter");
  token->add_flag("--json", options->json, "as JSON");
  CLI::App* again = add(sell, "reprint-token", "the same token again",
                        [options] { print_slip(options->id, options->json); });
  again->add_option("--id", options->id, "identity of the token")->required();
  again->add_flag("--json", options->json, "as JSON");
}

}  // namespace lk::tools
