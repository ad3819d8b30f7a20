// SPDX-License-Identifier: Apache-2.0
// The optical port: IEC 62056-21 mode C over the meter's values (docs/formats/iec62056.md). Reading is open.
// In programming mode tokens and sealed orders are taken as they come; clock and relay are set after a
// password, where the site lets passwords do that.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "iec62056/session.hpp"
#include "meter/links/dlt645_reader.hpp"
#include "quantity/quantity.hpp"

namespace lk::links {

class Optical {
 public:
  Optical() : session_(iec62056::Settings{}) {}

  void take(char character, const Dlt645Context& context, quantity::Instant now);
  // Valid until the next call.
  [[nodiscard]] std::string_view say(const Dlt645Context& context, quantity::Instant now);
  [[nodiscard]] quantity::Instant due() const { return quantity::Instant::of(session_.due_ms()); }
  [[nodiscard]] std::uint32_t baud() const { return session_.baud(); }
  [[nodiscard]] bool has_to_say() const { return session_.has_to_say(); }

 private:
  iec62056::Session session_;
};

// The dictionary as the optical port shows it.
class OpticalSource final : public iec62056::Source {
 public:
  explicit OpticalSource(const Dlt645Context& context) : context_(context) {}

  bool is_address(std::string_view address) override;
  std::string_view line(std::size_t index) override;
  std::expected<void, iec62056::Refusal> enter_password(std::string_view password) override;
  std::expected<std::string_view, iec62056::Refusal> read(std::string_view id) override;
  std::expected<void, iec62056::Refusal> write(std::string_view id, std::string_view value,
                                               bool is_open) override;

 private:
  using Result = std::expected<void, iec62056::Refusal>;
  std::string_view data_set(const dictionary::Row& row, std::uint16_t slot);
  std::string_view time_of_day(bool is_date);
  Result enter_token(std::string_view digits);
  Result enter_order(std::string_view digits);
  Result set_clock(std::string_view digits, bool is_date, bool is_open);
  Result switch_supply(std::string_view value, bool is_open);
  Result give(const order::Command& command, std::uint32_t what);

  Dlt645Context context_;
  std::array<char, 128> room_{};
};

}  // namespace lk::links
