// SPDX-License-Identifier: Apache-2.0
// latchkey-simulate: the lives of many meters in virtual time, held to their books. Every life has a seed of
// its own, drawn from the campaign's; a life that breaks a rule is told with its seed and step, and lived
// again from them.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "sim/campaign/life.hpp"

namespace {

using lk::sim::Life;
using lk::sim::LifeFigures;
using lk::sim::LifePlan;

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t meters = 10;
  std::int64_t days = 30;
  std::uint64_t cuts = 1000;  // of all meters together
  bool no_faults = false;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

struct Outcome {
  LifeFigures figures;
  std::vector<std::string> broken;
};

std::string again(const Options& options, std::uint64_t seed) {
  return "latchkey-simulate --life " + std::to_string(seed) + " --days " + std::to_string(options.days) +
         " --cuts " + std::to_string((options.cuts + options.meters - 1) / options.meters) +
         (options.no_faults ? " --no-faults" : "");
}

void live(const Options& options, std::uint64_t seed, Outcome& outcome, std::mutex& mutex) {
  const LifePlan plan{seed, options.days, (options.cuts + options.meters - 1) / options.meters,
                      !options.no_faults};
  Life life(plan);
  std::string broken;
  try {
    life.run();
  } catch (const lk::sim::Broken& rule) {
    broken = "seed " + std::to_string(seed) + ", step " + life.step() + ": " + rule.what() +
             "\n  to live it again: " + again(options, seed);
  }
  const std::lock_guard lock(mutex);
  outcome.figures.add(life.figures());
  if (!broken.empty()) outcome.broken.push_back(broken);
}

Outcome campaign(const Options& options, const std::vector<std::uint64_t>& seeds) {
  Outcome outcome;
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (unsigned job = 0; job < options.jobs; ++job) {
    workers.emplace_back([&] {
      for (std::size_t i = next++; i < seeds.size(); i = next++) live(options, seeds[i], outcome, mutex);
    });
  }
  for (std::thread& worker : workers) worker.join();
  return outcome;
}

void print(const LifeFigures& figures, std::size_t lives, double wall_s) {
  const auto row = [](const char* what, std::uint64_t value) {
    std::printf("  %-44s %14" PRIu64 "\n", what, value);
  };
  std::printf("%zu lives, %.1f years of load second by second, %.1f s\n", lives,
              static_cast<double>(figures.load_seconds) / 31'557'600, wall_s);
  row("steps", figures.steps);
  row("power cuts without warning", figures.cuts);
  row("of them in a write of the vault", figures.cuts_in_vault);
  row("of them in a write of the long records", figures.cuts_in_records);
  row("tokens accepted", figures.tokens);
  row("tokens typed again, none accepted", figures.tokens_again);
  row("orders done", figures.orders);
  row("orders refused for their arguments", figures.orders_refused);
  row("old orders replayed, none done", figures.replays);
  row("clock steps", figures.clock_steps);
  row("changes of mode", figures.mode_changes);
  row("tariff sets replaced", figures.tariff_sets);
  row("tamperings", figures.tampers);
  row("relay faults, each told", figures.relay_faults);
  row("flipped bits", figures.flips);
  row("worn cells", figures.worn);
  row("flashes that did not answer for a while", figures.bus_faults);
  row("starts that told of a damaged memory", figures.damages);
  row("of them to an older account", figures.went_back);
  row("events, in order", figures.events);
  row("freezes, rising", figures.freezes);
  row("entries of the load profile", figures.profile_entries);
  row("holes in it, each marked", figures.marked_holes);
  row("energy lost by cuts without hold-up, Wh", figures.lost_energy_mj / 3'600'000);
  row("most erasures of a page of the vault", figures.largest_erase_count);
  row("bytes programmed", figures.programmed_bytes);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Lives of whole meters in virtual time, held to every rule", "latchkey-simulate"};
  Options options;
  std::vector<std::uint64_t> lives;
  app.add_option("--seed", options.seed, "everything follows from it");
  app.add_option("--meters", options.meters, "how many lives")->check(CLI::Range(1, 1'000'000));
  app.add_option("--days", options.days, "how long each is, at least")->check(CLI::Range(0, 36'500));
  app.add_option("--cuts", options.cuts, "power cuts, of all lives together, at least");
  app.add_option("--life", lives, "live this life alone, by its own seed, as a failure names it");
  app.add_option("--jobs", options.jobs, "lives at once")->check(CLI::Range(1, 256));
  app.add_flag("--no-faults", options.no_faults, "no flipped bits and no relay faults");
  CLI11_PARSE(app, argc, argv);

  const bool is_single = !lives.empty();
  if (is_single) options.meters = lives.size();
  for (std::uint64_t i = 0; !is_single && i < options.meters; ++i)
    lives.push_back(lk::sim::seed_of(options.seed, i));
  const auto begun = std::chrono::steady_clock::now();
  if (is_single) options.cuts *= options.meters;
  const Outcome outcome = campaign(options, lives);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
  print(outcome.figures, lives.size(), wall.count());
  for (const std::string& broken : outcome.broken) std::printf("BROKEN  %s\n", broken.c_str());
  if (outcome.broken.empty()) std::printf("every rule held\n");
  return outcome.broken.empty() ? 0 : 1;
}
