// SPDX-License-Identifier: Apache-2.0
#include "modbus/slave.hpp"

#include <gtest/gtest.h>

#include <array>

#include "modbus/master.hpp"
#include "bytes/testing/hex.hpp"

namespace lk::modbus {
namespace {

using bytes::hex;

std::array<std::byte, max_frame_bytes> room{};

std::string text(std::size_t size_bytes) {
  return hex(std::span<const std::byte>{room}.first(size_bytes));
}

std::vector<std::byte> sealed(std::string_view body) {
  std::vector<std::byte> frame = hex(body);
  frame.resize(frame.size() + 2);
  (void)seal_frame(frame, frame.size() - 2);
  return frame;
}

TEST(ModbusSlave, TakesRequestsApart) {
  const auto read_bytes = hex("01 04 00 00 00 02 71 CB");
  const auto read = parse_request(read_bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->is_read());
  EXPECT_EQ(read->address, 0);
  EXPECT_EQ(read->count, 2);

  const auto write_bytes = hex("01 10 00 1C 00 02 04 40 00 00 00 E7 36");
  const auto write = parse_request(write_bytes);
  ASSERT_TRUE(write.has_value());
  EXPECT_TRUE(write->is_write());
  EXPECT_EQ(write->address, 0x1C);
  EXPECT_EQ(hex(write->registers), "40 00 00 00");
  EXPECT_EQ(text(write_reply(room, *write)), "01 10 00 1C 00 02 80 0E");

  const auto single_bytes = hex("01 06 00 06 00 02 E8 0A");
  const auto single = parse_request(single_bytes);
  ASSERT_TRUE(single.has_value());
  EXPECT_EQ(hex(single->registers), "00 02");
  EXPECT_EQ(text(write_reply(room, *single)), "01 06 00 06 00 02 E8 0A");
}

TEST(ModbusSlave, TakesFilesAndDiagnosticsApart) {
  const auto files_bytes = sealed("01 14 0E 06 00 04 00 01 00 02 06 00 03 00 09 00 02");
  const auto files = parse_request(files_bytes);
  ASSERT_TRUE(files.has_value());
  ASSERT_EQ(files->exception, Exception::none);
  ASSERT_EQ(files->file_read_count(), 2U);
  EXPECT_EQ(files->file_read(1).file, 3);
  EXPECT_EQ(files->file_read(1).record, 9);
  EXPECT_EQ(files->file_read(1).length, 2);
  // The example of the application protocol, clause 6.14.
  FileReply reply{room, *files};
  std::ranges::copy(hex("0D FE 00 20"), reply.add(2).begin());
  std::ranges::copy(hex("33 CD 00 40"), reply.add(2).begin());
  EXPECT_TRUE(reply.add(120).empty()) << "does not fit";
  EXPECT_EQ(text(reply.end()).substr(0, 44), "01 14 0C 05 06 0D FE 00 20 05 06 33 CD 00 40");

  const auto counter_bytes = sealed("01 08 00 0B 00 00");
  const auto counter = parse_request(counter_bytes);
  ASSERT_TRUE(counter.has_value());
  EXPECT_EQ(counter->sub_function, static_cast<std::uint16_t>(Diagnostic::bus_messages));
  EXPECT_EQ(text(counter_reply(room, *counter, 0x1234)).substr(0, 17), "01 08 00 0B 12 34");
}

struct ShapeRow {
  const char* name;
  const char* body;
  Exception exception;
};

TEST(ModbusSlave, WrongShapeHasItsException) {
  const ShapeRow rows[] = {
      {"a file", "01 14 07 06 00 01 00 01 00 02", Exception::none},
      {"no file", "01 14 00", Exception::illegal_value},
      {"half a group", "01 14 06 06 00 01 00 01 00", Exception::illegal_value},
      {"another type of reference", "01 14 07 05 00 01 00 01 00 02", Exception::illegal_address},
      {"a record past the last", "01 14 07 06 00 01 27 10 00 02", Exception::illegal_address},
      {"restart", "01 08 00 01 FF 00", Exception::none},
      {"restart with another field", "01 08 00 01 12 34", Exception::illegal_value},
      {"a counter", "01 08 00 0C 00 00", Exception::none},
      {"a counter with a field", "01 08 00 0C 00 01", Exception::illegal_value},
      {"a sub-function that is not offered", "01 08 00 02 00 00", Exception::illegal_function},
      {"most registers", "01 03 00 00 00 7D", Exception::none},
      {"no register", "01 03 00 00 00 00", Exception::illegal_value},
      {"one register too many", "01 03 00 00 00 7E", Exception::illegal_value},
      {"a byte too many", "01 03 00 00 00 01 00", Exception::illegal_value},
      {"a byte too few", "01 03 00 00 01", Exception::illegal_value},
      {"byte count is not twice the count", "01 10 00 00 00 02 02 00 00", Exception::illegal_value},
      {"byte count is more than there is", "01 10 00 00 00 02 04 00 00", Exception::illegal_value},
      {"no registers to write", "01 10 00 00 00 00 00", Exception::illegal_value},
      {"single write without its value", "01 06 00 00", Exception::illegal_value},
      {"coils", "01 01 00 00 00 01", Exception::illegal_function},
      {"unknown function", "01 65", Exception::illegal_function},
      {"echo", "01 08 00 00 12 34", Exception::none},
      {"server id with data", "01 11 00", Exception::illegal_value},
      {"identification", "01 2B 0E 04 00", Exception::none},
      {"identification by an unknown code", "01 2B 0E 05 00", Exception::illegal_value},
      {"another interface", "01 2B 0D 01 00", Exception::illegal_function},
  };
  for (const ShapeRow& row : rows) {
    const auto frame = sealed(row.body);
    const auto request = parse_request(frame);
    ASSERT_TRUE(request.has_value()) << row.name;
    EXPECT_EQ(request->exception, row.exception) << row.name;
  }
}

TEST(ModbusSlave, AnswersAsTheVectors) {
  const auto read_bytes = hex("01 04 00 00 00 02 71 CB");
  EXPECT_EQ(text(read_reply(room, *parse_request(read_bytes), hex("43 66 80 00"))),
            "01 04 04 43 66 80 00 6F DF");
  const auto refused_bytes = hex("01 03 00 00 00 03 05 CB");
  EXPECT_EQ(text(exception_reply(room, *parse_request(refused_bytes), Exception::illegal_address)),
            "01 83 02 C0 F1");
}

TEST(ModbusSlave, EchoGoesBackUnchanged) {
  const auto frame = sealed("01 08 00 00 12 34");
  EXPECT_EQ(text(echo_reply(room, *parse_request(frame))), hex(frame));
}

constexpr IdentificationObject objects[] = {
    {0, "ACME"}, {1, "DDSY"}, {2, "1.0"}, {4, "Meter"}, {0x80, "deep"}};

std::string identify(std::uint8_t code, std::uint8_t object) {
  std::array<std::byte, max_frame_bytes> asked{};
  const std::size_t size_bytes = identification_request(asked, 1, code, object);
  const auto request = parse_request(std::span{asked}.first(size_bytes));
  const std::size_t answer_bytes = identification_reply(room, *request, objects);
  const auto frame = parse_frame(std::span<const std::byte>{room}.first(answer_bytes));
  return frame ? hex(frame->data) : "bad frame";
}

TEST(ModbusSlave, IdentifiesItself) {
  const std::string basic = "00 04 41 43 4D 45 01 04 44 44 53 59 02 03 31 2E 30";
  EXPECT_EQ(identify(1, 0), "0E 01 83 00 00 03 " + basic);
  EXPECT_EQ(identify(2, 0), "0E 02 83 00 00 04 " + basic + " 04 05 4D 65 74 65 72");
  EXPECT_EQ(identify(3, 0x80), "0E 03 83 00 00 01 80 04 64 65 65 70");
  EXPECT_EQ(identify(4, 2), "0E 04 83 00 00 01 02 03 31 2E 30");
  EXPECT_EQ(identify(1, 9), identify(1, 0)) << "an unknown object begins again";
  EXPECT_EQ(identify(4, 9), "02") << "alone it is an illegal address";
}

TEST(ModbusSlave, IdentificationThatDoesNotFitGoesOn) {
  const std::string long_text(80, 'x');
  const IdentificationObject many[] = {{0, long_text}, {1, long_text}, {2, long_text}, {3, "end"}};
  std::array<std::byte, max_frame_bytes> asked{};
  const auto frame_of = [&](std::uint8_t object) {
    const std::size_t size_bytes = identification_request(asked, 1, 2, object);
    const auto request = parse_request(std::span{asked}.first(size_bytes));
    const std::size_t answer_bytes = identification_reply(room, *request, many);
    return parse_frame(std::span<const std::byte>{room}.first(answer_bytes))->data;
  };
  const auto first = frame_of(0);
  EXPECT_EQ(first[3], std::byte{0xFF}) << "more follows";
  EXPECT_EQ(first[4], std::byte{3}) << "from object 3: the frame is full to its last byte";
  EXPECT_EQ(first[5], std::byte{3});
  const auto second = frame_of(3);
  EXPECT_EQ(second[3], std::byte{0});
  EXPECT_EQ(second[5], std::byte{1});
}

}  // namespace
}  // namespace lk::modbus
