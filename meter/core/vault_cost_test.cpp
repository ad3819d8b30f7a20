// SPDX-License-Identifier: Apache-2.0
// What the vault of a default configuration costs: the words of one write of the credit record, and the
// cycles of its flash in ten years (docs/design/power-loss.md).
#include <gtest/gtest.h>

#include <algorithm>

#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

constexpr port::FlashGeometry vault{4096, vault_pages, 8};

class DeafRelay final : public port::Relay {
 public:
  void pulse_open() override {}
  void pulse_close() override {}
  [[nodiscard]] port::Contact contact() const override { return port::Contact::closed; }
};

struct Cost {
  std::uint64_t greatest_write = 0;  // bytes programmed by one poll
  std::uint32_t most_erases = 0;
};

// A meter with everything in its vault that it can hold, at work for so many checkpoints.
Cost cost_of(std::uint32_t checkpoints) {
  Bench bench;
  sim::SimFlash flash{vault, 7};
  DeafRelay relay;
  Configuration configuration = test_configuration();
  configuration.preset_credit = quantity::units(1'000'000);
  SinglePhaseMeter meter{configuration, direct_measuring(), flash, relay};
  quantity::Instant now = bench.now;
  meter.start(now);
  const sts::DecoderKey key = sts::DecoderKey::ea11(configuration.decoder_key);
  for (std::uint32_t tid = 1000; tid < 1060; ++tid) {
    const auto field = sts::encode_currency(quantity::units(1));
    (void)meter.enter_token(sts::encode(sts::CurrencyCredit{4, tid, *field}, key), now);
  }
  // The chunks of the longest tariff set, one behind the other: pages full of what does not change.
  std::uint32_t sequence = 0;
  for (std::uint8_t index = 0; index < tariff::chunk_max; ++index) {
    order::TariffChunk chunk{.version = 1, .index = index, .size_bytes = order::tariff_chunk_bytes};
    (void)meter.enter_order(bench.sealed(++sequence, chunk).view(), now);
  }
  const auto& action = dictionary::row(dictionary::Id::condition_action);
  for (std::uint16_t slot = 0; slot < 20; ++slot) {
    const order::SetParameters set{1, {{{action.address_of(slot), 0}}}};
    (void)meter.enter_order(bench.sealed(++sequence, set).view(), now);
  }
  Cost cost;
  const auto interval = configuration.checkpoint_interval;
  for (std::uint32_t i = 0; i < checkpoints; ++i) {
    now = now + interval;
    meter.count({quantity::wh(10), {}}, now);
    const std::uint64_t before = flash.programmed_bytes();
    (void)meter.poll(now);
    cost.greatest_write = std::max(cost.greatest_write, flash.programmed_bytes() - before);
  }
  for (std::uint32_t page = 0; page < vault.page_count; ++page)
    cost.most_erases = std::max(cost.most_erases, flash.erase_count(page));
  return cost;
}

TEST(VaultCost, AWriteOfTheCreditRecordProgramsAtMostTwoPages) {
  const Cost cost = cost_of(sizeof(void*) == 4 ? 500 : 5'000);
  RecordProperty("greatest_write_bytes", std::to_string(cost.greatest_write));
  std::printf("greatest write: %u bytes\n", static_cast<unsigned>(cost.greatest_write));
  EXPECT_LE(cost.greatest_write, 2U * vault.page_size_bytes);
}

TEST(VaultCost, TenYearsOfADefaultMeterWearTenThousandCycleFlashByLessThanThat) {
  constexpr std::uint64_t ten_years_min = 10ULL * 525'960;
  constexpr std::uint32_t share = sizeof(void*) == 4 ? 1000 : 50;  // of ten years
  const auto interval_min = static_cast<std::uint64_t>(Configuration{}.checkpoint_interval.count() / 60'000);
  const auto checkpoints = static_cast<std::uint32_t>(ten_years_min / interval_min / share);
  const std::uint64_t erases = std::uint64_t{cost_of(checkpoints).most_erases} * share;
  RecordProperty("erases_in_ten_years", std::to_string(erases));
  std::printf("erases in ten years: %u\n", static_cast<unsigned>(erases));
  EXPECT_LT(erases, 10'000U);
}

}  // namespace
}  // namespace lk::meter
