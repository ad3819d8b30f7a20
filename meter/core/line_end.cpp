// SPDX-License-Identifier: Apache-2.0
#include "meter/core/line_end.hpp"

#include "modbus/frame.hpp"

namespace lk::meter {
namespace {

// DL/T 645-2007, 5.2.5: an answer begins 20 ms after the request or later.
constexpr std::int64_t dlt645_reaction_us = 20'000;

}  // namespace

LineEnd::LineEnd(Meter& meter, links::Wire wire)
    : meter_(meter), wire_(wire), settings_(meter.line()), port_(std::in_place, settings_, wire) {}

void LineEnd::take(std::byte byte, std::int64_t at_us, quantity::Instant now) {
  if (size_bytes_ > 0) {
    answered();
  } else if (at_us - heard_us_ > modbus::timing_of(settings_.baud).t3_5_us) {
    adopt();  // a card or the optical port may have set the line
  }
  heard_us_ = at_us;
  serve(port_->take(byte, at_us), at_us, now);
}

void LineEnd::poll(std::int64_t at_us, quantity::Instant now) {
  if (size_bytes_ == 0) serve(port_->poll(at_us), at_us, now);
}

void LineEnd::serve(const links::Port::Heard& heard, std::int64_t at_us, quantity::Instant now) {
  if (!heard.modbus.empty()) {
    size_bytes_ = meter_.serve(heard.modbus, room_, now);
    due_us_ = heard_us_ + modbus::timing_of(settings_.baud).t3_5_us;
  } else if (heard.dlt645) {
    size_bytes_ = meter_.serve(*heard.dlt645, room_, now);
    due_us_ = heard_us_ + dlt645_reaction_us;
  } else {
    return;
  }
  if (due_us_ < at_us) due_us_ = at_us;
  if (size_bytes_ == 0) adopt();  // what is sent to all may set the line, too
}

void LineEnd::answered() {
  size_bytes_ = 0;
  adopt();
}

void LineEnd::adopt() {
  const links::LineSettings set = meter_.line();
  if (set == settings_) return;
  settings_ = set;
  port_.emplace(set, wire_);
}

}  // namespace lk::meter
