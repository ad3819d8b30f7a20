// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/panel/picture.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "panel/display.hpp"

namespace lk::tools {
namespace {

constexpr std::size_t width = 42;

// One of the three lines of a character: what stands left, in the middle and right.
std::string cell(char character, std::size_t line, bool has_point) {
  const unsigned lit = panel::segments(character);
  const auto mark = [lit](unsigned segment, char shape) { return (lit >> segment & 1U) != 0 ? shape : ' '; };
  std::string text;
  switch (line) {
    case 0:
      text = {' ', mark(0, '_'), ' '};
      break;
    case 1:
      text = {mark(5, '|'), mark(6, '_'), mark(1, '|')};
      break;
    default:
      text = {mark(4, '|'), mark(3, '_'), mark(2, '|')};
      break;
  }
  return text + (line == 2 && has_point ? '.' : ' ');
}

std::string padded(std::string text, std::size_t shown) {
  if (shown < width) text.append(width - shown, ' ');
  return "│" + text + "│";
}

// How many places a UTF-8 text takes, as long as each of its characters takes one.
std::size_t places(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
  return count;
}

std::string lamp(const PanelView& view, panel::Lamp bit, const char* name, const char* colour,
                 bool has_colour) {
  const bool is_lit = (view.lamps & bit) != 0;
  const std::string sign = is_lit ? "●" : "○";
  return (is_lit && has_colour ? colour + sign + "\033[0m" : sign) + " " + name + "  ";
}

}  // namespace

std::optional<PanelView> parse_panel(const std::string& json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("characters")) return std::nullopt;
  PanelView view;
  view.characters = parsed.value("characters", "");
  view.points = parsed.value("points", std::uint8_t{0});
  if (parsed.contains("code") && parsed["code"].is_number()) view.code = parsed["code"].get<int>();
  view.unit = parsed.value("unit", "");
  view.symbols = parsed.value("symbols", std::vector<std::string>{});
  view.lamps = parsed.value("lamps", std::uint8_t{0});
  return view;
}

std::string line_of(const PanelView& view) {
  std::string text = view.code ? std::to_string(*view.code) : "--";
  text += "  ";
  for (std::size_t i = 0; i < view.characters.size(); ++i) {
    text += view.characters[i];
    if ((unsigned{view.points} >> i & 1U) != 0) text += '.';
  }
  return text + (view.unit.empty() ? "" : " " + view.unit);
}

std::vector<std::string> picture_of(const PanelView& view, bool has_colour) {
  std::string edge;
  for (std::size_t i = 0; i < width; ++i) edge += "─";
  std::vector<std::string> lines{"┌" + edge + "┐"};
  for (std::size_t line = 0; line < 3; ++line) {
    std::string text = "  ";
    for (std::size_t i = 0; i < view.characters.size(); ++i) {
      text += cell(view.characters[i], line, (unsigned{view.points} >> i & 1U) != 0);
    }
    if (line == 0 && view.code) text += " [" + std::to_string(*view.code) + "]";
    if (line == 2) text += " " + view.unit;
    lines.push_back(padded(text, places(text)));
  }
  std::array<std::string, 2> rows;
  for (const std::string& symbol : view.symbols) {
    std::string& row = rows[0].size() + symbol.size() + 2 <= width ? rows[0] : rows[1];
    row += " " + symbol;
  }
  lines.push_back(padded("", 0));
  for (const std::string& row : rows) lines.push_back(padded(row, row.size()));
  lines.push_back("└" + edge + "┘");
  lines.push_back(" " + lamp(view, panel::lamp_credit_green, "credit", "\033[32m", has_colour) +
                  lamp(view, panel::lamp_credit_red, "low", "\033[31m", has_colour) +
                  lamp(view, panel::lamp_supply, "supply", "\033[33m", has_colour) +
                  lamp(view, panel::lamp_alarm, "alarm", "\033[31m", has_colour) +
                  lamp(view, panel::lamp_buzzer, "buzzer", "\033[36m", has_colour));
  return lines;
}

}  // namespace lk::tools
