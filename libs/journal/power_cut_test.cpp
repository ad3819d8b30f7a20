// SPDX-License-Identifier: Apache-2.0
// The power goes at every single step of thousands of operations. Whatever that leaves, the next start finds
// the state before or after the operation that was cut, for all keys of its batch alike, and goes on from
// there.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "journal/journal.hpp"
#include "port/sim/flash.hpp"

namespace lk::journal {
namespace {

using Value = std::vector<std::byte>;
using Model = std::map<Key, Value>;

constexpr Key key_count = 6;
constexpr std::uint32_t largest_batch_bytes = 120;

// In QEMU a step costs some twenty times more: fewer operations there, of the same kinds.
constexpr int effort(int on_a_pc) {
  return sizeof(void*) == 4 ? on_a_pc / 15 : on_a_pc;
}

struct Case {
  const char* name;
  Geometry geometry;
  std::uint64_t seed;
};

// gtest prints a failing case by its name.
void PrintTo(const Case& which, std::ostream* out) {
  *out << which.name << ", seed " << which.seed;
}

struct Operation {
  std::vector<std::pair<Key, Value>> puts;
};

class World {
 public:
  explicit World(const Case& which) : random_{which.seed}, flash{which.geometry, which.seed} { restart(); }

  void restart() {
    flash.restore_power();
    journal = std::make_unique<Journal>(flash, slots, largest_batch_bytes);
    report = journal->mount();
  }

  Operation next_operation() {
    Operation operation;
    std::uint32_t left = largest_batch_bytes;
    const std::uint32_t count = 1 + pick(3);
    for (std::uint32_t i = 0; i < count && left > record_overhead_bytes; ++i) {
      Value value(pick(left - record_overhead_bytes + 1));
      for (std::byte& b : value) b = static_cast<std::byte>(pick(256));
      left -= record_overhead_bytes + static_cast<std::uint32_t>(value.size());
      operation.puts.emplace_back(static_cast<Key>(pick(key_count)), std::move(value));
    }
    return operation;
  }

  bool run(const Operation& operation) {
    std::vector<Record> batch;
    for (const auto& [key, value] : operation.puts) batch.push_back({key, value});
    return journal->put(batch).has_value();
  }

  Model read_all() {
    Model found;
    for (Key key = 0; key < key_count; ++key) {
      std::array<std::byte, largest_batch_bytes> room{};
      if (const auto value = journal->get(key, room)) found[key] = Value(value->begin(), value->end());
    }
    return found;
  }

  std::uint32_t pick(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }

 private:
  std::mt19937_64 random_;

 public:
  sim::SimFlash flash;
  std::array<Slot, key_count> slots{};
  std::unique_ptr<Journal> journal;
  Report report;
};

Model after(Model model, const Operation& operation) {
  for (const auto& [key, value] : operation.puts) model[key] = value;
  return model;
}

class PowerCut : public testing::TestWithParam<Case> {};

TEST_P(PowerCut, WithoutCutsTheJournalIsAMap) {
  World world{GetParam()};
  Model model;
  for (int i = 0; i < effort(2000); ++i) {
    const Operation operation = world.next_operation();
    ASSERT_TRUE(world.run(operation)) << "operation " << i;
    model = after(model, operation);
    if (i % 7 == 0) world.restart();
    ASSERT_EQ(world.read_all(), model) << "operation " << i;
    ASSERT_EQ(world.report.damaged_count + world.report.torn_count, 0U) << "operation " << i;
  }
}

// Each operation is tried from the same flash with a cut at its first, second, third … step; then it is done
// whole.
TEST_P(PowerCut, AtEveryStepOfEveryOperationFindsBeforeOrAfter) {
  World world{GetParam()};
  Model model;
  std::uint64_t cut_count = 0;
  for (int i = 0; i < effort(150); ++i) {
    const Operation operation = world.next_operation();
    const std::vector<std::byte> before(world.flash.bytes().begin(), world.flash.bytes().end());
    for (std::uint64_t step = 0;; ++step) {
      world.flash.cut_after(step);
      const bool done = world.run(operation);
      if (world.flash.has_power()) {
        ASSERT_TRUE(done);
        world.flash.cut_after(sim::SimFlash::never);
        break;
      }
      ++cut_count;
      ASSERT_FALSE(done) << "nothing is acknowledged that is not durable";
      world.restart();
      const Model found = world.read_all();
      ASSERT_TRUE(found == model || found == after(model, operation))
          << "operation " << i << ", step " << step;
      ASSERT_EQ(world.report.damaged_count, 0U)
          << "operation " << i << ", step " << step << ": a cut is no damage";
      // Once seen, always seen; and the operation can be done again from what the cut left.
      world.restart();
      ASSERT_EQ(world.read_all(), found);
      ASSERT_TRUE(world.run(operation)) << "operation " << i << ", step " << step;
      ASSERT_EQ(world.read_all(), after(model, operation));
      std::copy(before.begin(), before.end(), world.flash.bytes().begin());
      world.restart();
    }
    model = after(model, operation);
    ASSERT_EQ(world.read_all(), model);
  }
  RecordProperty("cuts", std::to_string(cut_count));
  EXPECT_GT(cut_count, 100U);
}

// The meter comes back and is cut again and again, while it writes on, over a long life.
TEST_P(PowerCut, AgainAndAgainLosesNothing) {
  World world{GetParam()};
  Model model;
  for (int i = 0; i < effort(8000); ++i) {
    const Operation operation = world.next_operation();
    world.flash.cut_after(world.pick(160));
    const bool done = world.run(operation);
    const bool cut = !world.flash.has_power();
    ASSERT_TRUE(done || cut) << "operation " << i;
    if (done) model = after(model, operation);
    if (!cut) continue;
    world.restart();
    const Model found = world.read_all();
    ASSERT_TRUE(found == model || (!done && found == after(model, operation))) << "operation " << i;
    ASSERT_EQ(world.report.damaged_count, 0U) << "operation " << i;
    model = found;
  }
}

INSTANTIATE_TEST_SUITE_P(Geometries, PowerCut,
                         testing::Values(Case{"two_pages_unit_8", {1024, 2, 8}, 1},
                                         Case{"three_pages_unit_8", {672, 3, 8}, 2},
                                         Case{"five_pages_unit_16", {512, 5, 16}, 3},
                                         Case{"four_pages_unit_4", {464, 4, 4}, 4},
                                         Case{"fram_unit_1", {624, 3, 1}, 5}),
                         [](const auto& which) { return std::string{which.param.name}; });

}  // namespace
}  // namespace lk::journal
