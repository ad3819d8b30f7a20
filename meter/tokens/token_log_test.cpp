// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/token_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace lk::tokens {
namespace {

LogEntry entry_of(std::uint32_t number, std::string_view token = "51043465443420856213") {
  LogEntry entry{.number = number,
                 .time_s = 1'790'000'000,
                 .result = sts::TokenResult::accept,
                 .token_identifier = 0xFF'FFFF,
                 .amount = quantity::units(-3)};
  std::ranges::copy(token, entry.characters.begin());
  return entry;
}

TEST(TokenLog, AnEntryComesBackFromItsBytes) {
  for (const std::string_view token :
       {"51043465443420856213", "00000000000000000000", "73786976294838206463"}) {
    EXPECT_EQ(decode_log_entry(encode(entry_of(7, token))), entry_of(7, token)) << token;
  }
}

TEST(TokenLog, WhatIsNoNumberOf66BitsIsBlank) {
  for (const std::string_view token : {"99999999999999999999", "1234567890123456789x"}) {
    EXPECT_EQ(decode_log_entry(encode(entry_of(7, token))), entry_of(7, "                    ")) << token;
  }
}

TEST(TokenLog, BytesThatAreNoEntryGiveNone) {
  auto bytes = encode(entry_of(7));
  EXPECT_EQ(decode_log_entry(std::span{bytes}.first(29)).number, 0U);
  bytes[8] = std::byte{4};
  EXPECT_EQ(decode_log_entry(bytes).number, 0U) << "no such class";
}

TEST(TokenLog, TheLastFiftyAreShown) {
  TokenLog log;
  EXPECT_EQ(log.at_slot(0), LogEntry{});
  for (std::uint32_t number = 1; number <= 120; ++number) log.show(entry_of(number));
  for (std::uint32_t number = 71; number <= 120; ++number) {
    EXPECT_EQ(log.at_slot(log_slot_of(number)).number, number);
  }
}

TEST(TokenLog, LeftoversAreNotShownAfterAStart) {
  TokenLog log;
  for (const std::uint32_t number : {50U, 51U, 100U, 101U, 0U}) log.restore(entry_of(number), 100);
  EXPECT_EQ(log.at_slot(log_slot_of(51)).number, 51U);
  EXPECT_EQ(log.at_slot(log_slot_of(100)).number, 100U) << "50 was too old, 101 was never stored";
}

}  // namespace
}  // namespace lk::tokens
