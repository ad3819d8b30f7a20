// SPDX-License-Identifier: Apache-2.0
// Vectors: frames of makers' manuals and of mbpoll (Eastron SDM120, Acrel DTSD1352, AcuRev, ORNO WE-504).
#include "modbus/master.hpp"

#include <gtest/gtest.h>

#include <array>

#include "bytes/testing/hex.hpp"

namespace lk::modbus {
namespace {

using bytes::hex;

std::array<std::byte, max_frame_bytes> room{};

std::string text(std::size_t size_bytes) {
  return hex(std::span<const std::byte>{room}.first(size_bytes));
}

TEST(ModbusMaster, RequestsAreThoseOfTheManuals) {
  EXPECT_EQ(text(read_request(room, 1, Function::read_input_registers, 0, 2)), "01 04 00 00 00 02 71 CB");
  EXPECT_EQ(text(read_request(room, 1, Function::read_holding_registers, 0x3001, 6)),
            "01 03 30 01 00 06 9B 08");
  EXPECT_EQ(text(read_request(room, 0x11, Function::read_holding_registers, 0x0900, 6)),
            "11 03 09 00 00 06 C4 C4");
  EXPECT_EQ(text(write_request(room, 1, 6, std::uint16_t{2})), "01 06 00 06 00 02 E8 0A");
  EXPECT_EQ(text(write_request(room, 1, 0x001C, hex("40 00 00 00"))),
            "01 10 00 1C 00 02 04 40 00 00 00 E7 36");
  EXPECT_EQ(text(server_id_request(room, 1)), "01 11 C0 2C");
  EXPECT_EQ(text(identification_request(room, 1, 1, 0)), "01 2B 0E 01 00 70 77");
}

struct ReplyRow {
  const char* name;
  const char* request;
  const char* reply;
  const char* data;  // of a good reply; null where it must be refused
  ReplyError error;
};

TEST(ModbusMaster, RepliesAreCheckedAgainstTheirRequest) {
  constexpr ReplyError none{};
  const ReplyRow rows[] = {
      {"float", "01 04 00 00 00 02 71 CB", "01 04 04 43 66 80 00 6F DF", "43 66 80 00", none},
      {"written", "01 10 00 1C 00 02 04 40 00 00 00 E7 36", "01 10 00 1C 00 02 80 0E", "", none},
      {"identification", "01 2B 0E 01 00 70 77",
       "01 2B 0E 01 01 00 00 03 00 04 41 43 4D 45 01 04 44 44 53 59 02 03 31 2E 30 7C 05",
       "01 01 00 00 03 00 04 41 43 4D 45 01 04 44 44 53 59 02 03 31 2E 30", none},
      {"too short", "01 04 00 00 00 02 71 CB", "01 04 04", nullptr, ReplyError::too_short},
      {"damaged", "01 04 00 00 00 02 71 CB", "01 04 04 43 66 81 00 6F DF", nullptr, ReplyError::bad_crc},
      {"another slave", "11 03 09 00 00 06 C4 C4", "01 04 04 43 66 80 00 6F DF", nullptr,
       ReplyError::other_unit},
      {"another function", "01 03 00 00 00 03 05 CB", "01 04 04 43 66 80 00 6F DF", nullptr,
       ReplyError::other_function},
      {"another size", "01 03 30 01 00 06 9B 08", "01 03 00 20 F0", nullptr, ReplyError::wrong_size},
      {"another address written", "01 06 00 06 00 02 E8 0A", "01 06 00 07 00 02 B9 CA", nullptr,
       ReplyError::other_content},
  };
  for (const ReplyRow& row : rows) {
    const auto reply_bytes = hex(row.reply);
    const auto reply = parse_reply(hex(row.request), reply_bytes);
    if (row.data == nullptr) {
      ASSERT_FALSE(reply.has_value()) << row.name;
      EXPECT_EQ(reply.error(), row.error) << row.name;
    } else {
      ASSERT_TRUE(reply.has_value()) << row.name << ": error " << static_cast<int>(reply.error());
      EXPECT_EQ(hex(reply->data), row.data) << row.name;
    }
  }
}

TEST(ModbusMaster, ExceptionIsAnAnswer) {
  const auto reply_bytes = hex("01 83 02 C0 F1");
  const auto reply = parse_reply(hex("01 03 00 00 00 03 05 CB"), reply_bytes);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->exception, Exception::illegal_address);
}

TEST(ModbusMaster, RegistersComeHighByteFirst) {
  const auto reply_bytes = hex("01 04 04 43 66 80 00 6F DF");
  const auto reply = parse_reply(hex("01 04 00 00 00 02 71 CB"), reply_bytes);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->register_at(0), 0x4366);
  EXPECT_EQ(reply->register_at(1), 0x8000);
}

TEST(ModbusMaster, KnowsHowLongTheReplyWillBe) {
  EXPECT_EQ(expected_reply_bytes(hex("01 04 00 00 00 02 71 CB")), 9U);
  EXPECT_EQ(expected_reply_bytes(hex("01 06 00 06 00 02 E8 0A")), 8U);
  EXPECT_EQ(expected_reply_bytes(hex("01 11 C0 2C")), 0U);
}

TEST(ModbusMaster, FilesAndCountersAreCheckedAgainstTheirRequest) {
  std::array<std::byte, max_frame_bytes> request{};
  const auto asked = std::span{request}.first(file_request(request, 1, 4, 7, 2));
  EXPECT_EQ(hex(asked.first(10)), "01 14 07 06 00 04 00 07 00 02");
  const auto reply_to = [asked](std::string_view body) {
    std::vector<std::byte> frame = hex(body);
    frame.resize(frame.size() + 2);
    (void)seal_frame(frame, frame.size() - 2);
    const auto reply = parse_reply(asked, frame);
    return !reply ? "wrong" : reply->exception != Exception::none ? "exception" : "good";
  };
  EXPECT_STREQ(reply_to("01 14 06 05 06 0D FE 00 20"), "good");
  EXPECT_STREQ(reply_to("01 14 06 05 07 0D FE 00 20"), "wrong");
  EXPECT_STREQ(reply_to("01 14 04 03 06 0D FE"), "wrong");
  EXPECT_STREQ(reply_to("01 94 02"), "exception");

  const auto counter = std::span{request}.first(diagnostic_request(request, 1, 0x000B, 0));
  std::vector<std::byte> answer = hex("01 08 00 0B 00 2A 00 00");
  (void)seal_frame(answer, 6);
  const auto reply = parse_reply(counter, answer);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(hex(reply->data), "00 2A");
}

}  // namespace
}  // namespace lk::modbus
