// SPDX-License-Identifier: Apache-2.0
// Lines that are wrong, each with the answer that a person gets; sts_command_test.py runs every vector
// through the program itself.
#include "tools/latchkey/sts/lines.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lk::tools {
namespace {

using nlohmann::json;

const json credit = json::parse(R"({"kind":"units","cls":0,"sub":0,"rnd":11,"dt":"1996-03-25 13:55","val":256,
  "key":{"dkga":0,"ea":7,"dk":"0abc12def3456789","bdt":1993}})");
const json key_change = json::parse(R"({"kind":"kct","ken":255,"ro":0,"n":null,
  "old":{"dkga":4,"ea":11,"vk":"abababababababab949494949494949401234567","pan":"600727000000000009","kt":2,
         "sgc":"201457","ti":"01","krn":1,"bdt":2014},
  "new":{"dkga":4,"ea":11,"vk":"abababababababab949494949494949401234567","pan":"600727000000000009","kt":2,
         "sgc":"201457","ti":"02","krn":1,"bdt":2014}})");

json encoded(const json& line) {
  return json::parse(encode_line(line.dump(), sts::sample_tables));
}
json decoded(const json& line) {
  return json::parse(decode_line(line.dump(), sts::sample_tables));
}

json with(json line, const char* pointer, const json& value) {
  line[json::json_pointer{pointer}] = value;
  return line;
}

TEST(StsLines, ExampleOfTheStandardWithTheSampleTables) {
  EXPECT_EQ(encoded(credit), json::parse(R"({"tok":"51043465443420856213"})"));
  const json back = decoded({{"tok", "5104 3465 4434 2085 6213"}, {"key", credit["key"]}});
  EXPECT_EQ(back, json::parse(R"({"cls":0,"sub":0,"rnd":11,"tid":1698595,"dt":"1996-03-25 13:55","val":256,
                                  "kind":"units"})"));
}

TEST(StsLines, NumbersMayBeTextAndTheIdentifierMayStandForTheTime) {
  EXPECT_EQ(encoded(with(credit, "/val", "255.4")), encoded(credit)) << "a part of a step is rounded up";
  EXPECT_EQ(encoded(with(credit, "/val", 255.4)), encoded(credit));
  json line = credit;
  line.erase("dt");
  line["tid"] = 1'698'595;
  EXPECT_EQ(encoded(line), encoded(credit));
}

TEST(StsLines, KeyChangeComesBackAsItsKey) {
  const json tokens = encoded(key_change)["tok"];
  ASSERT_EQ(tokens.size(), 4U);
  const json back = decoded({{"tok", tokens}, {"key", key_change["old"]}});
  EXPECT_EQ(back["complete"], true);
  EXPECT_EQ(back["new"]["ti"], 2);
  EXPECT_EQ(back["new"]["sgc"], 201'457);
  EXPECT_EQ(back["ken"], 255);
  json credit_of_new_key = with(credit, "/key", key_change["new"]);
  credit_of_new_key["dt"] = "2026-01-01 12:00";
  json given = with(credit_of_new_key, "/key", back["new"]);
  given["key"]["bdt"] = 2014;
  EXPECT_EQ(encoded(given), encoded(credit_of_new_key)) << "the key taken apart makes the same tokens";
  EXPECT_EQ(decoded({{"tok", {tokens[0], tokens[1]}}, {"key", key_change["old"]}})["complete"], false);
}

TEST(StsLines, SubClassesOfMakersGoBothWays) {
  for (const int token_class : {0, 1, 2}) {
    json line{
        {"kind", "own"}, {"cls", token_class}, {"sub", 12}, {"bits", "abcdef01234"}, {"key", credit["key"]}};
    const json made = encoded(line);
    ASSERT_TRUE(made.contains("tok")) << made;
    const json back = decoded({{"tok", made["tok"]}, {"key", credit["key"]}});
    line.erase("key");
    EXPECT_EQ(back, line);
  }
}

TEST(StsLines, Dkga03OnlyWhereItIsAllowed) {
  json line = credit;
  line["key"] = {{"dkga", 3},
                 {"ea", 7},
                 {"vk", "abababababababab0123456789abcdef"},
                 {"pan", "600727000000000009"},
                 {"kt", 2},
                 {"sgc", "123456"},
                 {"ti", "01"},
                 {"krn", 1},
                 {"bdt", 1993}};
  EXPECT_TRUE(encoded(line).contains("error"));
  line["key"]["legacy"] = true;
  EXPECT_TRUE(encoded(line).contains("tok")) << encoded(line);
}

struct Wrong {
  json line;
  const char* field;
};

TEST(StsLines, EncodeNamesTheFieldThatIsWrong) {
  const Wrong wrong[] = {
      {with(credit, "/kind", "unit"), "kind:"},
      {with(credit, "/kind", nullptr), "kind:"},
      {with(credit, "/cls", 1), "sub:"},
      {with(credit, "/cls", 3), "cls:"},
      {with(credit, "/cls", -1), "cls:"},
      {with(credit, "/cls", 0.5), "cls:"},
      {with(credit, "/sub", 4), "sub:"},
      {with(credit, "/sub", 16), "sub:"},
      {with(credit, "/rnd", 16), "rnd:"},
      {with(credit, "/rnd", nullptr), "rnd:"},
      {with(credit, "/dt", "1996-02-30 13:55"), "dt:"},
      {with(credit, "/dt", "1996-03-25 24:00"), "dt:"},
      {with(credit, "/dt", "1996-03-25T13:55"), "dt:"},
      {with(credit, "/dt", "1992-12-31 23:59"), "dt:"},
      {with(credit, "/dt", "2024-11-24 20:16"), "dt:"},
      {with(credit, "/dt", 5), "dt:"},
      {with(credit, "/val", -1), "val:"},
      {with(credit, "/val", 18'201'625), "val:"},
      {with(credit, "/val", "many"), "val:"},
      {with(credit, "/val", json::array()), "val:"},
      {with(credit, "/key", 7), "key:"},
      {with(credit, "/key/ea", 9), "key.ea:"},
      {with(credit, "/key/dkga", 3), "key.dkga:"},
      {with(credit, "/key/dk", "0abc"), "key.dk:"},
      {with(credit, "/key/dk", "0abc12def345678g"), "key.dk:"},
      {with(credit, "/key/bdt", 2000), "key.bdt:"},
      {with(credit, "/key/bdt", nullptr), "key.bdt:"},
      {with(with(credit, "/kind", "cur"), "/sub", 0), "sub:"},
      {with(with(with(credit, "/kind", "cur"), "/sub", 4), "/val", "1e35"), "val:"},
      {with(with(credit, "/kind", "ext"), "/val", {1, 2}), "sub:"},
      {with(with(with(with(credit, "/kind", "ext"), "/cls", 2), "/sub", 10), "/val", {64, 0}), "val:"},
      {json::parse(R"({"kind":"c1","sub":3,"ctl":0,"mfr":0})"), "sub:"},
      {json::parse(R"({"kind":"c1","sub":1,"ctl":268435456,"mfr":0})"), "ctl:"},
      {json::parse(R"({"kind":"c1","sub":0,"ctl":0,"mfr":256})"), "mfr:"},
      {json::parse(R"({"kind":"c1","sub":0,"ctl":0})"), "mfr:"},
      {with(key_change, "/old/pan", "600727000000000008"), "old.pan:"},
      {with(key_change, "/old/vk", "ab"), "old.vk:"},
      {with(key_change, "/new/krn", 10), "new.krn:"},
      {with(key_change, "/new/ti", "100"), "new.ti:"},
      {with(key_change, "/new/sgc", "20145x"), "new.sgc:"},
      {with(key_change, "/new/kt", 4), "new.kt:"},
      {with(key_change, "/new/ea", 7), "new.ea:"},
      {with(key_change, "/ken", 256), "ken:"},
      {with(key_change, "/ro", 2), "ro:"},
      {with(key_change, "/n", 3), "n:"},
      {with(with(key_change, "/old/dkga", 2), "/old/ea", 11), "old.dkga:"},
      {with(key_change, "/old/dkga", 1), "old.dkga:"},
      {with(key_change, "/old/dkga", 5), "old.dkga:"},
      {with(with(with(key_change, "/old/dkga", 3), "/old/ea", 7), "/old/vk",
            "abababababababab0123456789abcdef"),
       "old.dkga:"},
      {with(with(credit, "/kind", "own"), "/sub", 8), "bits:"},
      {with(with(credit, "/kind", "own"), "/bits", "00000000001"), "sub:"},
      {with(with(with(key_change, "/old/dkga", 2), "/old/ea", 7), "/old/vk", "abababababababaa"), "old.vk:"},
      {json::array(), "line:"},
      {json::object(), "kind:"},
  };
  for (const Wrong& c : wrong) {
    const json answer = encoded(c.line);
    ASSERT_TRUE(answer.contains("error")) << c.line << " gave " << answer;
    EXPECT_TRUE(answer["error"].get<std::string>().starts_with(c.field)) << c.line << " gave " << answer;
  }
}

TEST(StsLines, DecodeNamesWhatIsWrongWithTheToken) {
  const auto error_of = [](const json& tok) {
    return decoded({{"tok", tok}, {"key", credit["key"]}}).value("error", "none");
  };
  EXPECT_EQ(error_of("5104"), "tok: must be 20 digits");
  EXPECT_EQ(error_of("5104346544342085621x"), "tok: must be 20 digits");
  EXPECT_EQ(error_of("99999999999999999999"), "tok: is above 73786976294838206463: not a token");
  EXPECT_EQ(error_of("73786976294838206463"), "tok: is of class 3, which is reserved");
  EXPECT_EQ(error_of("51043465443420856214"),
            "tok: has a wrong check: mistyped, damaged, or for another key");
  EXPECT_EQ(error_of(7), "tok: must be text of 20 digits, or a list of such");
  EXPECT_EQ(error_of(json::array()), "tok: a key change has 2 to 4 tokens");
  EXPECT_EQ(error_of(json::array({7})), "tok: must be text of 20 digits, or a list of such");
  EXPECT_EQ(decoded({{"tok", "51043465443420856213"}}).value("error", "none"), "key: is missing");
}

TEST(StsLines, WhatIsNoJsonIsSaidSo) {
  for (const std::string& line : {std::string{}, std::string{"{"}, std::string{"\xFF\xFE"},
                                  std::string(100'000, '['), std::string{"{\"kind\":\"\xFF\"}"}}) {
    const json answer = json::parse(encode_line(line, sts::sample_tables));
    EXPECT_TRUE(answer["error"].get<std::string>().starts_with("line:")) << answer;
  }
}

}  // namespace
}  // namespace lk::tools
