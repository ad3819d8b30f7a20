// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/accuracy/results.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

namespace lk::bench {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

// Calls `job(k)` for every k below `count`, on several threads; the first exception ends it and is thrown
// again.
template <typename Job>
void in_parallel(unsigned threads, std::size_t count, const char* what, Job job) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto start = std::chrono::steady_clock::now();
  auto told = start;
  const auto work = [&] {
    for (std::size_t k = next++; k < count; k = next++) {
      try {
        job(k);
      } catch (...) {
        const std::scoped_lock lock{mutex};
        if (!failure) failure = std::current_exception();
        next = count;
      }
      const auto now = std::chrono::steady_clock::now();
      const std::scoped_lock lock{mutex};
      if (now - told < std::chrono::seconds(5)) continue;
      told = now;
      std::fprintf(stderr, "accuracy: %s: %zu of %zu\n", what, k + 1, count);
    }
  };
  {
    std::vector<std::jthread> pool;
    for (unsigned thread = 0; thread < threads; ++thread) pool.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

double percent(const Pair& pair) {
  return 100 * (pair.measured - pair.exact) / std::abs(pair.exact);
}

double worst_of(const std::array<Pair, 3>& pairs, unsigned phase_count) {
  double worst = 0;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    if (pairs[phase].exact == 0) continue;
    const double error = percent(pairs[phase]);
    if (std::abs(error) >= std::abs(worst)) worst = error;
  }
  return worst;
}

double worst_difference(const std::array<Pair, 3>& pairs, unsigned phase_count) {
  double worst = 0;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    const double points = 100 * (pairs[phase].measured - pairs[phase].exact);
    if (std::abs(points) >= std::abs(worst)) worst = points;
  }
  return worst;
}

double measure_pulses(const CalibratedUnit& unit, const Point& point) {
  if (point.quantity == Quantity::start) {
    const double most = 1.5 * point.run.seconds + 2;
    const PulseRun result = count_pulses(unit, point.run, most, true);
    return result.pulses > 0 ? result.first_pulse_s / point.run.seconds : none;
  }
  const PulseRun result = count_pulses(unit, point.run, point.run.seconds, false);
  return result.active_j == 0 ? result.pulses : std::max(1.0, static_cast<double>(result.pulses));
}

double measure(const CalibratedUnit& unit, const Point& point, std::string& fault) {
  if (point.quantity == Quantity::start || point.quantity == Quantity::no_load)
    return measure_pulses(unit, point);
  const unsigned phases = unit.front_end.type.phase_count;
  const Observation seen = observe(unit, point.run);
  fault = seen.fault;
  switch (point.quantity) {
    case Quantity::active:
      return percent(seen.active);
    case Quantity::reactive:
      return percent(seen.reactive);
    case Quantity::voltage:
      return worst_of(seen.voltage, phases);
    case Quantity::current:
      return worst_of(seen.current, phases);
    case Quantity::frequency:
      return 1000 * seen.frequency_error_hz;
    case Quantity::voltage_thd:
      return worst_difference(seen.voltage_thd, phases);
    case Quantity::current_thd:
      return worst_difference(seen.current_thd, phases);
    case Quantity::start:
    case Quantity::no_load:
      break;
  }
  return none;
}

void apply_bases(const Plan& plan, std::vector<Result>& results) {
  for (std::size_t k = 0; k < plan.points.size(); ++k) {
    const Point& point = plan.points[k];
    if (!point.base) continue;
    for (std::size_t unit = 0; unit < results[k].values.size(); ++unit) {
      results[k].values[unit] = (results[k].values[unit] - results[*point.base].values[unit]) / point.divisor;
    }
  }
}

const char* name_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::active:
      return "active";
    case Quantity::reactive:
      return "reactive";
    case Quantity::voltage:
      return "voltage";
    case Quantity::current:
      return "current";
    case Quantity::frequency:
      return "frequency";
    case Quantity::voltage_thd:
      return "voltage_thd";
    case Quantity::current_thd:
      return "current_thd";
    case Quantity::start:
      return "start";
    case Quantity::no_load:
      return "no_load";
  }
  return "";
}

void put_number(std::FILE* file, double value) {
  if (std::isfinite(value)) {
    std::fprintf(file, "%.9g", value);
  } else {
    std::fputs("null", file);
  }
}

// Texts of the plan and of faults: no quotes, no control characters in them.
void put_point(std::FILE* file, const Plan& plan, const Point& point, const Result& result) {
  std::fprintf(
      file,
      "{\"section\": \"%s\", \"curve\": \"%s\", \"meter\": \"%s\", \"title\": \"%s\", \"quantity\": \"%s\", "
      "\"seconds\": %.3f, \"x\": ",
      point.section.c_str(), point.curve.c_str(), plan.meters[point.meter].key.c_str(), point.title.c_str(),
      name_of(point.quantity), point.run.seconds);
  put_number(file, point.x);
  std::fputs(", \"class_1\": ", file);
  put_number(file, point.limits.class_1);
  std::fputs(", \"class_05s\": ", file);
  put_number(file, point.limits.class_05s);
  std::fputs(", \"goal\": ", file);
  put_number(file, point.limits.goal);
  const char* separator = ", \"values\": [";
  for (const double value : result.values) {
    std::fputs(separator, file);
    put_number(file, value);
    separator = ", ";
  }
  separator = "], \"faults\": [";
  bool any = false;
  for (std::size_t unit = 0; unit < result.faults.size(); ++unit) {
    if (result.faults[unit].empty()) continue;
    std::fprintf(file, "%s\"unit %zu: %s\"", separator, unit + 1, result.faults[unit].c_str());
    separator = ", ";
    any = true;
  }
  std::fputs(any ? "]}" : "], \"faults\": []}", file);
}

}  // namespace

std::vector<Result> run(const Plan& plan, const Campaign& campaign) {
  const std::size_t units = campaign.unit_count;
  std::vector<CalibratedUnit> calibrated(plan.meters.size() * units);
  in_parallel(campaign.threads, calibrated.size(), "calibrating", [&](std::size_t k) {
    const MeterType& type = plan.meters[k / units];
    calibrated[k] = make_unit(type.front_end, campaign.seed, k % units, type.load_points_a);
  });
  std::vector<Result> results(plan.points.size());
  for (Result& result : results) {
    result.values.assign(units, none);
    result.faults.assign(units, {});
  }
  in_parallel(campaign.threads, plan.points.size() * units, "measuring", [&](std::size_t k) {
    const Point& point = plan.points[k / units];
    const std::size_t unit = k % units;
    Result& result = results[k / units];
    try {
      result.values[unit] = measure(calibrated[point.meter * units + unit], point, result.faults[unit]);
    } catch (const std::logic_error& error) {
      result.faults[unit] = error.what();
    }
  });
  apply_bases(plan, results);
  return results;
}

void write_json(const std::string& path, const Plan& plan, const Campaign& campaign,
                const std::vector<Result>& results, double seconds) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) throw std::runtime_error(path + ": cannot be opened for writing");
  std::fprintf(file, "{\"seed\": %llu, \"units\": %zu, \"quick\": %s, \"seconds\": %.1f, \"meters\": [\n",
               static_cast<unsigned long long>(campaign.seed), campaign.unit_count,
               campaign.is_quick ? "true" : "false", seconds);
  const char* separator = "";
  for (const MeterType& meter : plan.meters) {
    std::fprintf(file,
                 "%s{\"key\": \"%s\", \"title\": \"%s\", \"phases\": %u, \"direct\": %s, \"basic_a\": %g, "
                 "\"most_a\": %g, "
                 "\"rate_hz\": %u, \"bits\": %u, \"snr_db\": %g}",
                 separator, meter.key.c_str(), meter.title.c_str(), meter.front_end.phase_count,
                 meter.is_direct ? "true" : "false", meter.basic_a, meter.most_a, meter.front_end.rate_hz,
                 meter.front_end.bits, meter.front_end.snr_db);
    separator = ",\n";
  }
  std::fputs("],\n\"points\": [\n", file);
  separator = "";
  for (std::size_t k = 0; k < plan.points.size(); ++k) {
    std::fputs(separator, file);
    put_point(file, plan, plan.points[k], results[k]);
    separator = ",\n";
  }
  std::fputs("]}\n", file);
  if (std::fclose(file) != 0) throw std::runtime_error(path + ": cannot be written");
}

}  // namespace lk::bench
