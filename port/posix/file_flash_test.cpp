// SPDX-License-Identifier: Apache-2.0
#include "port/posix/file_flash.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "journal/journal.hpp"
#include "port/posix/system.hpp"

namespace lk::posix {
namespace {

constexpr port::FlashGeometry geometry{512, 4, 8};

class FileFlashTest : public testing::Test {
 protected:
  FileFlashTest() {
    std::string name = (std::filesystem::temp_directory_path() / "lk_flash_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ + "/meter.flash";
  }
  ~FileFlashTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  std::string path_;
};

std::array<std::byte, 8> unit_of(std::uint8_t value) {
  std::array<std::byte, 8> unit{};
  unit.fill(std::byte{value});
  return unit;
}

TEST_F(FileFlashTest, KeepsWhatWasProgrammedAcrossOpenings) {
  for (const Durability durability : {Durability::process_crash, Durability::power_loss}) {
    {
      auto flash = FileFlash::open(path_, geometry, durability);
      ASSERT_TRUE(flash) << flash.error();
      ASSERT_TRUE((*flash)->erase(0));
      ASSERT_TRUE((*flash)->program(8, unit_of(0x5A)));
    }
    auto flash = FileFlash::open(path_, geometry);
    ASSERT_TRUE(flash) << flash.error();
    std::array<std::byte, 8> unit{};
    ASSERT_TRUE((*flash)->read(8, unit));
    EXPECT_EQ(unit, unit_of(0x5A));
    ASSERT_TRUE((*flash)->read(0, unit));
    EXPECT_EQ(unit, unit_of(0xFF)) << "the rest stays erased";
    ASSERT_TRUE((*flash)->erase(0));
    ASSERT_TRUE((*flash)->read(8, unit));
    EXPECT_EQ(unit, unit_of(0xFF));
  }
}

TEST_F(FileFlashTest, HasItsFullSizeFromTheStart) {
  ASSERT_TRUE(FileFlash::open(path_, geometry));
  EXPECT_EQ(std::filesystem::file_size(path_), 2048U);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(FileFlashTest, TakesOverADraftThatAKilledProcessLeft) {
  std::ofstream{path_ + ".new"} << "half";
  ASSERT_TRUE(FileFlash::open(path_, geometry));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(FileFlashTest, RefusesASecondUserAndSaysWhatToDo) {
  const auto first = FileFlash::open(path_, geometry);
  ASSERT_TRUE(first);
  const auto second = FileFlash::open(path_, geometry);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(),
            "flash file '" + path_ +
                "': another process is using it; end that process, or give each meter a file of "
                "its own");
}

TEST_F(FileFlashTest, RefusesAFileOfAnotherSize) {
  std::ofstream{path_} << "not a flash";
  const auto flash = FileFlash::open(path_, geometry);
  ASSERT_FALSE(flash);
  EXPECT_NE(flash.error().find("it has 11 bytes where this flash has 2048"), std::string::npos)
      << flash.error();
}

TEST_F(FileFlashTest, RefusesAPathThatCannotBe) {
  const auto missing = FileFlash::open(folder_ + "/none/meter.flash", geometry);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("create the directory"), std::string::npos) << missing.error();
  const auto directory = FileFlash::open(folder_, geometry);
  ASSERT_FALSE(directory);
  EXPECT_NE(directory.error().find("name a file, not a directory"), std::string::npos) << directory.error();
}

TEST_F(FileFlashTest, RefusesADevice) {
  const auto flash = FileFlash::open("/dev/null", geometry);
  ASSERT_FALSE(flash);
  EXPECT_NE(flash.error().find("not a regular file"), std::string::npos) << flash.error();
}

// A limit on the file's size stands for the full disk: both are met while the file is made.
TEST_F(FileFlashTest, MeetsAFullDiskWhenTheFileIsMadeAndLeavesNothing) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto flash = FileFlash::open(path_, geometry);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(flash);
  EXPECT_NE(flash.error().find("free some space"), std::string::npos) << flash.error();
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(FileFlashTest, ProgrammingWhatIsNotErasedIsABug) {
  const auto flash = FileFlash::open(path_, geometry);
  ASSERT_TRUE(flash);
  ASSERT_TRUE((*flash)->program(0, unit_of(0x0F)));
  EXPECT_DEATH((void)(*flash)->program(0, unit_of(0xFF)), "");
}

// The process that writes is killed at a random instant; what the journal answered as stored must be there.
TEST_F(FileFlashTest, JournalSurvivesKillNineAtAnyInstant) {
  std::uint32_t least = 0;
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> acknowledged{};
    ASSERT_EQ(::pipe(acknowledged.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto flash = FileFlash::open(path_, geometry);
      if (!flash) ::_exit(1);
      std::array<journal::Slot, 2> slots{};
      journal::Journal journal{**flash, slots, 64};
      journal.mount();
      for (std::uint32_t count = least + 1;; ++count) {
        std::array<std::byte, 4> value{};
        std::memcpy(value.data(), &count, 4);
        const std::array batch{journal::Record{0, value}, journal::Record{1, value}};
        if (!journal.put(batch) || ::write(acknowledged[1], &count, 4) != 4) ::_exit(1);
      }
    }
    ::close(acknowledged[1]);
    std::uint32_t last = 0;
    const std::uint32_t target = least + 1 + static_cast<std::uint32_t>(round) * 7;
    while (last < target && ::read(acknowledged[0], &last, 4) == 4) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(acknowledged[0], &last, 4) == 4) {
    }
    ::close(acknowledged[0]);
    ASSERT_GE(last, target);

    auto flash = FileFlash::open(path_, geometry);
    ASSERT_TRUE(flash) << flash.error();
    std::array<journal::Slot, 2> slots{};
    journal::Journal journal{**flash, slots, 64};
    EXPECT_EQ(journal.mount().damaged_count, 0U);
    std::array<std::uint32_t, 2> found{};
    for (journal::Key key = 0; key < 2; ++key) {
      std::array<std::byte, 4> value{};
      ASSERT_TRUE(journal.get(key, value));
      std::memcpy(&found[key], value.data(), 4);
    }
    EXPECT_EQ(found[0], found[1]);
    EXPECT_TRUE(found[0] == last || found[0] == last + 1)
        << found[0] << " after " << last << " was acknowledged";
    least = found[0];
  }
}

TEST(System, ClockAndEntropyWork) {
  EXPECT_GT(now().unix_s(), 1'700'000'000);
  std::array<std::byte, 16> one{};
  std::array<std::byte, 16> other{};
  fill_random(one);
  fill_random(other);
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace lk::posix
