// SPDX-License-Identifier: Apache-2.0
// The accuracy bench: `accuracy_bench --out results.json [--seed N] [--units N] [--threads N] [--quick]`.
// People run it as `./lk bench accuracy`, which makes the report of it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "tools/bench/accuracy/results.hpp"

namespace {

constexpr const char* usage =
    "usage: accuracy_bench --out FILE.json [--seed N] [--units 1 to 1000] [--threads 1 to 64] [--quick]\n";

unsigned long long number_of(const char* text) {
  char* end = nullptr;
  const unsigned long long value = std::strtoull(text, &end, 10);
  if (end == text || *end != '\0') throw std::runtime_error(std::string{text} + ": expected a whole number");
  return value;
}

int run(int argc, char** argv) {
  lk::bench::Campaign campaign;
  campaign.threads = std::max(1U, std::thread::hardware_concurrency());
  std::string out;
  for (int k = 1; k < argc; ++k) {
    const std::string option = argv[k];
    if (option == "--quick") {
      campaign.is_quick = true;
      continue;
    }
    if (k + 1 == argc) throw std::runtime_error(option + ": unknown, or its value is missing\n" + usage);
    const char* const value = argv[++k];
    if (option == "--out") {
      out = value;
    } else if (option == "--seed") {
      campaign.seed = number_of(value);
    } else if (option == "--units") {
      campaign.unit_count = number_of(value);
    } else if (option == "--threads") {
      campaign.threads = static_cast<unsigned>(number_of(value));
    } else {
      throw std::runtime_error(option + ": unknown\n" + usage);
    }
  }
  if (out.empty() || campaign.unit_count < 1 || campaign.unit_count > 1000 || campaign.threads < 1 ||
      campaign.threads > 64) {
    throw std::runtime_error(usage);
  }
  const auto start = std::chrono::steady_clock::now();
  const lk::bench::Plan plan = lk::bench::make_plan(campaign.is_quick);
  const auto results = lk::bench::run(plan, campaign);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  lk::bench::write_json(out, plan, campaign, results, took.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "accuracy_bench: %s\n", error.what());
    return 2;
  }
}
