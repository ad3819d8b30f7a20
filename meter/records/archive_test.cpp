// SPDX-License-Identifier: Apache-2.0
#include "meter/records/archive.hpp"

#include <gtest/gtest.h>

#include "bytes/bytes.hpp"
#include "port/sim/flash.hpp"

namespace lk::records {
namespace {

using dictionary::EventCode;

constexpr port::FlashGeometry serial_flash{4096, 128, 8};  // 512 KiB

TEST(Archive, HoldsWhatIsAskedOfEachLog) {
  sim::SimFlash flash{serial_flash, 1};
  Archive archive{&flash, 4};
  archive.mount();
  ASSERT_TRUE(archive.is_present());
  for (std::uint32_t n = 1; n <= 5000; ++n) {
    const EventCode code = n % 2 == 0 ? EventCode::supply_opened : EventCode::token_accepted;
    ASSERT_TRUE(archive.append(Event{n, 1000 + n, code, 0, n}));
  }
  for (std::uint32_t n = 1; n <= 400; ++n) {
    for (const FreezeKind kind :
         {FreezeKind::monthly, FreezeKind::daily, FreezeKind::hourly, FreezeKind::instant})
      ASSERT_TRUE(archive.append(kind, Freeze{.time_s = n, .period = n}));
  }
  const auto held = [&archive](Log log) { return archive.ring(log).next() - archive.ring(log).first(); };
  for (const Log log :
       {Log::all, Log::relay, Log::token, Log::monthly, Log::daily, Log::hourly, Log::instant})
    EXPECT_GE(held(log), depth_of(log)) << static_cast<int>(log);
  EXPECT_GE(depth_of(Log::tamper), 100U);
  EXPECT_GE(depth_of(Log::relay), 100U);
  EXPECT_GE(depth_of(Log::token), 50U);
  EXPECT_GE(depth_of(Log::monthly), 13U);
  EXPECT_GE(depth_of(Log::daily), 62U);
  EXPECT_GE(depth_of(Log::hourly), 48U);
  for (std::size_t log = 0; log < event_log_count; ++log) EXPECT_GE(depth_of(static_cast<Log>(log)), 10U);

  Archive again{&flash, 4};
  again.mount();
  EXPECT_EQ(again.newest_event(), 5000U);
  EXPECT_EQ(again.newest(FreezeKind::daily)->period, 400U);
}

TEST(Archive, TheProfileHolds90DaysAt15MinutesOfFourChannels) {
  sim::SimFlash flash{serial_flash, 1};
  Archive archive{&flash, 4};
  archive.mount();
  std::array<std::byte, profile_head_bytes + 16> entry{};
  for (std::uint32_t n = 1; n <= 25'000; ++n) {
    bytes::Writer writer{entry};
    writer.little(n * 900);
    ASSERT_TRUE(archive.append_profile(entry));
  }
  const Ring& profile = archive.ring(Log::profile);
  EXPECT_GE(profile.next() - profile.first(), 90U * 96);
  EXPECT_EQ(archive.newest_profile_s(), 25'000U * 900);
  const std::uint32_t found = profile.find_since(20'000 * 900, Archive::time_offset_of(Log::profile));
  EXPECT_EQ(found, 20'000U);
  // The erasures of ten years at 15 minutes are spread over the ring: 350 640 entries.
  EXPECT_LT(350'640U / (profile.next() - profile.first()), 100U) << "of 10 000 or more that a flash bears";
}

TEST(Archive, OtherChannelsBeginTheProfileAnew) {
  sim::SimFlash flash{serial_flash, 1};
  Archive archive{&flash, 4};
  archive.mount();
  const std::array<std::byte, profile_head_bytes + 16> four{};
  ASSERT_TRUE(archive.append_profile(four));
  archive.set_profile_channels(2);
  EXPECT_EQ(archive.ring(Log::profile).next(), 1U);
  const std::array<std::byte, profile_head_bytes + 8> two{};
  EXPECT_TRUE(archive.append_profile(two));
  archive.set_profile_channels(2);
  EXPECT_EQ(archive.ring(Log::profile).next(), 2U);
}

TEST(Archive, WithoutAFlashNothingIsKeptAndNothingFails) {
  Archive none{nullptr, 4};
  none.mount();
  EXPECT_FALSE(none.is_present());
  EXPECT_TRUE(none.append(Event{1, 1, EventCode::low_credit, 0, 0}));
  EXPECT_EQ(none.newest_event(), 0U);
  EXPECT_EQ(none.newest(FreezeKind::daily), std::nullopt);
  sim::SimFlash small{{1024, 16, 8}, 1};
  Archive too_small{&small, 4};
  EXPECT_FALSE(too_small.is_present());
}

}  // namespace
}  // namespace lk::records
