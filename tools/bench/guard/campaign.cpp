// SPDX-License-Identifier: Apache-2.0
// The campaign on composed scenes: how many resistive loads the guard finds, how soon, and how often it is
// wrong. Prints one JSON object; `./lk bench guard` makes the table and the page of it.
//
//   guard_campaign --scenes N --tricks N --hours H [--seed S] [--recordings FOLDER] [--jobs J]
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tools/bench/guard/scenes.hpp"

namespace lk::bench_guard {
namespace {

struct Options {
  int scenes = 400;  // of each power and background
  int tricks = 200;  // of each trick and background
  int hours = 1000;
  std::uint64_t seed = 1;
  std::string recordings;
  unsigned jobs = 2;
};

constexpr std::array<Range, 7> powers = {
    {{30, 60}, {60, 100}, {100, 150}, {150, 200}, {200, 500}, {500, 1000}, {1000, 2200}}};
constexpr std::array<Range, 4> backgrounds = {{{0, 0.1}, {0.1, 2}, {2, 5}, {5, 10}}};
// A house is simulated for so long, then another.
constexpr double house_hours = 2;

struct Cell {
  Plan plan;
  int scenes = 0;
  int found = 0;
  int false_before = 0;
  std::array<int, 6> as{};
  std::vector<double> seconds;
};

// Runs `count` pieces of work on some threads; each is told its number.
template <class Work>
void in_parallel(std::size_t count, unsigned jobs, Work&& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> threads;
  for (unsigned job = 0; job < jobs; ++job) {
    threads.emplace_back([&] {
      for (std::size_t index = next++; index < count; index = next++) work(index);
    });
  }
}

// The usual guard, but with a band from 20 % below the least power that it is to find.
guard::RecognitionParameters parameters_for(double least_watts) {
  guard::RecognitionParameters parameters;
  const double band = std::max(30.0, least_watts * 0.8);
  parameters.least = quantity::Power::of(std::llround(std::min(band, 80.0) * 1000));
  return parameters;
}

void run_cell(Cell& cell, std::size_t number, const Options& options,
              std::span<const sim::scene::Recorded> recorded) {
  const auto parameters = parameters_for(cell.plan.watts.least);
  std::mutex mutex;
  in_parallel(static_cast<std::size_t>(cell.scenes), options.jobs, [&](std::size_t index) {
    const std::uint64_t seed = sim::seed_of(sim::seed_of(options.seed, number + 1), index);
    const Outcome outcome = run_scene(cell.plan, parameters, recorded, seed);
    const std::scoped_lock lock{mutex};
    cell.false_before += outcome.is_false_before ? 1 : 0;
    if (!outcome.is_found) return;
    ++cell.found;
    ++cell.as[static_cast<std::size_t>(outcome.found_as)];
    cell.seconds.push_back(outcome.seconds);
  });
  std::ranges::sort(cell.seconds);
  std::fprintf(stderr, "%s %.0f-%.0f W on %.1f-%.1f A: %d of %d\n",
               std::string{name_of(cell.plan.trick)}.c_str(), cell.plan.watts.least, cell.plan.watts.most,
               cell.plan.background_amperes.least, cell.plan.background_amperes.most, cell.found,
               cell.scenes);
}

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

void print(const Cell& cell, const char* separator) {
  std::printf(
      "%s\n  {\"trick\": \"%s\", \"watts\": [%.0f, %.0f], \"amperes\": [%.1f, %.1f], \"scenes\": %d, "
      "\"found\": %d, "
      "\"false_before\": %d, \"median_s\": %.3f, \"p99_s\": %.3f, \"slowest_s\": %.3f, \"as\": [",
      separator, std::string{name_of(cell.plan.trick)}.c_str(), cell.plan.watts.least, cell.plan.watts.most,
      cell.plan.background_amperes.least, cell.plan.background_amperes.most, cell.scenes, cell.found,
      cell.false_before, quantile(cell.seconds, 0.5), quantile(cell.seconds, 0.99),
      cell.seconds.empty() ? 0 : cell.seconds.back());
  for (std::size_t kind = 0; kind < cell.as.size(); ++kind)
    std::printf("%s%d", kind == 0 ? "" : ", ", cell.as[kind]);
  std::printf("]}");
}

void print(const SoakResult& soak) {
  std::printf("\"soak\": {\"hours\": %.0f, \"switchings\": %llu, \"false\": [", soak.hours,
              static_cast<unsigned long long>(soak.switchings));
  for (std::size_t kind = 0; kind < soak.false_as.size(); ++kind)
    std::printf("%s%llu", kind == 0 ? "" : ", ", static_cast<unsigned long long>(soak.false_as[kind]));
  std::printf("], \"kinds\": [");
  for (std::size_t kind = 0; kind < sim::scene::other_count; ++kind) {
    std::printf("%s\n  {\"name\": \"%s\", \"switched_on\": %llu, \"false\": %llu}", kind == 0 ? "" : ",",
                std::string{name_of(static_cast<sim::scene::Kind>(kind))}.c_str(),
                static_cast<unsigned long long>(soak.switched_on[kind]),
                static_cast<unsigned long long>(soak.false_findings[kind]));
  }
  std::printf("]}");
}

std::vector<Cell> cells_of(const Options& options) {
  std::vector<Cell> cells;
  for (const Range& watts : powers) {
    for (const Range& amperes : backgrounds)
      cells.push_back({.plan = {Trick::plain, watts, amperes}, .scenes = options.scenes});
  }
  for (std::size_t trick = 1; trick < trick_count; ++trick) {
    for (const Range& amperes : backgrounds)
      cells.push_back({.plan = {static_cast<Trick>(trick), {200, 2000}, amperes}, .scenes = options.tricks});
  }
  return cells;
}

bool read(int count, char** arguments, Options& options) {
  for (int index = 1; index + 1 < count; index += 2) {
    const std::string name = arguments[index];
    const char* const value = arguments[index + 1];
    if (name == "--scenes") {
      options.scenes = std::atoi(value);
    } else if (name == "--tricks") {
      options.tricks = std::atoi(value);
    } else if (name == "--hours") {
      options.hours = std::atoi(value);
    } else if (name == "--seed") {
      options.seed = std::strtoull(value, nullptr, 10);
    } else if (name == "--recordings") {
      options.recordings = value;
    } else if (name == "--jobs") {
      options.jobs = static_cast<unsigned>(std::max(1, std::atoi(value)));
    } else {
      return false;
    }
  }
  return count % 2 == 1 && options.scenes > 0 && options.tricks > 0 && options.hours > 0;
}

int run(const Options& options) {
  const auto recorded = options.recordings.empty() ? std::vector<sim::scene::Recorded>{}
                                                   : sim::scene::read_recorded(options.recordings);
  std::vector<Cell> cells = cells_of(options);
  for (std::size_t number = 0; number < cells.size(); ++number)
    run_cell(cells[number], number, options, recorded);

  SoakResult soak;
  std::size_t houses_done = 0;
  std::mutex mutex;
  const auto houses = static_cast<std::size_t>(std::max(1.0, options.hours / house_hours));
  in_parallel(houses, options.jobs, [&](std::size_t house) {
    const SoakResult result = run_soak(options.hours / static_cast<double>(houses), parameters_for(100),
                                       recorded, sim::seed_of(sim::seed_of(options.seed, 1'000'000), house));
    const std::scoped_lock lock{mutex};
    soak += result;
    if (++houses_done % 25 == 0) {
      std::fprintf(stderr, "%.0f hours of other loads: %zu findings\n", soak.hours, soak.findings.size());
    }
    for (const FalseFinding& one : result.findings) {
      std::fprintf(stderr, "house %zu at %.2f s: %s of %.0f W where nothing was\n", house, one.at_s,
                   std::string{name_of(one.finding.kind)}.c_str(),
                   static_cast<double>(one.finding.power.count()) / 1e3);
    }
  });

  std::printf("{\"seed\": %llu, \"recordings\": %zu, \"cells\": [",
              static_cast<unsigned long long>(options.seed), recorded.size());
  for (std::size_t number = 0; number < cells.size(); ++number) print(cells[number], number == 0 ? "" : ",");
  std::printf("],\n");
  print(soak);
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace lk::bench_guard

int main(int count, char** arguments) {
  lk::bench_guard::Options options;
  options.jobs = std::max(1U, std::thread::hardware_concurrency());
  if (!lk::bench_guard::read(count, arguments, options)) {
    std::fprintf(stderr,
                 "usage: guard_campaign [--scenes N] [--tricks N] [--hours H] [--seed S] [--recordings "
                 "FOLDER] [--jobs J]\n");
    return 2;
  }
  return lk::bench_guard::run(options);
}
