// SPDX-License-Identifier: Apache-2.0
// Any characters with any rests between them: the session says bounded messages, and after a long rest a
// sign-on is answered again.
#include "assert/assert.hpp"
#include "iec62056/data_set.hpp"
#include "iec62056/testing/bench_source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  using namespace lk::iec62056;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  (void)parse_obis(text);
  (void)parse_decimal(text, static_cast<unsigned>(size % 6));
  Session session{{}};
  BenchSource source;
  std::int64_t now_ms = 0;
  const auto listen = [&](int turns) {
    for (; turns > 0 && session.due_ms() <= now_ms; --turns) {
      ensure(session.say(source, now_ms).size() <= Session::chunk_characters);
    }
  };
  for (const char c : text) {
    now_ms += c == '\x7F' ? 2'500 : 20;
    session.take(c, source, now_ms);
    if (c == '\n' || c == '\x7E') {
      now_ms += Session::reaction_ms;
      listen(1 + static_cast<int>(size % 8));
    }
  }
  for (int i = 0; i < 8; ++i) {
    now_ms += Session::programming_wait_ms;
    listen(1'000);
  }
  ensure(session.baud() == Session::sign_on_baud);
  for (const char c : std::string_view{"/?!\r\n"}) session.take(c, source, ++now_ms);
  now_ms += Session::reaction_ms;
  ensure(session.say(source, now_ms).starts_with("/LKY"));
  return 0;
}
