// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "card/t0_card.hpp"
#include "card/t0_reader.hpp"
#include "card/testing/bench.hpp"
#include "card/testing/hex.hpp"

namespace lk::card {
namespace {

using quantity::Instant;
using testing::from_hex;
using testing::to_hex;
using State = T0Reader::State;

class Applet final : public T0Card::Applet {
 public:
  explicit Applet(testing::Bench& bench) : bench_(bench) {}
  std::span<const std::byte> serve(std::span<const std::byte> command,
                                   std::span<std::byte, response_max_bytes> room) override {
    return bench_.card.serve(command, room);
  }

 private:
  testing::Bench& bench_;
};

// A reader on a line with a real card's end of the protocol.
class Line final : public Reader {
 public:
  explicit Line(testing::Bench& bench) : applet_(bench), card_(applet_) { card_.reset({}); }

  std::optional<std::span<const std::byte>> transmit(std::span<const std::byte> command,
                                                     std::span<std::byte, response_max_bytes> room) override {
    reader_.begin(command, now_);
    while (reader_.state() == State::busy) {
      now_ = now_ + quantity::milliseconds(1);
      if (const auto sent = reader_.next(now_)) {
        card_.receive(*sent);
      } else if (const auto heard = card_.next()) {
        reader_.receive(*heard, now_);
      }
      reader_.poll(now_);
    }
    if (reader_.state() != State::done) return std::nullopt;
    std::ranges::copy(reader_.response(), room.begin());
    return room.first(reader_.response().size());
  }

 private:
  Applet applet_;
  T0Card card_;
  T0Reader reader_;
  Instant now_;
};

TEST(T0, CarriesAWholeSession) {
  testing::Bench bench;
  bench.personalise();
  Line line(bench);
  Terminal terminal(line);
  ASSERT_TRUE(terminal.open());
  ASSERT_TRUE(terminal.authenticate(
      Role::desk, key_of_card(testing::meter_card_key, Role::desk, testing::card_serial), testing::key(5)));
  std::vector<std::byte> content(500);
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = std::byte{static_cast<std::uint8_t>(i)};
  ASSERT_TRUE(terminal.write(File::load, 0, content));
  std::vector<std::byte> read(500);
  ASSERT_TRUE(terminal.read(File::load, 0, read));
  EXPECT_EQ(read, content);
}

// The reader against the characters of another maker's card.
State play(T0Reader& reader, std::string_view command, std::string_view script, std::string& sent) {
  Instant now;
  reader.begin(from_hex(command), now);
  const auto take_all = [&] {
    while (const auto c = reader.next(now)) sent += to_hex({&*c, 1});
  };
  take_all();
  for (const std::byte c : from_hex(script)) {
    reader.receive(c, now);
    take_all();
  }
  return reader.poll(now + quantity::seconds(2));
}

TEST(T0, ProcedureBytesAreFollowed) {
  struct Row {
    const char* name;
    const char* command;
    const char* card;
    State state;
    const char* sent;
    const char* response;
  };
  const std::vector<Row> rows{
      {"case 1", "000e8400", "9000", State::done, "000e840000", "9000"},
      {"all at once", "00b0810002", "b0aabb9000", State::done, "00b0810002", "aabb9000"},
      {"one by one", "00b0810002", "4faa4fbb9000", State::done, "00b0810002", "aabb9000"},
      {"waits", "00b0810001", "6060b0aa9000", State::done, "00b0810001", "aa9000"},
      {"refuses", "00b0810001", "6982", State::done, "00b0810001", "6982"},
      {"other length", "00b0810001", "6c02b0aabb9000", State::done, "00b081000100b0810002", "aabb9000"},
      {"takes data", "00d68100020102", "d69000", State::done, "00d68100020102", "9000"},
      {"takes data one by one", "00d68100020102", "29299000", State::done, "00d68100020102", "9000"},
      {"has an answer", "0082000102010210", "826103c0aabbcc9000", State::done, "0082000102010200c0000003",
       "aabbcc9000"},
      {"answers in two", "0082000102010200", "826101c0aa6101c0bb9000", State::done,
       "0082000102010200c000000100c0000001", "aabb9000"},
      {"says nothing", "00b0810001", "", State::silent, "00b0810001", ""},
      {"stops in the middle", "00b0810002", "b0aa", State::silent, "00b0810002", "aa"},
      {"half a status", "00b0810002", "90", State::silent, "00b0810002", ""},
      {"babbles", "00b0810001", "11", State::disturbed, "00b0810001", ""},
      {"data without need", "000e8400", "0e", State::disturbed, "000e840000", ""},
      {"more without end", "0082000102010200",
       "82"
       "610161016101610161016101610161016101",
       State::done,
       "0082000102010200c000000100c000000100c000000100c000000100c000000100c000000100c000000100c0000001",
       "6101"},
  };
  for (const Row& row : rows) {
    T0Reader reader;
    std::string sent;
    EXPECT_EQ(play(reader, row.command, row.card, sent), row.state) << row.name;
    EXPECT_EQ(sent, row.sent) << row.name;
    EXPECT_EQ(to_hex(reader.response()), row.response) << row.name;
  }
}

TEST(T0, AnyNoiseEndsInTime) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 2000; ++round) {
    T0Reader reader;
    Instant now;
    reader.begin(from_hex("0082000102010200"), now);
    for (int i = 0; i < 600; ++i) {
      (void)reader.next(now);
      reader.receive(std::byte{static_cast<std::uint8_t>(random())}, now);
    }
    EXPECT_NE(reader.poll(now + quantity::seconds(2)), State::busy);
    EXPECT_LE(reader.response().size(), response_max_bytes);
  }
}

}  // namespace
}  // namespace lk::card
