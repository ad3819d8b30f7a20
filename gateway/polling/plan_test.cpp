// SPDX-License-Identifier: Apache-2.0
#include "gateway/polling/plan.hpp"

#include <gtest/gtest.h>

#include <random>

namespace lk::gateway {
namespace {

using dictionary::Id;

TEST(Plan, polls_a_meter_with_two_requests_and_the_account_in_one) {
  EXPECT_EQ(plan_reads(polled_ids()), (std::vector{Block{0x2000, 26}, Block{0x5000, 38}}));
}

TEST(Plan, reads_what_lies_between_along_where_that_is_cheaper_than_another_request) {
  const std::vector ids{Id::voltage, Id::frequency};
  EXPECT_EQ(plan_reads(ids), (std::vector{Block{0x2000, 14}}));
}

TEST(Plan, asks_twice_where_too_much_lies_between) {
  const std::vector ids{Id::voltage, Id::clock};
  EXPECT_EQ(plan_reads(ids), (std::vector{Block{0x2000, 2}, Block{0x2016, 4}}));
}

TEST(Plan, never_reads_over_an_address_without_a_row) {
  const std::vector ids{Id::import_energy, Id::frequency, Id::power_factor, Id::voltage};
  for (const Block& block : plan_reads(ids)) {
    for (std::uint16_t i = 0; i < block.count; ++i) {
      EXPECT_NE(dictionary::find(static_cast<std::uint16_t>(block.address + i)).row, nullptr);
    }
  }
}

TEST(Plan, of_nothing_is_nothing) {
  EXPECT_TRUE(plan_reads({}).empty());
}

TEST(Plan, holds_each_value_whole_in_one_block_whatever_is_asked_for) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  for (int round = 0; round < 500; ++round) {
    std::vector<Id> ids;
    for (const dictionary::Row& row : dictionary::rows()) {
      if (row.slot_count == 1 && row.is_readable() && random() % 3 == 0) ids.push_back(row.id);
    }
    const auto blocks = plan_reads(ids);
    for (const Id id : ids) {
      const dictionary::Row& row = dictionary::row(id);
      const auto holds = [&](const Block& block) {
        return block.address <= row.address &&
               row.address + row.register_count <= block.address + block.count;
      };
      EXPECT_EQ(std::count_if(blocks.begin(), blocks.end(), holds), 1) << row.name;
    }
    for (const Block& block : blocks) EXPECT_LE(block.count, 125);
  }
}

TEST(Plan, takes_the_whole_event_log_in_one_request) {
  EXPECT_EQ(event_block(), (Block{0x5300, 120}));
}

}  // namespace
}  // namespace lk::gateway
