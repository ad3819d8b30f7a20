// SPDX-License-Identifier: Apache-2.0
// One RS485 line: two wires that all stations share. Every byte takes 11 bit times; whoever talks is heard by
// all others when the byte's last bit has passed; bytes of two talkers that overlap in time become garbage
// for everybody who listens. On one end the masters (any number of them: `join`), on the other the meters,
// which hear through one receiver:
//
//   master ──bytes──►│                                   │──frame──► Slaves::answer
//   master ──bytes──►│ wire: 11 bits a byte, half duplex, │   after a silence of 3.5 characters
//   master ◄─bytes── │ collisions, noise by seed          │◄─answer── begins `turnaround` later
//
// Time is handed in and never goes back; `next()` says when the line wants it again. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <vector>

namespace lk::sim {

using LineTime = std::chrono::nanoseconds;  // since any fixed point, the same for all calls

inline constexpr std::size_t longest_frame_bytes = 256;  // Modbus over serial line V1.02, 2.5.1

// Time of one character: start, 8 data, parity or second stop, stop.
[[nodiscard]] LineTime character_time(std::uint32_t baud);
// The silence that ends a frame: 3.5 characters, 1.75 ms above 19 200 baud (Modbus over serial line
// V1.02, 2.5.1.1).
[[nodiscard]] LineTime frame_silence(std::uint32_t baud);

struct LineConfiguration {
  std::uint32_t baud = 9600;
  LineTime turnaround =
      std::chrono::milliseconds(2);  // from the end of a frame to the first bit of its answer
  double noise = 0.0;                // probability that a bit is flipped on its way
  std::uint64_t seed = 1;
};

// What the meters of the line do with a frame.
class Slaves {
 public:
  // Takes a whole frame as received (2 to 256 bytes, perhaps damaged) and returns the answer, empty for
  // silence.
  [[nodiscard]] virtual std::vector<std::byte> answer(std::span<const std::byte> frame) = 0;
  // How long they wait before the answer given last, where that is more than the line's turnaround.
  [[nodiscard]] virtual LineTime reaction() const { return {}; }
  // The rate that they have agreed on, 0 for that of the configuration: it applies once they have fallen
  // silent.
  [[nodiscard]] virtual std::uint32_t baud() const { return 0; }

 protected:
  ~Slaves() = default;
};

struct LineCounters {
  std::uint64_t frames = 0;      // complete frames the meters' receiver heard
  std::uint64_t overlong = 0;    // dropped, above 256 bytes
  std::uint64_t collisions = 0;  // bytes spoiled by another talker
  std::uint64_t noise = 0;       // bytes altered or lost by noise
};

class Line {
 public:
  using Master = std::uint32_t;

  // `slaves` must outlive the line.
  Line(const LineConfiguration& configuration, Slaves& slaves);

  [[nodiscard]] Master join();
  // Also takes back what it has not said yet.
  void leave(Master master);
  // Puts bytes on the wire, at once or behind what this master is still saying.
  void say(Master master, std::span<const std::byte> bytes, LineTime now);
  // Bytes that this master still has to say: a sender should wait while it is large.
  [[nodiscard]] std::size_t unsaid(Master master) const;
  // Lets everything happen that happens up to `now`, in order, the meters' answers included.
  void advance(LineTime now);
  // What this master has heard since the last call; nothing of what it said itself.
  [[nodiscard]] std::vector<std::byte> take_heard(Master master);
  // When something happens next that someone should see; nothing while the line is quiet. Bytes heard by
  // masters are bundled: up to one millisecond of them, as in a USB serial adapter.
  [[nodiscard]] std::optional<LineTime> next() const;
  [[nodiscard]] const LineCounters& counters() const { return counters_; }

 private:
  struct Saying {
    LineTime start;
    std::byte value;
    bool spoiled = false;
  };
  struct Talker {
    std::deque<Saying> saying;
    std::vector<std::byte> heard;
  };
  static constexpr Master slaves_id_ = 0;

  void queue(Talker& talker, std::span<const std::byte> bytes, LineTime start);
  [[nodiscard]] std::map<Master, Talker>::iterator first_to_end();
  void end_byte(Master from, Talker& talker);
  void adopt_baud();
  [[nodiscard]] std::optional<std::byte> through_noise(std::byte value);
  void receive(std::byte value, LineTime start);
  void end_frame(LineTime ended, LineTime now);
  [[nodiscard]] std::optional<LineTime> byte_begun_before(LineTime time) const;

  LineConfiguration configuration_;
  LineTime character_{};
  LineTime silence_{};
  Slaves& slaves_;
  std::map<Master, Talker> talkers_;
  Master last_master_ = slaves_id_;
  std::vector<std::byte> frame_;
  std::optional<LineTime> frame_ends_;  // when the silence after the latest byte is long enough
  std::mt19937_64 random_;
  LineCounters counters_;
  LineTime now_{};
};

}  // namespace lk::sim
