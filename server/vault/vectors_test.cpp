// SPDX-License-Identifier: Apache-2.0
// Every case of libs/sts/vectors/sts.json through a vault of each form: the tokens are those that others
// published.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "server/vault/sta_file.hpp"
#include "server/vault/testing/place.hpp"
#include "sts/amount.hpp"
#include "sts/identity.hpp"

namespace lk::vault {
namespace {

using namespace test;
using nlohmann::json;

const sts::StaTables* production_tables() {
  static const std::optional<sts::StaTables> tables = []() -> std::optional<sts::StaTables> {
    const char* const named = std::getenv("LK_SHARED");
    const std::filesystem::path shared = named != nullptr ? named : LK_REPOSITORY "/../shared";
    const auto set = read_sta_tables((shared / "vectors/sta-production.toml").string());
    if (!set) return std::nullopt;
    return sts::StaTables{*set};
  }();
  return tables ? &*tables : nullptr;
}

std::vector<std::byte> bytes_of(const std::string& hex) {
  const Secret bytes = must(secret_of_hex(hex, hex.size() / 2));
  return {bytes.bytes().begin(), bytes.bytes().end()};
}

GroupName name_of_group(const json& key) {
  return {static_cast<std::uint32_t>(std::stoul(key["sgc"].get<std::string>())),
          key["krn"].get<std::uint8_t>(), static_cast<sts::KeyType>(key["kt"].get<int>())};
}

MeterKey meter_of(const json& key) {
  const auto pan = key["pan"].get<std::string>();
  const std::string number = pan.starts_with("600727") ? pan.substr(6, 11) : pan.substr(4, 13);
  EXPECT_EQ(sts::text(sts::pan_of(number).value()), pan);
  return {.number = number,
          .group = name_of_group(key),
          .tariff_index = static_cast<std::uint8_t>(std::stoul(key["ti"].get<std::string>())),
          .algorithm = static_cast<sts::EncryptionAlgorithm>(key["ea"].get<int>()),
          .technology = TokenTechnology::magnetic_card};
}

// Vaults by the keys that they hold; a case finds its own, which is made when it is first asked for.
class Vaults {
 public:
  explicit Vaults(Form form) : form_(form) {}

  Vault& with(const std::vector<std::pair<json, int>>& keys) {
    std::map<GroupName, std::string> groups;
    for (const auto& [key, ken] : keys) groups[name_of_group(key)] = describe(key, ken);
    std::string name;
    for (const auto& [group, description] : groups) name += text(group) + description;
    auto& found = vaults_[name];
    if (found) return *found;
    auto& folder = folders_.emplace_back(std::make_unique<Folder>());
    const Opening opening = opening_in(*folder, form_);
    {
      VaultFile file = make_file(opening);
      for (const auto& [key, ken] : keys) {
        if (file.contents().find(name_of_group(key)) != nullptr) continue;
        KeyGroup group{.name = name_of_group(key), .key_expiry_number = static_cast<std::uint8_t>(ken)};
        group.generation = static_cast<sts::KeyGenerationAlgorithm>(key["dkga"].get<int>());
        group.base_date = sts::base_date(key["bdt"].get<std::uint32_t>()).value();
        put_key(file, group, bytes_of(key["vk"].get<std::string>()));
      }
    }
    found = must(Vault::open(opening, [] { return now_ms; }, production_tables()));
    return *found;
  }
  // What must be the same for two keys to be one group.
  static std::string describe(const json& key, int ken) {
    return " " + key["vk"].get<std::string>() + key["dkga"].dump() + key["bdt"].dump() + std::to_string(ken) +
           ";";
  }

 private:
  Form form_;
  std::vector<std::unique_ptr<Folder>> folders_;
  std::map<std::string, std::unique_ptr<Vault>> vaults_;
};

std::uint32_t tid_of_case(const json& vector) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  const auto text = vector["dt"].get<std::string>();
  // NOLINTNEXTLINE(cert-err34-c): the count tells
  EXPECT_EQ(std::sscanf(text.c_str(), "%d-%u-%u %d:%d", &year, &month, &day, &hour, &minute), 5);
  const std::chrono::sys_days date =
      std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  const std::int64_t minutes = date.time_since_epoch().count() * 1440LL + hour * 60 + minute;
  return sts::tid_at(sts::base_date(vector["key"]["bdt"].get<std::uint32_t>()).value(),
                     quantity::Instant::of(minutes * 60'000))
      .value();
}

// Currency cases as their tests in libs/sts read them are not repeated here: amounts with a power of ten are
// left out.
std::optional<TokenContent> content_of(const json& vector) {
  const auto kind = vector["kind"].get<std::string>();
  const auto sub = vector["sub"].get<std::uint8_t>();
  const std::uint32_t tid = tid_of_case(vector);
  if (kind == "cur") {
    const auto text = vector["val"].get<std::string>();
    if (text.find_first_of("E.") != std::string::npos) return std::nullopt;
    return sts::CurrencyCredit{sub, tid, sts::encode_currency(quantity::units(std::stoll(text))).value()};
  }
  const auto random = vector["rnd"].get<std::uint8_t>();
  std::uint16_t value = 0;
  if (kind == "units") {
    value = sts::encode_units(vector["val"].get<std::uint64_t>()).value();
  } else if (kind == "ext") {
    value = static_cast<std::uint16_t>((vector["val"][0].get<unsigned>() << 10U) |
                                       vector["val"][1].get<unsigned>());
  } else {
    value = vector["val"].get<std::uint16_t>();
  }
  if (vector["cls"] == 0) return sts::UnitCredit{sub, random, tid, value};
  return sts::Management{sub, random, tid, value};
}

class VaultVectors : public ::testing::TestWithParam<Form> {};
INSTANTIATE_TEST_SUITE_P(, VaultVectors, ::testing::Values(Form::file, Form::module),
                         [](const auto& form) { return form.param == Form::file ? "file" : "pkcs11"; });

TEST_P(VaultVectors, GiveThePublishedTokens) {
  if (GetParam() == Form::module && !SoftHsm::instance().is_there()) {
    GTEST_SKIP() << "no SoftHSM 2 here (package softhsm2)";
  }
  Vaults vaults(GetParam());
  int token_count = 0;
  int set_count = 0;
  int skipped = 0;
  for (const json& vector : json::parse(std::ifstream{LK_STS_VECTORS})) {
    const bool is_change = vector["kind"] == "kct";
    const json key = is_change ? vector["old"] : vector.value("key", json::object());
    const int algorithm = key.value("ea", 0);
    // Class 1 has no key, "dkga": 0 has no vending key; EA07 needs the tables of the STS Association.
    if (key.value("dkga", 0) == 0 || (algorithm == 7 && production_tables() == nullptr)) continue;
    if (!is_change) {
      const auto content = content_of(vector);
      if (!content) {
        ++skipped;
        continue;
      }
      const auto issued =
          vaults.with({{key, 255}})
              .issue_token({.meter = meter_of(key), .content = *content, .cause = {}, .settle_later = true});
      ASSERT_TRUE(issued.has_value()) << vector["id"] << issued.error().text;
      EXPECT_EQ(issued->digits, vector["tok"].get<std::string>()) << vector["id"];
      ++token_count;
      continue;
    }
    const json next = vector["new"];
    const int ken = vector["ken"].get<int>();
    const bool is_one_group = name_of_group(key) == name_of_group(next);
    if (is_one_group && Vaults::describe(key, 0) != Vaults::describe(next, 0)) {
      ++skipped;  // one group cannot have two keys or base dates: a vault would know the new one by its
                  // revision
      continue;
    }
    const KeyChangeRequest request{.from = meter_of(key),
                                   .to = meter_of(next),
                                   .with_supply_group = vector["n"] == 3,
                                   .cause = {},
                                   .settle_later = true};
    Vault& vault = is_one_group ? vaults.with({{next, ken}}) : vaults.with({{key, 255}, {next, ken}});
    const auto issued = vault.issue_key_change(request);
    ASSERT_TRUE(issued.has_value()) << vector["id"] << issued.error().text;
    EXPECT_EQ(issued->roll_over, vector["ro"] == 1) << vector["id"];
    const json& tokens = vector["tok"];
    ASSERT_LE(tokens.size(), issued->tokens.size()) << vector["id"];
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      EXPECT_EQ(issued->tokens[i], tokens[i].get<std::string>()) << vector["id"] << " section " << i + 1;
    }
    ++set_count;
  }
  std::printf("%d tokens, %d key change sets; %d cases left out%s\n", token_count, set_count, skipped,
              production_tables() == nullptr ? "; EA07 left out: its tables are not here" : "");
  EXPECT_GE(token_count, production_tables() != nullptr ? 400 : 160);
  EXPECT_GE(set_count, 8);
}

}  // namespace
}  // namespace lk::vault
