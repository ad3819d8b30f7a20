// SPDX-License-Identifier: Apache-2.0
#include "panel/display.hpp"

namespace lk::panel {
namespace {

constexpr std::array<std::string_view, unit_count> unit_names{"",   "V",   "A", "W",     "var", "VA",
                                                              "Hz", "kWh", "¤", "¤/kWh", "s"};
constexpr std::array<std::string_view, symbol_count> symbol_names{
    "supply_on", "supply_off", "by_hand", "low_credit", "no_credit", "emergency", "token",
    "accepted",  "refused",    "locked",  "tamper",     "fault",     "export",    "scrolling"};

struct Shape {
  char character;
  std::uint8_t segments;
};

constexpr std::array<std::uint8_t, 10> digit_shapes{0x3F, 0x06, 0x5B, 0x4F, 0x66,
                                                    0x6D, 0x7D, 0x07, 0x7F, 0x6F};
constexpr std::array<Shape, 25> shapes{{{'-', 0x40}, {'_', 0x08}, {'A', 0x77}, {'b', 0x7C}, {'C', 0x39},
                                        {'c', 0x58}, {'d', 0x5E}, {'E', 0x79}, {'F', 0x71}, {'G', 0x3D},
                                        {'H', 0x76}, {'h', 0x74}, {'i', 0x04}, {'J', 0x1E}, {'L', 0x38},
                                        {'n', 0x54}, {'O', 0x3F}, {'o', 0x5C}, {'P', 0x73}, {'q', 0x67},
                                        {'r', 0x50}, {'S', 0x6D}, {'t', 0x78}, {'U', 0x3E}, {'y', 0x6E}}};

}  // namespace

std::string_view name_of(Unit unit) {
  const auto index = static_cast<std::size_t>(unit);
  return index < unit_names.size() ? unit_names[index] : std::string_view{};
}

std::string_view symbol_name(unsigned bit) {
  return bit < symbol_names.size() ? symbol_names[bit] : std::string_view{"unknown"};
}

std::uint8_t segments(char character) {
  if (character >= '0' && character <= '9') return digit_shapes[static_cast<std::size_t>(character - '0')];
  for (const Shape& shape : shapes) {
    if (shape.character == character) return shape.segments;
  }
  return 0;
}

}  // namespace lk::panel
