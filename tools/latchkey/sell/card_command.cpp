// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sell/card_command.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/sell/call.hpp"

namespace lk::tools::sell {
namespace {

struct Options {
  CardPlace place;
  std::string meter;
  std::string amount;
  std::string kind = "user";
  std::string purpose = "purchase";
  std::string purchase;
  std::string tokens;
  std::string parameters;
  std::string most;
  bool replaces = false;
  bool payout = false;
};

std::string text_at(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string{};
}

// What the card brought back, for the one at the desk.
void print(const Json& booked) {
  if (booked.is_null()) {
    std::puts("the card has not been in its meter yet");
    return;
  }
  std::printf("balance %s, credited %s, load %lld\n", text_at(booked, "balance").c_str(),
              text_at(booked, "credited").c_str(), booked["load"].get<long long>());
  for (const Json& item : booked["items"]) {
    const std::string what =
        text_at(item, "purchase").empty() ? text_at(item, "order") : text_at(item, "purchase");
    std::printf("  %-5s %-36s %s %s\n", text_at(item, "kind").c_str(), what.c_str(),
                text_at(item, "state").c_str(), text_at(item, "result").c_str());
  }
  if (booked["refund"].is_object()) {
    const bool is_paid = booked["refund"].value("paid", false);
    std::printf("  refund %s, order sequence %lld, proof %s, %s\n",
                text_at(booked["refund"], "amount").c_str(), booked["refund"]["sequence"].get<long long>(),
                text_at(booked["refund"], "proof").c_str(), is_paid ? "paid out" : "not paid out");
  }
}

std::string sell(const std::string& meter, const std::string& amount) {
  const std::string id = new_id();
  (void)call("POST", "/api/v1/purchases",
             Json{{"id", id}, {"meter", meter}, {"amount", amount}, {"deliver", false}});
  return id;
}

void open(const Options& options) {
  Desk desk = open_desk(options.place);
  desk.personalise(options.kind, options.meter, options.replaces);
  std::printf("card %s is for %s\n", desk.serial().c_str(),
              options.kind == "query" ? "reading meters" : ("meter " + options.meter).c_str());
  if (options.kind != "user") return;
  const std::string purchase = options.amount.empty() ? std::string{} : sell(options.meter, options.amount);
  put_on_card(desk, options.replaces ? "replacement" : "open_account", purchase);
  if (!purchase.empty()) std::printf("purchase %s is on it\n", purchase.c_str());
}

void read(const Options& options) {
  Desk desk = open_desk(options.place);
  print(desk.synchronise(options.payout));
}

void load(const Options& options) {
  Desk desk = open_desk(options.place);
  (void)desk.synchronise();
  Json wanted{{"id", new_id()}, {"purpose", options.purpose}};
  for (const auto& [key, value] : {std::pair{"purchase", &options.purchase},
                                   {"tokens", &options.tokens},
                                   {"parameters", &options.parameters},
                                   {"most", &options.most}}) {
    if (!value->empty()) wanted[key] = *value;
  }
  desk.load(wanted);
  std::printf("the load is on card %s\n", desk.serial().c_str());
}

void refund(Options options) {
  options.purpose = "refund";
  load(options);
}

void list(const Options&) {
  for (const std::string& reader : cards::list_readers()) std::printf("%s\n", reader.c_str());
}

}  // namespace

void add_place_options(CLI::App* command, CardPlace& place) {
  command->add_option("--reader", place.reader,
                      "the reader's name, or how it begins; else the first with a card");
  command->add_option("--card-file", place.card_file, "a software card's file, in place of a reader");
  command->add_option("--wait", place.wait_s, "seconds to wait for a card")->capture_default_str();
}

Desk open_desk(const CardPlace& place) {
  auto reader = place.card_file.empty() ? cards::open_pcsc(place.reader, place.wait_s)
                                        : cards::open_file(place.card_file);
  return Desk(std::move(reader), call);
}

std::string meter_of(const Desk& desk) {
  if (desk.about().meter == 0) throw DeviceError("this card is no customer's card");
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%011llu", static_cast<unsigned long long>(desk.about().meter));
  return text.data();
}

void put_on_card(Desk& desk, const std::string& purpose, const std::string& purchase) {
  (void)desk.synchronise();
  Json wanted{{"id", new_id()}, {"purpose", purpose}};
  if (!purchase.empty()) wanted["purchase"] = purchase;
  desk.load(wanted);
}

void add_card_commands(CLI::App* sell) {
  const auto options = std::make_shared<Options>();
  CLI::App* card = sell->add_subcommand("card", "customers', engineers' and readers' cards");
  card->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, void (*run)(const Options&)) {
    CLI::App* command = card->add_subcommand(name, what);
    add_place_options(command, options->place);
    command->callback([run, options] { run(*options); });
    return command;
  };
  CLI::App* opened = add("open", "make a blank card one of this site", open);
  opened->add_option("--meter", options->meter, "its number");
  opened->add_option("--amount", options->amount, "a first purchase that goes on it");
  opened->add_option("--kind", options->kind, "user, service or query")->capture_default_str();
  opened->add_flag("--replaces", options->replaces, "in place of the meter's card, which is lost");
  CLI::App* reading = add("read", "book what the meter wrote on the card, and print it", read);
  reading->add_flag("--pay-out", options->payout, "the refund that it tells of is paid out in cash");
  CLI::App* loaded = add("load", "put tokens or parameters on the card", load);
  loaded->add_option("--purpose", options->purpose, "purchase, replacement, preset, parameter or clear")
      ->capture_default_str();
  loaded->add_option("--purchase", options->purchase, "identity of a sale that is not in the meter yet");
  loaded->add_option("--tokens", options->tokens, "tokens of 20 digits, with spaces between them");
  loaded->add_option("--parameters", options->parameters,
                     "1 to 4 times ADDRESS=VALUE, with spaces between them");
  CLI::App* refunded = card->add_subcommand("refund", "have the meter give credit back, by this card");
  add_place_options(refunded, options->place);
  refunded->add_option("--most", options->most, "of it; all where it is absent");
  refunded->callback([options] { refund(*options); });
  add("readers", "the card readers of this machine", list);
}

}  // namespace lk::tools::sell
