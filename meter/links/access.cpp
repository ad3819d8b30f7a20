// SPDX-License-Identifier: Apache-2.0
#include "meter/links/access.hpp"

#include <algorithm>

#include "bytes/bytes.hpp"

namespace lk::links {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::int64_t all_permissions = 0x7F;

}  // namespace

bool Access::allows(Permission permission, Device& device) {
  const auto bits = static_cast<std::uint64_t>(device.number(dictionary::Id::dlt_permissions, 0));
  return (bits & static_cast<std::uint64_t>(permission)) != 0;
}

bool Access::is_in_use(Device& device) {
  return (device.number(dictionary::Id::dlt_permissions, 0) & all_permissions) != 0;
}

bool Access::restore(std::span<const std::byte> stored) {
  bytes::Reader reader{stored};
  Access read;
  const bool is_version = reader.byte() == version;
  for (Password& password : read.passwords_) {
    const auto bytes = reader.take(password_bytes);
    std::ranges::copy(bytes, password.begin());
  }
  read.wrong_count_ = reader.byte();
  read.locked_until_s_ = reader.little<std::uint32_t>();
  read.return_at_s_ = reader.little<std::uint32_t>();
  read.is_return_by_hand_ = reader.byte() == 1;
  for (std::uint32_t& number : read.hidden_) number = reader.little<std::uint32_t>();
  const bool is_sound = is_version && reader.ok() && reader.left() == 0 && read.wrong_count_ <= tries_max;
  *this = is_sound ? read : Access{};
  return is_sound;
}

Access::Stored Access::encode() const {
  Stored stored{};
  bytes::Writer writer{stored};
  writer.byte(version);
  for (const Password& password : passwords_) writer.copy(password);
  writer.byte(wrong_count_);
  writer.little(locked_until_s_);
  writer.little(return_at_s_);
  writer.byte(is_return_by_hand_ ? 1 : 0);
  for (const std::uint32_t number : hidden_) writer.little(number);
  ensure(writer.ok() && writer.size_bytes() == stored.size());
  return stored;
}

bool Access::keep(Station& station, const Access& before, const Programmer* who) {
  if (station.keep(encode(), who)) return true;
  *this = before;
  return false;
}

bool Access::is_locked_out(Station& station) const {
  return locked_until_s_ != 0 && station.clock_s() < locked_until_s_;
}

Access::Verdict Access::judge(std::uint8_t level, const Password& password, Station& station) {
  if (is_locked_out(station)) return Verdict::locked_out;
  const Access before = *this;
  if (locked_until_s_ != 0) {  // the day is over
    locked_until_s_ = 0;
    wrong_count_ = 0;
  }
  if (level < level_count && passwords_[level] == password) {
    if (before.wrong_count_ == 0) return Verdict::right;
    wrong_count_ = 0;
    return keep(station, before) ? Verdict::right : Verdict::wrong;
  }
  ++wrong_count_;
  if (wrong_count_ >= tries_max) locked_until_s_ = station.clock_s() + lock_out_s;
  (void)station.keep(encode(), nullptr);  // it counts also where it could not be kept
  return Verdict::wrong;
}

bool Access::change(std::uint8_t level, const Password& password, const Programmer& who, Station& station) {
  ensure(level < level_count);
  const Access before = *this;
  passwords_[level] = password;
  return keep(station, before, &who);
}

std::uint32_t Access::hidden_until(records::Log log) const {
  const auto index = static_cast<std::size_t>(log);
  return index < hidden_.size() ? hidden_[index] : 0;
}

bool Access::hide(records::Log log, const Programmer& who, Station& station) {
  const Access before = *this;
  hidden_[static_cast<std::size_t>(log)] = station.log_range(log).next - 1;
  return keep(station, before, &who);
}

bool Access::hide_all(const Programmer& who, Station& station) {
  const Access before = *this;
  for (std::size_t log = 0; log < hidden_.size(); ++log)
    hidden_[log] = station.log_range(static_cast<records::Log>(log)).next - 1;
  return keep(station, before, &who);
}

bool Access::plan_return(std::uint32_t at_s, bool by_hand, Station& station) {
  const Access before = *this;
  return_at_s_ = at_s;
  is_return_by_hand_ = by_hand;
  return keep(station, before);
}

// The plan is put away while it is carried out: a station's command looks at what is due, too.
void Access::poll(Station& station) {
  if (return_at_s_ == 0 || station.clock_s() < return_at_s_) return;
  const std::uint32_t planned_s = return_at_s_;
  return_at_s_ = 0;
  const order::Command command = is_return_by_hand_ ? order::Command{order::Permit{}} : order::Close{};
  if (station.command(command, nullptr) == CommandResult::done) {
    (void)station.keep(encode(), nullptr);
  } else {
    return_at_s_ = planned_s;
  }
}

}  // namespace lk::links
