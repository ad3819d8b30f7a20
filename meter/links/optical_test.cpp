// SPDX-License-Identifier: Apache-2.0
#include "meter/links/optical.hpp"

#include <gtest/gtest.h>

#include <set>

#include "meter/links/testing/bench_meter.hpp"

namespace lk::links {
namespace {

using Id = dictionary::Id;
using iec62056::Refusal;

class OpticalTest : public ::testing::Test {
 protected:
  OpticalTest() {
    meter_.numbers[{Id::import_energy, 0}] = 444'420'000'000;
    meter_.numbers[{Id::voltage, 0}] = 230'123;
    meter_.numbers[{Id::rate_energy, 1}] = 7'200'000'000;
    meter_.numbers[{Id::balance, 0}] = -1'234'567;
    meter_.numbers[{Id::reactive_energy_q4, 0}] = 5'400'000'000;
    meter_.numbers[{Id::apparent_export_energy, 0}] = 3'600'000;
    meter_.numbers[{Id::current_harmonic, 3}] = 250;
    meter_.numbers[{Id::current_angle, 0}] = -30'060;
  }
  std::string read(std::string_view id) {
    const auto value = source_.read(id);
    return value ? std::string(*value) : "ER" + std::to_string(static_cast<int>(value.error()));
  }
  std::string write(std::string_view id, std::string_view value, bool is_open = false) {
    const auto written = source_.write(id, value, is_open);
    return written ? "done" : "ER" + std::to_string(static_cast<int>(written.error()));
  }

  BenchMeter meter_;
  OpticalSource source_{{meter_, meter_, meter_.access}};
};

TEST_F(OpticalTest, ReadsOutTheDictionary) {
  std::set<std::string> lines;
  for (std::size_t i = 0;; ++i) {
    const std::string_view line = source_.line(i);
    if (line.empty()) break;
    EXPECT_TRUE(lines.insert(std::string(line.substr(0, line.find('(')))).second) << line << " stands twice";
    EXPECT_LE(line.size(), 78U) << line;
  }
  for (const char* const id :
       {"0.9.1", "0.9.2", "1.8.0", "2.8.0", "1.8.1", "1.8.8", "32.7.0", "31.7.0", "16.7.0", "13.7.0",
        "14.7.0", "5.8.0", "91.7.0", "32.7.124", "1.5.0", "0-0:96.1.0"}) {
    EXPECT_TRUE(lines.contains(id)) << id;
  }
}

struct ReadRow {
  const char* id;
  const char* answer;
};

TEST_F(OpticalTest, ReadsValuesByTheirCodes) {
  const ReadRow rows[] = {{"1.8.0", "1.8.0(123.450*kWh)"},
                          {"1-0:1.8.0*255", "1.8.0(123.450*kWh)"},
                          {"1.8.2", "1.8.2(2.000*kWh)"},
                          {"8.8.0", "8.8.0(1.500*kvarh)"},
                          {"10.8.0", "10.8.0(0.001*kVAh)"},
                          {"31.7.5", "31.7.5(0.0250)"},
                          {"81.7.4", "81.7.4(-30.060*deg)"},
                          {"32.7.0", "32.7.0(230.123*V)"},
                          {"0-0:19.10.0", "0-0:19.10.0(-12.34567)"},
                          {"C.1.0", "0-0:96.1.0(202411110002)"},
                          {"0.9.1", "0.9.1(112000)"},
                          {"0.9.2", "0.9.2(260801)"},
                          {"9.9.9", "ER2"},
                          {"x", "ER2"}};
  for (const ReadRow& row : rows) EXPECT_EQ(read(row.id), row.answer) << row.id;
  EXPECT_EQ(read("0-0:128.138.0"), "ER3") << "a secret";
}

TEST_F(OpticalTest, TakesTokensAndOrdersAsTheyCome) {
  EXPECT_EQ(write("0-0:19.40.0", "01234567890123456789"), "done");
  EXPECT_EQ(meter_.told.back(), "token 01234567890123456789");
  EXPECT_EQ(write("0-0:19.40.0", "0123456789"), "ER4");
  EXPECT_EQ(write("0-0:128.14.0", "01a2B3"), "done");
  EXPECT_EQ(meter_.told.back(), "order of 3");
  for (const char* const order : {"", "1", "0x", "zz"})
    EXPECT_EQ(write("0-0:128.14.0", order), "ER4") << order;
  EXPECT_EQ(write("0-0:128.14.0", std::string(160, '0')), "ER4");
}

TEST_F(OpticalTest, APasswordOpensWhatTheSiteAllowsAndNothingElse) {
  EXPECT_EQ(source_.enter_password("04000000").error(), Refusal::not_open) << "in a new meter";
  EXPECT_EQ(write("0.9.1", "112233", true), "ER3");
  meter_.permit(Permission::clock);
  EXPECT_EQ(source_.enter_password("04000001").error(), Refusal::password);
  EXPECT_EQ(source_.enter_password("0400000").error(), Refusal::bad_value);
  EXPECT_EQ(source_.enter_password("04x00000").error(), Refusal::bad_value);
  EXPECT_EQ(source_.enter_password("05000000").error(), Refusal::not_open) << "too low a level";
  EXPECT_TRUE(source_.enter_password("04000000").has_value());
  EXPECT_EQ(write("0.9.1", "112233", false), "ER3");
  EXPECT_EQ(write("0.9.1", "112233", true), "done");
  EXPECT_EQ(read("0.9.1"), "0.9.1(112233)");
  EXPECT_EQ(write("0.9.2", "260230", true), "ER4");
  EXPECT_EQ(write("0-0:96.3.10", "0", true), "ER3") << "the relay is not allowed";
  meter_.permit(Permission::relay);
  EXPECT_EQ(write("0-0:96.3.10", "0", true), "done");
  EXPECT_EQ(meter_.told.back(), "verb 1 by 4");
  EXPECT_EQ(write("0-0:96.3.10", "2", true), "ER4");
  EXPECT_EQ(write("0-0:19.10.0", "100", true), "ER3") << "never the balance";
  for (int i = 0; i < 5; ++i) (void)source_.enter_password("04000001");
  EXPECT_EQ(source_.enter_password("04000000").error(), Refusal::locked_out);
}

TEST_F(OpticalTest, AnswersAReaderThroughTheSession) {
  Optical port;
  const Dlt645Context context{meter_, meter_, meter_.access};
  auto now = quantity::Instant::of(1'000'000);
  const auto ask = [&](std::string_view text) {
    for (const char c : text) port.take(c, context, now);
    std::string said;
    for (int i = 0; i < 300; ++i) {
      now = now + quantity::milliseconds(1);
      said += port.say(context, now);
    }
    return said;
  };
  EXPECT_EQ(ask("/?202411110002!\r\n"), "/LKY5LK1P\r\n");
  const std::string readout =
      ask("\x06"
          "050\r\n");
  EXPECT_EQ(port.baud(), 9'600U);
  EXPECT_NE(readout.find("1.8.0(123.450*kWh)\r\n"), std::string::npos);
}

}  // namespace
}  // namespace lk::links
