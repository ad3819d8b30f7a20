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

std::string keypad(Site& site, const Site::Place& place, const std::string& digits) {
  if (digits.size() != 20) return "error: a token has 20 digits";
  const auto answer = place.meter->key_in(std::span<const char, 20>(digits.data(), 20), site.now());
  if (!answer) return "error: the meter has no power";
  return std::string(dictionary::token_result_name(static_cast<std::uint16_t>(answer->result)));
}

}  // namespace

std::string obey(Site& site, std::string_view command) {
  std::istringstream text{std::string(command)};
  const Words words{std::istream_iterator<std::string>(text), std::istream_iterator<std::string>()};
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "status" && words.size() == 1) return status(site);
  if ((verb == "power-cut" || verb == "load" || verb == "keypad") && words.size() == 3) {
    const Site::Place* place = site.find(words[1]);
    if (place == nullptr) return "error: no meter " + words[1] + " in this building; `status` lists them";
    if (verb == "keypad") return keypad(site, *place, words[2]);
    return verb == "load" ? load(site, *place, words[2]) : power_cut(site, *place, words[2]);
  }
  return "error: unknown command; there are: power-cut NUMBER MS, load NUMBER WATTS, keypad NUMBER DIGITS, "
         "status";
}

}  // namespace lk::host
