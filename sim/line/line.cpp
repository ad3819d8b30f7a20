// SPDX-License-Identifier: Apache-2.0
#include "sim/line/line.hpp"

#include <algorithm>
#include <utility>

#include "assert/assert.hpp"

namespace lk::sim {

namespace {

constexpr int bits_per_character = 11;
constexpr LineTime adapter_latency = std::chrono::milliseconds(1);

}  // namespace

LineTime character_time(std::uint32_t baud) {
  return LineTime{std::int64_t{bits_per_character} * 1'000'000'000 / baud};
}

LineTime frame_silence(std::uint32_t baud) {
  if (baud > 19'200) return std::chrono::microseconds(1750);
  return LineTime{std::int64_t{7} * bits_per_character * 1'000'000'000 / 2 / baud};
}

Line::Line(const LineConfiguration& configuration, Slaves& slaves)
    : configuration_(configuration), slaves_(slaves), random_(configuration.seed) {
  talkers_[slaves_id_];
  adopt_baud();
}

void Line::adopt_baud() {
  const std::uint32_t agreed = slaves_.baud();
  const std::uint32_t baud = agreed != 0 ? agreed : configuration_.baud;
  character_ = character_time(baud);
  silence_ = frame_silence(baud);
}

Line::Master Line::join() {
  talkers_[++last_master_];
  return last_master_;
}

void Line::leave(Master master) {
  talkers_.erase(master);
}

void Line::say(Master master, std::span<const std::byte> bytes, LineTime now) {
  advance(now);
  const bool is_quiet = frame_.empty() && first_to_end() == talkers_.end();
  if (is_quiet) adopt_baud();
  queue(talkers_.at(master), bytes, now);
}

std::size_t Line::unsaid(Master master) const {
  return talkers_.at(master).saying.size();
}

void Line::queue(Talker& talker, std::span<const std::byte> bytes, LineTime start) {
  if (!talker.saying.empty()) start = std::max(start, talker.saying.back().start + character_);
  for (const std::byte value : bytes) {
    talker.saying.push_back({.start = start, .value = value});
    start += character_;
  }
}

void Line::advance(LineTime now) {
  ensure(now >= now_);
  for (;;) {
    const auto talker = first_to_end();
    const bool byte_ends =
        talker != talkers_.end() && talker->second.saying.front().start + character_ <= now;
    const LineTime byte_end = byte_ends ? talker->second.saying.front().start + character_ : LineTime::max();
    if (frame_ends_ && *frame_ends_ <= now && *frame_ends_ < byte_end) {
      now_ = *frame_ends_;
      // A byte already on its way belongs to the frame: it sets the end anew, unless noise eats it.
      if (const auto byte = byte_begun_before(*frame_ends_)) {
        frame_ends_ = *byte + character_;
      } else {
        end_frame(*frame_ends_, now);
      }
    } else if (byte_ends) {
      now_ = byte_end;
      end_byte(talker->first, talker->second);
    } else {
      break;
    }
  }
  now_ = now;
}

std::map<Line::Master, Line::Talker>::iterator Line::first_to_end() {
  auto first = talkers_.end();
  for (auto it = talkers_.begin(); it != talkers_.end(); ++it) {
    if (it->second.saying.empty()) continue;
    if (first == talkers_.end() || it->second.saying.front().start < first->second.saying.front().start)
      first = it;
  }
  return first;
}

void Line::end_byte(Master from, Talker& talker) {
  Saying said = talker.saying.front();
  talker.saying.pop_front();
  for (auto& [id, other] : talkers_) {
    if (id == from || other.saying.empty() || other.saying.front().start >= said.start + character_) continue;
    other.saying.front().spoiled = true;
    said.spoiled = true;
  }
  if (said.spoiled) {
    ++counters_.collisions;
    said.value ^= std::byte{static_cast<std::uint8_t>(1 + random_() % 255)};
  }
  if (const auto value = through_noise(said.value)) {
    for (auto& [id, other] : talkers_) {
      if (id != from && id != slaves_id_) other.heard.push_back(*value);
    }
    if (from != slaves_id_) receive(*value, said.start);
  }
  if (from == slaves_id_ && talker.saying.empty()) adopt_baud();
}

// A flipped data or parity bit alters the byte; a flipped start or stop bit loses it.
std::optional<std::byte> Line::through_noise(std::byte value) {
  if (configuration_.noise <= 0.0) return value;
  std::bernoulli_distribution flips(configuration_.noise);
  std::byte seen = value;
  bool lost = false;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if (flips(random_)) seen ^= std::byte{static_cast<std::uint8_t>(1U << bit)};
  }
  for (int bit = 8; bit < bits_per_character; ++bit) lost = flips(random_) || lost;
  if (lost || seen != value) ++counters_.noise;
  if (lost) return std::nullopt;
  return seen;
}

void Line::receive(std::byte value, LineTime start) {
  if (frame_.size() <= longest_frame_bytes) frame_.push_back(value);
  frame_ends_ = start + character_ + silence_;
}

void Line::end_frame(LineTime ended, LineTime now) {
  frame_ends_.reset();
  const std::vector<std::byte> frame = std::move(frame_);
  frame_.clear();
  if (frame.size() > longest_frame_bytes) {
    ++counters_.overlong;
    return;
  }
  ++counters_.frames;
  const std::vector<std::byte> answer = slaves_.answer(frame);
  // What the meters needed to think shows up as a later `now` of the caller, never as an answer in the past.
  if (!answer.empty())
    queue(talkers_.at(slaves_id_), answer,
          std::max(ended + std::max(configuration_.turnaround, slaves_.reaction()), now));
}

std::optional<LineTime> Line::byte_begun_before(LineTime time) const {
  std::optional<LineTime> latest;
  for (const auto& [id, talker] : talkers_) {
    if (id == slaves_id_ || talker.saying.empty() || talker.saying.front().start >= time) continue;
    latest = std::max(latest.value_or(talker.saying.front().start), talker.saying.front().start);
  }
  return latest;
}

std::optional<LineTime> Line::next() const {
  std::optional<LineTime> next = frame_ends_;
  for (const auto& [id, talker] : talkers_) {
    if (talker.saying.empty()) continue;
    const LineTime first_end = talker.saying.front().start + character_;
    const LineTime last_end = talker.saying.back().start + character_;
    const LineTime wanted = std::min(last_end, first_end + adapter_latency);
    if (!next || wanted < *next) next = wanted;
  }
  return next;
}

std::vector<std::byte> Line::take_heard(Master master) {
  return std::exchange(talkers_.at(master).heard, {});
}

}  // namespace lk::sim
