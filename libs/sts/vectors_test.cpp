// SPDX-License-Identifier: Apache-2.0
// Every case of vectors/sts.json, both ways, with keys derived from the vending key. On a PC only: it reads
// files.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "bytes/bytes.hpp"
#include "crypto/vectors_test.hpp"
#include "sts/codec.hpp"
#include "sts/key_change.hpp"
#include "sts/key_generation.hpp"

namespace lk::sts {
namespace {

using crypto::test::hex;
using nlohmann::json;

const json& vectors() {
  static const json all = json::parse(std::ifstream{LK_STS_VECTORS});
  return all;
}

std::vector<std::uint8_t> number_list(const std::string& text, const std::string& name) {
  std::vector<std::uint8_t> numbers;
  const auto begin = text.find('[', text.find(name));
  std::istringstream list{text.substr(begin + 1, text.find(']', begin) - begin - 1)};
  for (std::string number; std::getline(list, number, ',');) {
    numbers.push_back(static_cast<std::uint8_t>(std::stoi(number)));
  }
  return numbers;
}

// The production tables where they lie beside the repository, else nothing.
const StaTables* production_tables() {
  static const std::optional<StaTables> tables = []() -> std::optional<StaTables> {
    const char* const named = std::getenv("LK_SHARED");
    const std::filesystem::path shared = named != nullptr ? named : LK_REPOSITORY "/../shared";
    std::ifstream file{shared / "vectors/sta-production.toml"};
    if (!file) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    TableSet set{};
    std::ranges::copy(number_list(text, "encrypt_substitution_1"), set.substitution_1.begin());
    std::ranges::copy(number_list(text, "encrypt_substitution_2"), set.substitution_2.begin());
    std::ranges::copy(number_list(text, "encrypt_permutation"), set.permutation.begin());
    if (check(set) != TableSetFault::none)
      throw std::runtime_error{"the production tables are no permutations"};
    return StaTables{set};
  }();
  return tables ? &*tables : nullptr;
}

KeyAttributes attributes_of(const json& key) {
  return {.pan = parse_pan(key["pan"].get<std::string>()).value(),
          .key_type = static_cast<KeyType>(key["kt"].get<int>()),
          .supply_group_code = static_cast<std::uint32_t>(std::stoul(key["sgc"].get<std::string>())),
          .tariff_index = static_cast<std::uint8_t>(std::stoul(key["ti"].get<std::string>())),
          .key_revision_number = key["krn"].get<std::uint8_t>(),
          .base_date = base_date(key["bdt"].get<std::uint32_t>()).value()};
}

// The key as words, most significant first.
std::array<std::uint32_t, 4> words_of(const json& key) {
  std::uint64_t upper = 0;
  std::uint64_t lower = 0;
  if (key["dkga"] == 0) {
    upper = std::stoull(key["dk"].get<std::string>(), nullptr, 16);
  } else if (key["dkga"] == 2) {
    upper = derive_dkga02(std::stoull(key["vk"].get<std::string>(), nullptr, 16), attributes_of(key)).value();
  } else {
    const VendingKey vending{hex<20>(key["vk"].get<std::string>())};
    if (key["ea"] == 7) {
      upper = vending.derive_ea07(attributes_of(key)).value();
    } else {
      const auto derived = vending.derive_ea11(attributes_of(key)).value();
      bytes::Reader reader{derived};
      upper = reader.big<std::uint64_t>();
      lower = reader.big<std::uint64_t>();
    }
  }
  return {static_cast<std::uint32_t>(upper >> 32U), static_cast<std::uint32_t>(upper),
          static_cast<std::uint32_t>(lower >> 32U), static_cast<std::uint32_t>(lower)};
}

DecoderKey decoder_key(const json& key) {
  const auto words = words_of(key);
  if (key["ea"] == 7)
    return DecoderKey::ea07((std::uint64_t{words[0]} << 32U) | words[1], *production_tables());
  std::array<std::byte, 16> whole;
  bytes::Writer writer{whole};
  for (const std::uint32_t word : words) writer.big(word);
  return DecoderKey::ea11(whole);
}

std::uint32_t tid_of(const json& vector) {
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
  return tid_at(base_date(vector["key"]["bdt"].get<std::uint32_t>()).value(),
                quantity::Instant::of(minutes * 60'000))
      .value();
}

// A decimal number of whole currency units, perhaps with a power of ten, in steps of 1/100 000.
CurrencyAmount currency_of(const std::string& text) {
  CurrencyAmount amount{text.starts_with('-'), {}};
  int scale = 5;
  bool after_point = false;
  std::size_t at = amount.negative ? 1 : 0;
  for (; at < text.size() && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      after_point = true;
      continue;
    }
    amount.magnitude = amount.magnitude * 10 + Wide{0, static_cast<std::uint64_t>(text[at] - '0')};
    if (after_point) --scale;
  }
  if (at < text.size()) scale += std::stoi(text.substr(at + 1));
  for (; scale > 0; --scale) amount.magnitude = amount.magnitude * 10;
  return amount;
}

Token token_of(const json& vector) {
  const auto kind = vector["kind"].get<std::string>();
  const auto sub = vector["sub"].get<std::uint8_t>();
  if (kind == "c1") return Test{sub, vector["ctl"].get<std::uint64_t>(), vector["mfr"].get<std::uint16_t>()};
  const std::uint32_t tid = tid_of(vector);
  if (kind == "cur") {
    return CurrencyCredit{sub, tid, encode_currency(currency_of(vector["val"].get<std::string>())).value()};
  }
  const auto random = vector["rnd"].get<std::uint8_t>();
  std::uint16_t value = 0;
  if (kind == "units") {
    value = encode_units(vector["val"].get<std::uint64_t>()).value();
  } else if (kind == "ext") {
    value = static_cast<std::uint16_t>((vector["val"][0].get<unsigned>() << 10U) |
                                       vector["val"][1].get<unsigned>());
  } else {
    value = vector["val"].get<std::uint16_t>();
  }
  if (vector["cls"] == 0) return UnitCredit{sub, random, tid, value};
  return Management{sub, random, tid, value};
}

KeyChange change_of(const json& vector) {
  const json& key = vector["new"];
  const KeyAttributes attributes = attributes_of(key);
  KeyChange change{.algorithm = static_cast<EncryptionAlgorithm>(key["ea"].get<int>()),
                   .key_words = words_of(key),
                   .key_type = attributes.key_type,
                   .key_revision_number = attributes.key_revision_number,
                   .key_expiry_number = vector["ken"].get<std::uint8_t>(),
                   .tariff_index = attributes.tariff_index,
                   .roll_over = vector["ro"] == 1};
  if (key["ea"] == 11 || vector["n"] == 3) change.supply_group_code = attributes.supply_group_code;
  return change;
}

std::string text_of(const Digits& digits) {
  return {digits.begin(), digits.end()};
}

void check_token(const json& vector) {
  const DecoderKey key =
      vector["kind"] == "c1" ? DecoderKey::ea11(std::array<std::byte, 16>{}) : decoder_key(vector["key"]);
  const Token token = token_of(vector);
  const auto digits = vector["tok"].get<std::string>();
  EXPECT_EQ(text_of(encode(token, key)), digits) << vector["id"];
  const auto back = decode(digits, key);
  ASSERT_TRUE(back.has_value()) << vector["id"];
  EXPECT_TRUE(*back == token) << vector["id"];
}

void check_key_change(const json& vector) {
  const DecoderKey key = decoder_key(vector["old"]);
  const KeyChange change = change_of(vector);
  const KeyChangeSet set = sections_of(change);
  const json& tokens = vector["tok"];
  ASSERT_LE(tokens.size(), set.count) << vector["id"];
  std::vector<Token> sections;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto digits = tokens[i].get<std::string>();
    EXPECT_EQ(text_of(encode(set.tokens[i], key)), digits) << vector["id"] << " section " << i + 1;
    const auto back = decode(digits, key);
    ASSERT_TRUE(back.has_value()) << vector["id"];
    sections.push_back(*back);
  }
  if (tokens.size() == set.count) {
    EXPECT_TRUE(combine(sections, key.algorithm()) == change) << vector["id"];
  }
}

// Checks the cases of one encryption algorithm (0: those that need no key) and returns how many there were.
int check_all(int algorithm) {
  int count = 0;
  for (const json& vector : vectors()) {
    const bool is_key_change = vector["kind"] == "kct";
    const json key = is_key_change ? vector["old"] : vector.value("key", json::object());
    if (key.value("ea", 0) != algorithm) continue;
    ++count;
    is_key_change ? check_key_change(vector) : check_token(vector);
  }
  return count;
}

TEST(StsVectors, ClassOneTokensNeedNoKey) {
  EXPECT_EQ(check_all(0), 36);
}
TEST(StsVectors, Ea11) {
  EXPECT_EQ(check_all(11), 184);
}
TEST(StsVectors, Ea07WithProductionTables) {
  if (production_tables() == nullptr) {
    GTEST_SKIP()
        << "no vectors/sta-production.toml in ../shared or $LK_SHARED: the production tables of EA07 are "
           "not part of the repository";
  }
  EXPECT_EQ(check_all(7), 270);
}

}  // namespace
}  // namespace lk::sts
