// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/assembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace lk::tokens {
namespace {

using quantity::Instant;
using quantity::minutes;
using quantity::seconds;
using sts::EncryptionAlgorithm;
using sts::TokenResult;

constexpr auto timeout = minutes(10);
constexpr Instant begin = Instant::of(1'790'000'000'000);

sts::KeyChange long_change() {
  return {.algorithm = EncryptionAlgorithm::ea11,
          .key_words = {0x01020304, 0x05060708, 0x090A0B0C, 0x0D0E0F10},
          .key_revision_number = 2,
          .key_expiry_number = 0xA5,
          .tariff_index = 7,
          .supply_group_code = 201'457};
}

sts::KeyChange short_change(bool with_group) {
  sts::KeyChange change{.algorithm = EncryptionAlgorithm::ea07, .key_words = {0x01020304, 0x05060708, 0, 0}};
  if (with_group) change.supply_group_code = 201'457;
  return change;
}

TEST(Assembly, EachOrderOfAnySetCompletesWithItsLastSection) {
  for (const sts::KeyChange& change : {long_change(), short_change(false), short_change(true)}) {
    const sts::KeyChangeSet set = sts::sections_of(change);
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    const auto used = std::span{order}.first(set.count);
    do {
      Assembly assembly;
      for (std::size_t i = 0; i < set.count; ++i) {
        EXPECT_FALSE(assembly.complete(change.algorithm).has_value());
        (void)assembly.take(set.tokens[used[i]], begin, timeout);
      }
      const auto done = assembly.complete(change.algorithm);
      ASSERT_TRUE(done.has_value());
      EXPECT_TRUE(*done == change);
    } while (std::ranges::next_permutation(used).found);
  }
}

TEST(Assembly, EachSectionAnswersItsName) {
  const sts::KeyChangeSet set = sts::sections_of(long_change());
  constexpr std::array answers{TokenResult::first_key_change, TokenResult::second_key_change,
                               TokenResult::third_key_change, TokenResult::fourth_key_change};
  Assembly assembly;
  for (std::size_t i = 0; i < set.count; ++i) {
    EXPECT_EQ(assembly.take(set.tokens[i], begin, timeout), answers[i]) << i;
  }
}

TEST(Assembly, TheSameSectionAgainChangesNothing) {
  const sts::KeyChangeSet set = sts::sections_of(long_change());
  Assembly assembly;
  for (int i = 0; i < 3; ++i) (void)assembly.take(set.tokens[0], begin, timeout);
  EXPECT_EQ(assembly.count(), 1U);
}

TEST(Assembly, AnotherSetsSectionBeginsAnew) {
  sts::KeyChange other = long_change();
  other.key_words[0] ^= 1;
  const sts::KeyChangeSet set = sts::sections_of(long_change());
  const sts::KeyChangeSet foreign = sts::sections_of(other);
  Assembly assembly;
  for (std::size_t i = 0; i < 3; ++i) (void)assembly.take(set.tokens[i], begin, timeout);
  (void)assembly.take(foreign.tokens[0], begin, timeout);
  EXPECT_EQ(assembly.count(), 1U) << "what was of the old set is gone";
  (void)assembly.take(set.tokens[3], begin, timeout);
  EXPECT_FALSE(assembly.complete(EncryptionAlgorithm::ea11).has_value());
}

TEST(Assembly, SectionsAreForgottenAfterTheTimeOut) {
  const sts::KeyChangeSet set = sts::sections_of(short_change(false));
  Assembly assembly;
  (void)assembly.take(set.tokens[0], begin, timeout);
  (void)assembly.take(set.tokens[1], begin + timeout, timeout);
  EXPECT_TRUE(assembly.complete(EncryptionAlgorithm::ea07).has_value()) << "still in time";
  assembly.drop();
  (void)assembly.take(set.tokens[0], begin, timeout);
  (void)assembly.take(set.tokens[1], begin + timeout + seconds(1), timeout);
  EXPECT_FALSE(assembly.complete(EncryptionAlgorithm::ea07).has_value());
  EXPECT_EQ(assembly.count(), 1U);
}

TEST(Assembly, ASupplyGroupThatTheFirstSectionDoesNotSpeakOfIsOfNoSet) {
  const sts::KeyChangeSet two = sts::sections_of(short_change(false));
  const sts::KeyChangeSet three = sts::sections_of(short_change(true));
  Assembly assembly;
  (void)assembly.take(three.tokens[2], begin, timeout);
  (void)assembly.take(two.tokens[0], begin, timeout);
  (void)assembly.take(two.tokens[1], begin, timeout);
  const auto done = assembly.complete(EncryptionAlgorithm::ea07);
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->supply_group_code.has_value());
}

}  // namespace
}  // namespace lk::tokens
