// SPDX-License-Identifier: Apache-2.0
// The desk's dialogue with a card and the server, together: what the meter wrote is booked first, what the
// server has for the card is written then. A card that is pulled in between is put in again, and the same is
// done to its end. One object for one card in a reader.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "card/terminal.hpp"
#include "tools/latchkey/card/reader.hpp"

namespace lk::tools::sell {

using Json = nlohmann::ordered_json;
// Method, path and body (null for none) to the server; throws DeviceError with its refusal.
using Call = std::function<Json(const std::string&, const std::string&, const Json&)>;

class Desk {
 public:
  // Opens the card's application. Throws DeviceError where there is no card of ours.
  Desk(std::unique_ptr<cards::OpenReader> reader, Call call);

  [[nodiscard]] const card::About& about() const { return about_; }
  [[nodiscard]] std::string serial() const;

  // Makes a blank card one of the server's: registers it and gives it its keys. Goes on where it broke off.
  void personalise(const std::string& kind, const std::string& meter, bool replaces);
  // Books what the card brought, and writes a load that the server made and the card does not have. The last
  // answer of the server about it, null where the card brought nothing. With `payout` a refund that it tells
  // of is paid out.
  Json synchronise(bool payout = false);
  // Has the server make a load of this, and writes it.
  void load(const Json& wanted);

 private:
  void open_session();
  [[nodiscard]] Json registered();
  void write(const Json& load);
  Json book_collected();

  std::unique_ptr<cards::OpenReader> reader_;
  Call call_;
  card::Terminal terminal_;
  card::About about_;
};

// What a trouble with a card means to the one at the desk.
[[nodiscard]] std::string text_of(card::Trouble trouble);

}  // namespace lk::tools::sell
