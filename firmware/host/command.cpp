// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "dictionary/codec.hpp"
#include "dictionary/codes.hpp"
#include "dictionary/dictionary.hpp"
#include "firmware/host/control.hpp"
#include "modbus/master.hpp"

namespace lk::host {

namespace {

using Words = std::vector<std::string>;

constexpr std::int64_t longest_cut_ms = 24LL * 3600 * 1000;
constexpr std::int64_t most_watts = 30'000;

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// Asks the meter the way any master does, so that what is told is what the meter itself holds.
std::optional<std::int64_t> read(VirtualMeter& meter, dictionary::Id id, quantity::Instant now) {
  const dictionary::Row& row = dictionary::row(id);
  std::array<std::byte, modbus::max_frame_bytes> request;
  std::array<std::byte, modbus::max_frame_bytes> answer;
  const std::size_t request_size = modbus::read_request(
      request, meter.address(), modbus::Function::read_holding_registers, row.address, row.register_count);
  const auto asked = std::span(request).first(request_size);
  const std::size_t size = meter.serve(asked, answer, now);
  const auto reply = modbus::parse_reply(asked, std::span(answer).first(size));
  if (!reply || reply->exception != modbus::Exception::none) return std::nullopt;
  return dictionary::decode(row, reply->data);
}

nlohmann::ordered_json describe(const Site::Place& place, quantity::Instant now) {
  VirtualMeter& meter = *place.meter;
  nlohmann::ordered_json json = {{"number", meter.number()},
                                 {"line", place.line_index},
                                 {"address", meter.address()},
                                 {"power", meter.has_power()},
                                 {"relay", meter.is_closed() ? "closed" : "open"}};
  using dictionary::Id;
  for (const Id id : {Id::balance, Id::credited, Id::deducted, Id::priced_energy, Id::import_energy,
                      Id::export_energy, Id::active_power, Id::token_count}) {
    const auto value = read(meter, id, now);
    json[std::string(dictionary::row(id).name)] = value ? nlohmann::ordered_json(*value) : nullptr;
  }
  return json;
}

std::string status(Site& site) {
  nlohmann::ordered_json json = {{"clock", site.now().unix_ms()},
                                 {"meters", nlohmann::ordered_json::array()}};
  for (const Site::Place& place : site.places()) json["meters"].push_back(describe(place, site.now()));
  return json.dump();
}

std::string power_cut(Site& site, const Site::Place& place, const std::string& duration) {
  const auto ms = whole_number(duration);
  if (!ms || *ms < 0 || *ms > longest_cut_ms) return "error: MS must be a whole number from 0 to 86400000";
  place.meter->cut_power(site.now(), quantity::milliseconds(*ms));
  return "ok";
}

std::string load(Site& site, const Site::Place& place, const std::string& power) {
  const auto watts = whole_number(power);
  if (!watts || *watts < 0 || *watts > most_watts)
    return "error: WATTS must be a whole number from 0 to 30000";
  if (place.meter->is_feeder()) return "error: a feeder has no load of its own; put the load into a flat";
  site.set_extra_load(place, static_cast<double>(*watts));
  return "ok";
}

// A tamper contact, or what the meter finds out about itself, on or off.
std::string contact(Site& site, const Site::Place& place, const std::string& what, const std::string& state) {
  constexpr std::array<std::pair<std::string_view, bool guard::Inputs::*>, 4> named{
      {{"magnet", &guard::Inputs::magnetic_field},
       {"cover", &guard::Inputs::meter_cover},
       {"terminal", &guard::Inputs::terminal_cover},
       {"battery", &guard::Inputs::clock_battery}}};
  if (state != "on" && state != "off") return "error: say on (there, open, empty) or off";
  for (const auto& [name, field] : named) {
    if (what != name) continue;
    guard::Inputs contacts = place.meter->contacts();
    contacts.*field = state == "on";
    place.meter->set_contacts(contacts, site.now());
    return "ok";
  }
  return "error: CONTACT is magnet, cover, terminal or battery";
}

// An appliance switched on, or off with 0 W.
std::string appliance(Site& site, const Site::Place& place, const std::string& name,
                      const std::string& power) {
  const auto watts = whole_number(power);
  if (!watts || *watts < 0 || *watts > most_watts)
    return "error: WATTS must be a whole number from 0 to 30000";
  if (place.meter->is_feeder()) return "error: a feeder has no load of its own; put the load into a flat";
  std::string known;
  for (std::size_t i = 0; i < sim::kind_count; ++i) {
    const auto kind = static_cast<sim::Kind>(i);
    known += (i == 0 ? "" : ", ") + std::string(sim::name_of(kind));
    if (name != sim::name_of(kind)) continue;
    const bool is_done = site.set_appliance(place, {kind, static_cast<double>(*watts)});
    return is_done ? "ok" : "error: the load of this meter is a recording, which holds all that it draws";
  }
  return "error: KIND is " + known;
}

std::string bypass(Site& site, const Site::Place& place, const std::string& share) {
  const auto percent = whole_number(share);
  if (!percent || *percent < 0 || *percent > 100)
    return "error: PERCENT must be a whole number from 0 to 100";
  if (place.meter->is_feeder()) return "error: a feeder is not bypassed here; put the wire into a flat";
  site.set_bypass(place, static_cast<double>(*percent) / 100);
  return "ok";
}

std::string no_meter(const std::string& number) {
  return "error: no meter " + number + " in this building; `status` lists them";
}

std::string keypad(Site& site, const Site::Place& place, const std::string& digits) {
  if (digits.size() != 20) return "error: a token has 20 digits";
  const auto answer = place.meter->key_in(std::span<const char, 20>(digits.data(), 20), site.now());
  if (!answer) return "error: the meter has no power";
  return std::string(dictionary::token_result_name(static_cast<std::uint16_t>(answer->result)));
}

// One key, or the digits of many one behind the other.
std::string press(Site& site, const Site::Place& place, const std::string& keys) {
  constexpr std::array<std::pair<std::string_view, panel::Key>, 3> named{
      {{"erase", panel::Key::erase}, {"enter", panel::Key::enter}, {"page", panel::Key::page}}};
  if (!place.meter->has_power()) return "error: the meter has no power";
  for (const auto& [name, key] : named) {
    if (keys != name) continue;
    place.meter->press(key, site.now());
    return "ok";
  }
  if (keys.find_first_not_of("0123456789") != std::string::npos)
    return "error: KEY is digits, erase, enter or page";
  for (const char digit : keys) place.meter->press(static_cast<panel::Key>(digit - '0'), site.now());
  return "ok";
}

// What is in the slot, and what became of it.
std::string card_state(VirtualMeter& meter) {
  const auto outcome = meter.card_outcome();
  const nlohmann::ordered_json json = {
      {"inserted", meter.has_card()},
      {"busy", meter.is_reading_card()},
      {"outcome", outcome ? nlohmann::ordered_json(card::name_of(*outcome)) : nlohmann::ordered_json()}};
  return json.dump();
}

std::string card_slot(const Site::Place& place, const Words& words) {
  VirtualMeter& meter = *place.meter;
  if (words.size() == 2) return card_state(meter);
  const std::string& what = words[2];
  std::string trouble = "say: card NUMBER insert FILE, pull, metal, reversed, or nothing";
  if (words.size() == 4 && what == "insert") trouble = meter.tray().insert(words[3]);
  if (words.size() == 3 && what == "pull") trouble = meter.tray().pull();
  if (words.size() == 3 && what == "metal") trouble = meter.tray().insert_metal();
  if (words.size() == 3 && what == "reversed") trouble = meter.tray().insert_reversed();
  return trouble.empty() ? "ok" : "error: " + trouble;
}

std::string panel(Site& site, const Site::Place& place) {
  const auto frame = place.meter->panel_frame(site.now());
  if (!frame) return "error: the meter has no power";
  std::vector<std::string_view> symbols;
  for (unsigned bit = 0; bit < panel::symbol_count; ++bit) {
    if ((unsigned{frame->symbols} >> bit & 1U) != 0) symbols.push_back(panel::symbol_name(bit));
  }
  const bool has_code = frame->code != panel::no_code;
  const nlohmann::ordered_json json = {
      {"characters", std::string(frame->characters.begin(), frame->characters.end())},
      {"points", frame->points},
      {"code", has_code ? nlohmann::ordered_json(frame->code) : nullptr},
      {"unit", panel::name_of(frame->unit)},
      {"symbols", symbols},
      {"lamps", frame->lamps}};
  return json.dump();
}

}  // namespace

std::string obey(Site& site, std::string_view command) {
  std::istringstream text{std::string(command)};
  const Words words{std::istream_iterator<std::string>(text), std::istream_iterator<std::string>()};
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "status" && words.size() == 1) return status(site);
  if (verb == "panel" && words.size() == 2) {
    const Site::Place* place = site.find(words[1]);
    return place == nullptr ? no_meter(words[1]) : panel(site, *place);
  }
  if (verb == "card" && words.size() >= 2 && words.size() <= 4) {
    const Site::Place* place = site.find(words[1]);
    return place == nullptr ? no_meter(words[1]) : card_slot(*place, words);
  }
  if ((verb == "contact" || verb == "appliance") && words.size() == 4) {
    const Site::Place* place = site.find(words[1]);
    if (place == nullptr) return no_meter(words[1]);
    return verb == "contact" ? contact(site, *place, words[2], words[3])
                             : appliance(site, *place, words[2], words[3]);
  }
  if ((verb == "power-cut" || verb == "load" || verb == "bypass" || verb == "keypad" || verb == "press") &&
      words.size() == 3) {
    const Site::Place* place = site.find(words[1]);
    if (place == nullptr) return no_meter(words[1]);
    if (verb == "press") return press(site, *place, words[2]);
    if (verb == "bypass") return bypass(site, *place, words[2]);
    if (verb == "keypad") return keypad(site, *place, words[2]);
    return verb == "load" ? load(site, *place, words[2]) : power_cut(site, *place, words[2]);
  }
  return "error: unknown command; there are: power-cut NUMBER MS, load NUMBER WATTS, appliance NUMBER KIND "
         "WATTS, bypass NUMBER PERCENT, contact NUMBER CONTACT on|off, keypad NUMBER DIGITS, press NUMBER "
         "KEY, "
         "panel NUMBER, card NUMBER [insert FILE|pull|metal|reversed], status";
}

}  // namespace lk::host
