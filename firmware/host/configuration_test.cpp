// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/configuration.hpp"

#include <gtest/gtest.h>

namespace lk::host {
namespace {

const std::string good = R"(seed = 42
speed = 60
state = "state/building"
control = "state/building.sock"
mains = { voltage = 231.5, frequency = 49.9 }
[[line]]
name = "a"
listen = "127.0.0.1:5601"
baud = 19200
noise = 1e-5
[[line.meter]]
number = "07000000013"
address = 1
decoder_key = "000102030405060708090a0b0c0d0e0F"
order_key = "ffffffffffffffffffffffffffffffff"
price = "1.2000"
preset_credit = "5.00"
low_credit = "2"
load = "feeder"
[[line]]
name = "b"
pty = "state/line-b"
[[line.meter]]
number = "07000000021"
address = 1
decoder_key = "000102030405060708090a0b0c0d0e0f"
order_key = "000102030405060708090a0b0c0d0e0f"
price = "0.5"
flat_seed = 7
)";

std::string with(const std::string& from, const std::string& to) {
  std::string text = good;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string complaint(const std::string& text) {
  try {
    (void)parse_configuration(text, "building.toml");
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Configuration, ReadsEveryKey) {
  const BuildingSettings building = parse_configuration(good, "building.toml");
  EXPECT_EQ(building.seed, 42U);
  EXPECT_EQ(building.speed, 60);
  EXPECT_EQ(building.state, "state/building");
  EXPECT_EQ(building.control, "state/building.sock");
  EXPECT_DOUBLE_EQ(building.mains_voltage, 231.5);
  EXPECT_DOUBLE_EQ(building.mains_frequency, 49.9);
  ASSERT_EQ(building.lines.size(), 2U);
  const LineSettings& a = building.lines[0];
  EXPECT_EQ(std::get<TcpListener>(a.attachment).host, "127.0.0.1");
  EXPECT_EQ(std::get<TcpListener>(a.attachment).port, 5601);
  EXPECT_EQ(a.baud, 19200U);
  EXPECT_DOUBLE_EQ(a.noise, 1e-5);
  ASSERT_EQ(a.meters.size(), 1U);
  EXPECT_EQ(a.meters[0].number, "07000000013");
  EXPECT_EQ(a.meters[0].decoder_key[15], std::byte{0x0F});
  EXPECT_EQ(a.meters[0].price, quantity::Price::of(12'000));
  EXPECT_EQ(a.meters[0].preset_credit, quantity::units(5));
  EXPECT_EQ(a.meters[0].low_credit, quantity::units(2));
  EXPECT_TRUE(a.meters[0].is_feeder);
  const LineSettings& b = building.lines[1];
  EXPECT_EQ(std::get<PseudoTerminal>(b.attachment).link, "state/line-b");
  EXPECT_EQ(b.baud, 9600U);
  EXPECT_EQ(b.meters[0].flat_seed, 7U);
  EXPECT_EQ(b.meters[0].load, "flat");
  EXPECT_FALSE(b.meters[0].is_feeder);
  EXPECT_EQ(b.protocol, links::Protocol::automatic);
  EXPECT_FALSE(b.meters[0].optical.has_value());
}

TEST(Configuration, ReadsMetersOfThreePhases) {
  const auto building = parse_configuration(
      with("flat_seed = 7", "phases = 3\nload = \"shop\"\nload_3 = \"resistor:500\""), "b");
  const MeterSettings& meter = building.lines[1].meters[0];
  EXPECT_EQ(meter.phase_count, 3);
  EXPECT_EQ(meter.other_loads[0], "shop");
  EXPECT_EQ(meter.other_loads[1], "resistor:500");
  EXPECT_EQ(parse_configuration(with("flat_seed = 7", "phase = 2"), "b").lines[1].meters[0].phase, 2);
}

TEST(Configuration, ReadsProtocolAndOpticalPort) {
  const auto dlt645 = parse_configuration(with("baud = 19200", "protocol = \"dlt645\""), "building.toml");
  EXPECT_EQ(dlt645.lines[0].protocol, links::Protocol::dlt645);
  const auto port =
      parse_configuration(with("address = 1\n", "address = 1\noptical = \"127.0.0.1:5701\"\n"), "b");
  EXPECT_EQ(std::get<TcpListener>(value_of(port.lines[0].meters[0].optical)).port, 5701);
  const auto path = parse_configuration(with("address = 1\n", "address = 1\noptical = \"state/eye\"\n"), "b");
  EXPECT_EQ(std::get<PseudoTerminal>(value_of(path.lines[0].meters[0].optical)).link, "state/eye");
}

TEST(Configuration, RefusesWithFileLineKeyAndRemedy) {
  struct Row {
    const char* name;
    std::string text;
    const char* expected;
  };
  for (const Row& row : {
           Row{"not TOML", with("seed = 42", "seed = = 42"), "building.toml:1: not TOML"},
           Row{"unknown key", with("baud = 19200", "bauds = 19200"),
               "building.toml:9: line.bauds: unknown key"},
           Row{"unknown key at the root", with("speed = 60", "sped = 60"),
               "building.toml:2: sped: unknown key"},
           Row{"unknown mains key", with("voltage = 231.5", "volts = 231.5"),
               "building.toml:5: mains.volts: unknown"},
           Row{"missing state", with("state = \"state/building\"\n", ""), "state: missing; add it"},
           Row{"missing meter key", with("address = 1\n", ""),
               "building.toml:11: line.meter.address: missing"},
           Row{"speed as text", with("speed = 60", "speed = \"60\""),
               "building.toml:2: speed: must be a whole number"},
           Row{"speed out of range", with("speed = 60", "speed = 0"),
               "building.toml:2: speed: 0 is out of range"},
           Row{"address 248", with("address = 1", "address = 248"),
               "line.meter.address: 248 is out of range"},
           Row{"address twice", with("[[line]]\nname = \"b\"\npty = \"state/line-b\"\n", ""),
               "another meter of this"},
           Row{"number twice", with("07000000021", "07000000013"), "07000000013 stands twice"},
           Row{"two phases", with("flat_seed = 7", "phases = 2"), "line.meter.phases: must be 1 or 3"},
           Row{"one of three phases", with("flat_seed = 7", "phases = 3\nphase = 2"),
               "line.meter.phase: is for a meter of a flat with one phase"},
           Row{"a second load for one phase", with("flat_seed = 7", "load_2 = \"shop\""),
               "line.meter.load_2: is for a meter with phases = 3"},
           Row{"a load that is none", with("flat_seed = 7", "phases = 3\nload_2 = \"sho\""),
               "line.meter.load_2:"},
           Row{"number with a wrong check digit", with("07000000013", "07000000014"), "wrong check digit"},
           Row{"number too short", with("07000000013", "0700000001"), "must have 11 digits"},
           Row{"short key", with("0e0F", "0e"), "decoder_key: must have 32 hexadecimal digits"},
           Row{"key with other letters", with("0e0F", "0e0G"),
               "decoder_key: must have 32 hexadecimal digits"},
           Row{"price as a number", with("\"1.2000\"", "1.2"),
               "line.meter.price: must be text in double quotes"},
           Row{"price with five decimals", with("1.2000", "1.20001"), "at most 4 decimals"},
           Row{"negative price", with("1.2000", "-1.2"), "price: must be a number in quotes"},
           Row{"price that fits no register", with("1.2000", "429496.7296"), "price: is too high"},
           Row{"unknown load", with("\"feeder\"", "\"feder\""), "building.toml:19: line.meter.load: "},
           Row{"profile without a file", with("\"feeder\"", "\"profile:\""), "line.meter.load: "},
           Row{"profile that is not there", with("\"feeder\"", "\"profile:no-such.csv\""),
               "line.meter.load: "},
           Row{"open to the network", with("127.0.0.1:5601", "0.0.0.0:5601"),
               "line.listen: must be a loopback"},
           Row{"no port", with("127.0.0.1:5601", "127.0.0.1"), "line.listen: must be a loopback"},
           Row{"port with a tail", with("127.0.0.1:5601", "127.0.0.1:56x"),
               "line.listen: must be a loopback"},
           Row{"both attachments", with("baud = 19200", "pty = \"p\""), "either listen"},
           Row{"no attachment", with("pty = \"state/line-b\"\n", ""), "either listen"},
           Row{"same line name", with("name = \"b\"", "name = \"a\""), "\"a\" stands twice"},
           Row{"baud too low", with("baud = 19200", "baud = 300"), "line.baud: 300 is out of range"},
           Row{"an unknown protocol", with("baud = 19200", "protocol = \"dlms\""),
               "line.protocol: must be modbus, dlt645 or auto"},
           Row{"an optical port without a number",
               with("address = 1\n", "address = 1\noptical = \"127.0.0.1\"\n"),
               "optical: must be a loopback"},
           Row{"a keypad unit that a line has",
               with("address = 1\n", "address = 1\nkeypad_unit = \"127.0.0.1:5601\"\n"),
               "keypad_unit: another line or port"},
           Row{"a keypad line that hears nothing right",
               with("address = 1\n", "address = 1\nkeypad_unit = \"u\"\nkeypad_noise = 0.7\n"),
               "keypad_noise"},
           Row{"an optical port that a line has",
               with("address = 1\n", "address = 1\noptical = \"127.0.0.1:5601\"\n"),
               "optical: another line or port"},
           Row{"noise of one", with("noise = 1e-5", "noise = 1"),
               "line.noise: must be a number from 0 to 0.1"},
           Row{"a line that is no table", "state = \"s\"\ncontrol = \"c\"\nline = 1\n",
               "starts with [[line]]"},
       }) {
    EXPECT_NE(complaint(row.text).find(row.expected), std::string::npos)
        << row.name << ": " << complaint(row.text);
  }
}

TEST(Configuration, NeverRepeatsASecretInAMessage) {
  EXPECT_EQ(complaint(with("0e0F", "0e")).find("00010203"), std::string::npos);
}

}  // namespace
}  // namespace lk::host
