// SPDX-License-Identifier: Apache-2.0
#include "meter/links/infrared.hpp"

namespace lk::links {
namespace {

constexpr std::int64_t us_per_ms = 1'000;

}  // namespace

void Infrared::take(std::byte byte, Dlt645Slave& slave, const Dlt645Context& context, quantity::Instant now) {
  answer_bytes_ = 0;
  due_ = now + silence;
  if (const auto frame = receiver_.take(byte, now.unix_ms() * us_per_ms)) serve(*frame, slave, context, now);
}

std::string_view Infrared::say(Dlt645Slave& slave, const Dlt645Context& context, quantity::Instant now) {
  if (now < due_) return {};
  due_ = never;
  if (answer_bytes_ == 0) {
    if (const auto frame = receiver_.silence()) serve(*frame, slave, context, now);
    return {};
  }
  const std::size_t size_bytes = answer_bytes_;
  answer_bytes_ = 0;
  return {reinterpret_cast<const char*>(answer_.data()), size_bytes};
}

void Infrared::serve(const dlt645::Frame& request, Dlt645Slave& slave, const Dlt645Context& context,
                     quantity::Instant now) {
  Dlt645Context here = context;
  here.is_infrared = true;
  answer_bytes_ = slave.serve(request, answer_, here);
  due_ = answer_bytes_ > 0 ? now + reaction : never;
}

}  // namespace lk::links
