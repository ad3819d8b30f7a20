// SPDX-License-Identifier: Apache-2.0
#include "gateway/setup/configuration.hpp"

#include <gtest/gtest.h>

namespace lk::gateway {
namespace {

const std::string head = R"(site = "demo"
name = "gw1"
state = "state/gateway"
[mqtt]
host = "127.0.0.1"
)";
const std::string line_a = R"([[line]]
name = "a"
tcp = "127.0.0.1:5601"
[[line.meter]]
number = "07000000019"
address = 1
)";

std::string with_line(const std::string& rows) {
  return head + "[[line]]\nname = \"a\"\n" + rows;
}
const std::string one_meter = "[[line.meter]]\nnumber = \"07000000019\"\naddress = 1\n";

std::string all_problems(const std::string& text) {
  const auto read = parse_configuration(text);
  if (read) return "";
  std::string found;
  for (const Problem& problem : read.error()) found += describe(problem, "g.toml") + "\n";
  return found;
}

TEST(Configuration, takes_two_lines_and_fills_in_what_is_usual) {
  const auto read = parse_configuration(head + line_a + R"([[line]]
name = "b"
device = "/dev/ttyUSB0"
baud = 9600
parity = "even"
timeout_ms = 500
poll_ms = 2000
[[line.meter]]
number = "07000000027"
address = 247
)");
  ASSERT_TRUE(read) << all_problems(head + line_a);
  ASSERT_EQ(read->lines.size(), 2U);
  EXPECT_EQ(std::get<TcpLine>(read->lines[0].where), (TcpLine{"127.0.0.1", 5601}));
  EXPECT_EQ(read->lines[0].baud, 19200U);
  EXPECT_EQ(read->lines[0].timeout_ms, 300);
  EXPECT_EQ(std::get<SerialLine>(read->lines[1].where), (SerialLine{"/dev/ttyUSB0"}));
  EXPECT_EQ(read->lines[1].parity, Parity::even);
  EXPECT_EQ(read->lines[1].meters[0].address, 247);
  EXPECT_EQ(read->mqtt.port, 1883);
  EXPECT_EQ(read->mqtt.outbox_mb, 64);
}

struct BadRow {
  const char* name;
  std::string text;
  const char* says;  // must be part of the message
};

class BadConfiguration : public testing::TestWithParam<BadRow> {};

TEST_P(BadConfiguration, is_named_with_line_key_and_remedy) {
  const std::string problems = all_problems(GetParam().text);
  EXPECT_NE(problems.find(GetParam().says), std::string::npos) << problems;
}

INSTANTIATE_TEST_SUITE_P(
    rows, BadConfiguration,
    testing::Values(
        BadRow{"not_toml", "site = \n", "g.toml:1: is not TOML"}, BadRow{"empty", "", "site: is missing"},
        BadRow{"no_mqtt", "site=\"a\"\nname=\"b\"\nstate=\"c\"\n" + line_a, "mqtt: is missing: add a [mqtt]"},
        BadRow{"mqtt_is_no_table", "mqtt = 3\n", "g.toml:1: mqtt: is not a table"},
        BadRow{"no_line", head, "line: there is no line to read: add a [[line]]"},
        BadRow{"line_is_no_list", "line = 3\n", "line: is not a list of tables"},
        BadRow{"site_of_wrong_letters", "site = \"De/mo\"\n", "site: \"De/mo\" cannot be part of a topic"},
        BadRow{"site_is_a_number", "site = 3\n", "g.toml:1: site: is not a text: put it in double quotes"},
        BadRow{"state_is_empty", "state = \"\"\n", "state: is empty"},
        BadRow{"unknown_key", "sight = \"demo\"\n" + head,
               "g.toml:1: sight: is not known here: remove it, or spell"},
        BadRow{"unknown_key_in_mqtt", head + "tls = true\n", "g.toml:6: mqtt.tls: is not known here"},
        BadRow{"unknown_key_in_line", with_line("tcp=\"h:1\"\nbauds=1\n" + one_meter),
               "line[0].bauds: is not known"},
        BadRow{"unknown_key_in_meter", head + line_a + "adress = 2\n",
               "line[0].meter[0].adress: is not known"},
        BadRow{"port_out_of_range", head + "port = 70000\n",
               "mqtt.port: 70000 is out of range: use a whole number"},
        BadRow{"port_is_a_text", head + "port = \"1883\"\n", "mqtt.port: is not a whole number"},
        BadRow{"outbox_of_nothing", head + "outbox_mb = 0\n", "mqtt.outbox_mb: 0 is out of range"},
        BadRow{"line_nowhere", with_line(one_meter), "line[0]: this line is nowhere: add tcp"},
        BadRow{"tcp_and_device", with_line("tcp=\"h:1\"\ndevice=\"/dev/x\"\n" + one_meter),
               "has both `tcp` and"},
        BadRow{"tcp_without_port", with_line("tcp=\"localhost\"\n" + one_meter),
               "line[0].tcp: \"localhost\" has no"},
        BadRow{"tcp_with_bad_port", with_line("tcp=\"h:99999\"\n" + one_meter),
               "has no port from 1 to 65535"},
        BadRow{"odd_baud", with_line("tcp=\"h:1\"\nbaud=1234\n" + one_meter),
               "g.toml:9: line[0].baud: 1234 is not a"},
        BadRow{"odd_parity", with_line("tcp=\"h:1\"\nparity=\"mark\"\n" + one_meter),
               "\"mark\" is no parity: use"},
        BadRow{"hasty_timeout", with_line("tcp=\"h:1\"\ntimeout_ms=1\n" + one_meter),
               "timeout_ms: 1 is out of range"},
        BadRow{"no_meters", with_line("tcp=\"h:1\"\n"),
               "line[0].meter: this line has no meters: add a [[line.meter]]"},
        BadRow{"short_number", with_line("tcp=\"h:1\"\n[[line.meter]]\nnumber=\"07\"\naddress=1\n"),
               "line[0].meter[0].number: \"07\" is not a meter number: write the 11 digits"},
        BadRow{"no_address", with_line("tcp=\"h:1\"\n[[line.meter]]\nnumber=\"07000000019\"\n"),
               "line[0].meter[0].address: is missing: use a whole number from 1 to 247"},
        BadRow{"broadcast_address",
               with_line("tcp=\"h:1\"\n[[line.meter]]\nnumber=\"07000000019\"\naddress=0\n"),
               "address: 0 is out of range"},
        BadRow{"one_address_twice", head + line_a + "[[line.meter]]\nnumber=\"07000000027\"\naddress=1\n",
               "line[0].meter[1].address: the line's meters 0 and 1 share address 1: give each"},
        BadRow{"one_meter_twice", head + line_a + "[[line]]\nname=\"b\"\ntcp=\"h:1\"\n" + one_meter,
               "meter 07000000019 is twice in the file, on line \"a\" and on line \"b\""},
        BadRow{"one_place_twice",
               head + line_a + "[[line]]\nname=\"b\"\ntcp=\"127.0.0.1:5601\"\n[[line.meter]]\n" +
                   "number=\"07000000027\"\naddress=1\n",
               "line[1].tcp: lines \"a\" and \"b\" are both on 127.0.0.1:5601: put their meters into one"},
        BadRow{"one_name_twice",
               head + line_a + "[[line]]\nname=\"a\"\ntcp=\"h:1\"\n[[line.meter]]\n" +
                   "number=\"07000000027\"\naddress=1\n",
               "line[1].name: two lines are called \"a\""}),
    [](const auto& row) { return row.param.name; });

TEST(Configuration, names_all_problems_of_a_file_at_once) {
  const std::string problems = all_problems("site = 1\nname = 2\nstate = 3\n");
  EXPECT_NE(problems.find("g.toml:1: site"), std::string::npos);
  EXPECT_NE(problems.find("g.toml:2: name"), std::string::npos);
  EXPECT_NE(problems.find("g.toml:3: state"), std::string::npos);
  EXPECT_NE(problems.find("mqtt"), std::string::npos);
}

TEST(Configuration, says_that_a_file_cannot_be_read) {
  const auto read = read_configuration("/nonexistent/gateway.toml");
  ASSERT_FALSE(read);
  EXPECT_EQ(describe(read.error()[0], "x").find("x: cannot be read"), 0U);
}

}  // namespace
}  // namespace lk::gateway
