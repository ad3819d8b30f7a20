// SPDX-License-Identifier: Apache-2.0
#include "gateway/command/command.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bytes/bytes.hpp"
#include "gateway/command/verdict.hpp"

namespace lk::gateway {
namespace {

using nlohmann::json;

const std::string token = "12345678901234567890";

// A sealed order with this sequence number; what is in it else does not matter here.
std::string order_hex(std::uint32_t sequence) {
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", sequence);
  return "01000000000013" + std::string{digits} + "ffffffff0100" + std::string(32, 'a');
}

json good_token() {
  return {{"id", "a-1"},
          {"meter", "07000000019"},
          {"kind", "token"},
          {"token", token},
          {"expires", 1790000060000}};
}

TEST(Command, is_read_from_its_message) {
  EXPECT_EQ(parse_command(good_token().dump()),
            (Command{"a-1", "07000000019", CommandKind::token, token, 1790000060000}));
  json order = good_token();
  order.erase("token");
  order["kind"] = "order";
  order["order"] = order_hex(9);
  EXPECT_EQ(parse_command(order.dump()),
            (Command{"a-1", "07000000019", CommandKind::order, order_hex(9), 1790000060000}));
}

json events_of(const json& from, const json& to) {
  json message = good_token();
  message.erase("token");
  message["kind"] = "events";
  message["from"] = from;
  message["to"] = to;
  return message;
}

TEST(Command, for_events_has_their_range) {
  const auto command = parse_command(events_of(17, 21).dump());
  ASSERT_TRUE(command);
  EXPECT_EQ(command->kind, CommandKind::events);
  EXPECT_EQ(event_range(*command).from, 17);
  EXPECT_EQ(event_range(*command).to, 21);
  const auto widest = parse_command(events_of(1, INT64_MAX).dump());
  ASSERT_TRUE(widest);
  EXPECT_EQ(event_range(*widest).to, INT64_MAX);
}

TEST(BadEvents, are_refused) {
  for (const auto& [from, to] : std::vector<std::pair<json, json>>{
           {0, 5}, {-1, 5}, {6, 5}, {"1", 5}, {1, nullptr}, {1, 2.5}, {1, UINT64_MAX}}) {
    const auto parsed = parse_command(events_of(from, to).dump());
    ASSERT_FALSE(parsed) << from << " " << to;
    EXPECT_EQ(parsed.error().what, "from, to: not numbers of events");
  }
  json with_token = events_of(1, 2);
  with_token["token"] = token;
  EXPECT_EQ(parse_command(with_token.dump()).error().what, "token: not a field of this command");
}

struct BadRow {
  const char* name;
  std::string payload;
  const char* id;    // whom the gateway can answer
  const char* says;  // begins the reason
};

json with(const char* key, const json& value) {
  json message = good_token();
  message[key] = value;
  return message;
}
json without(const char* key) {
  json message = good_token();
  message.erase(key);
  return message;
}

class BadMessage : public testing::TestWithParam<BadRow> {};

TEST_P(BadMessage, is_refused_by_name) {
  const auto parsed = parse_command(GetParam().payload);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().id, GetParam().id);
  EXPECT_EQ(parsed.error().what.find(GetParam().says), 0U) << parsed.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    rows, BadMessage,
    testing::Values(BadRow{"empty", "", "", "not a JSON object"},
                    BadRow{"no_json", "{", "", "not a JSON object"},
                    BadRow{"list", "[]", "", "not a JSON object"},
                    BadRow{"no_id", without("id").dump(), "", "id"},
                    BadRow{"id_is_a_number", with("id", 3).dump(), "", "id"},
                    BadRow{"id_is_long", with("id", std::string(65, 'x')).dump(), "", "id"},
                    BadRow{"id_with_a_space", with("id", "a b").dump(), "", "id"},
                    BadRow{"no_meter", without("meter").dump(), "a-1", "meter"},
                    BadRow{"no_kind", without("kind").dump(), "a-1", "kind"},
                    BadRow{"other_kind", with("kind", "dance").dump(), "a-1", "kind"},
                    BadRow{"no_token", without("token").dump(), "a-1", "token"},
                    BadRow{"short_token", with("token", "123").dump(), "a-1", "token"},
                    BadRow{"token_of_letters", with("token", "1234567890123456789x").dump(), "a-1", "token"},
                    BadRow{"no_expiry", without("expires").dump(), "a-1", "expires"},
                    BadRow{"expiry_is_a_text", with("expires", "soon").dump(), "a-1", "expires"},
                    BadRow{"unknown_field", with("colour", "red").dump(), "a-1", "colour"},
                    BadRow{"order_in_a_token", with("order", order_hex(9)).dump(), "a-1", "order"},
                    BadRow{"no_order", with("kind", "order").dump(), "a-1", "order"}),
    [](const auto& row) { return row.param.name; });

TEST(BadOrder, is_refused) {
  for (const std::string& order : {std::string{}, std::string{"zz"}, order_hex(1).substr(2),
                                   order_hex(1) + "a", order_hex(1) + std::string(92, '0')}) {
    json message = without("token");
    message["kind"] = "order";
    message["order"] = order;
    EXPECT_FALSE(parse_command(message.dump())) << order;
  }
}

TEST(Result, is_that_of_the_format_document) {
  CommandResult result;
  result.outcome = Outcome::done;
  result.result = 1;
  result.value = 10000624;
  result.attempts = 1;
  EXPECT_EQ(
      json::parse(result_payload("x", "07000000019", CommandKind::token, result, 5)),
      json::parse(
          R"({"id": "x", "meter": "07000000019", "outcome": "done", "result": 1, "result_name": "accepted",
                            "value": 10000624, "attempts": 1, "ts": 5})"));
  CommandResult failed;
  failed.error = "unknown_meter";
  EXPECT_EQ(
      json::parse(result_payload("x", "m", CommandKind::token, failed, 5)),
      json::parse(R"({"id": "x", "meter": "m", "outcome": "failed", "error": "unknown_meter", "attempts": 0,
                            "ts": 5})"));
}

struct TokenRow {
  const char* name;
  std::string entry;
  std::uint16_t result;
  bool confirmed;
  Verdict::Kind verdict;
};

class TokenVerdict : public testing::TestWithParam<TokenRow> {};

TEST_P(TokenVerdict, follows_from_the_registers) {
  std::array<std::byte, 34> registers{};
  bytes::Writer writer{registers};
  for (const char digit : GetParam().entry) writer.byte(static_cast<std::uint8_t>(digit));
  writer.big(GetParam().result);
  writer.big<std::int64_t>(777);
  writer.big<std::uint32_t>(1);
  const Command command{"x", "m", CommandKind::token, token, 0};
  const Verdict verdict = judge(command, registers, GetParam().confirmed);
  EXPECT_EQ(verdict.kind, GetParam().verdict);
  EXPECT_EQ(verdict.result, GetParam().result);
  EXPECT_EQ(verdict.value, 777);
}

const std::string other(20, '7');
INSTANTIATE_TEST_SUITE_P(
    rows, TokenVerdict,
    testing::Values(TokenRow{"accepted", token, 1, true, Verdict::Kind::done},
                    TokenRow{"used_is_accepted_before", token, 10, true, Verdict::Kind::done},
                    TokenRow{"accepted_although_the_answer_was_lost", token, 1, false, Verdict::Kind::done},
                    TokenRow{"section_of_a_key_change", token, 2, true, Verdict::Kind::done},
                    TokenRow{"last_section_that_came", token, 18, true, Verdict::Kind::done},
                    TokenRow{"refused", token, 13, true, Verdict::Kind::refused},
                    TokenRow{"overflow", token, 4, true, Verdict::Kind::refused},
                    TokenRow{"an_old_refusal_does_not_count", token, 4, false, Verdict::Kind::silent},
                    TokenRow{"not_ready", token, 16, true, Verdict::Kind::again},
                    TokenRow{"nothing_yet", token, 0, true, Verdict::Kind::silent},
                    TokenRow{"somebody_elses_token", other, 1, true, Verdict::Kind::silent},
                    TokenRow{"somebody_elses_token_unconfirmed", other, 1, false, Verdict::Kind::silent}),
    [](const auto& row) { return row.param.name; });

struct OrderRow {
  const char* name;
  std::uint32_t answered;
  std::uint16_t result;
  bool confirmed;
  Verdict::Kind verdict;
};

class OrderVerdict : public testing::TestWithParam<OrderRow> {};

TEST_P(OrderVerdict, follows_from_the_registers) {
  std::array<std::byte, 14> registers{};
  bytes::Writer writer{registers};
  writer.big(GetParam().result);
  writer.big(GetParam().answered);
  writer.big<std::int64_t>(-5);
  const Command command{"x", "m", CommandKind::order, order_hex(9), 0};
  const Verdict verdict = judge(command, registers, GetParam().confirmed);
  EXPECT_EQ(verdict.kind, GetParam().verdict);
  EXPECT_EQ(verdict.value, -5);
}

INSTANTIATE_TEST_SUITE_P(
    rows, OrderVerdict,
    testing::Values(OrderRow{"done", 9, 1, true, Verdict::Kind::done},
                    OrderRow{"already_done", 9, 2, true, Verdict::Kind::done},
                    OrderRow{"done_although_the_answer_was_lost", 9, 1, false, Verdict::Kind::done},
                    OrderRow{"refused", 9, 3, true, Verdict::Kind::refused},
                    OrderRow{"an_old_refusal_does_not_count", 9, 3, false, Verdict::Kind::silent},
                    OrderRow{"not_ready", 9, 4, true, Verdict::Kind::again},
                    OrderRow{"nothing_yet", 9, 0, true, Verdict::Kind::silent},
                    OrderRow{"another_order", 8, 1, true, Verdict::Kind::silent},
                    OrderRow{"an_unknown_code", 9, 99, true, Verdict::Kind::silent}),
    [](const auto& row) { return row.param.name; });

TEST(Entry, of_a_token_is_its_twenty_digits) {
  const Command command{"x", "m", CommandKind::token, token, 0};
  EXPECT_EQ(entry_block(command), (Block{0x5100, 10}));
  EXPECT_EQ(entry_registers(command)[0], std::byte{'1'});
  EXPECT_EQ(result_block(CommandKind::token), (Block{0x5100, 17}));
}

TEST(Entry, of_an_order_is_its_size_and_bytes_in_whole_registers) {
  const Command command{"x", "m", CommandKind::order, order_hex(9), 0};  // 33 bytes
  EXPECT_EQ(entry_block(command), (Block{0x5200, 18}));
  const auto registers = entry_registers(command);
  EXPECT_EQ(registers.size(), 36U);
  EXPECT_EQ(registers[1], std::byte{33});
  EXPECT_EQ(registers[2], std::byte{1});
  EXPECT_EQ(registers.back(), std::byte{0});
  EXPECT_EQ(result_block(CommandKind::order), (Block{0x5240, 7}));
}

}  // namespace
}  // namespace lk::gateway
