// SPDX-License-Identifier: Apache-2.0
// What officers do, over both forms.
#include <gtest/gtest.h>

#include "server/vault/administration.hpp"
#include "server/vault/testing/place.hpp"

namespace lk::vault {
namespace {

using namespace test;

Secret text_secret(std::string_view text) {
  return Secret::copy_of(std::as_bytes(std::span{text}));
}
Authority as(const char* officer, std::string_view password = "correct horse") {
  return {officer, text_secret(password)};
}
template <class T>
Reason reason_of(const Answer<T>& answer) {
  EXPECT_FALSE(answer.has_value());
  return answer ? Reason::audit_failed : answer.error().reason;
}

class Officers : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    if (GetParam() == Form::module && !SoftHsm::instance().is_there()) {
      GTEST_SKIP() << "no SoftHSM 2 here (package softhsm2)";
    }
    opening_ = opening_in(folder_, GetParam());
    must(Administration::create(opening_,
                                GetParam() == Form::file ? KeyDerivation::key : KeyDerivation::none));
  }
  Administration open() { return must(Administration::open(opening_)); }

  Folder folder_;
  Opening opening_;
};
INSTANTIATE_TEST_SUITE_P(, Officers, ::testing::Values(Form::file, Form::module),
                         [](const auto& form) { return form.param == Form::file ? "file" : "pkcs11"; });

TEST_P(Officers, TwoOfThemLoadAKeyInHalves) {
  auto desk = open();
  must(desk.add_group({}, {.name = group_04}));
  const Secret first = must(secret_of_hex("00112233445566778899aabbccddeeff01234567", 20));
  const auto whole = crypto::test::hex<20>(key_04);
  Secret second(20);
  for (std::size_t i = 0; i < 20; ++i) second.bytes()[i] = whole[i] ^ first.bytes()[i];

  EXPECT_EQ(reason_of(desk.load_half({}, group_04, first, {})), Reason::mistaken) << "no officers";
  must(desk.add_officer({}, "ann", text_secret("correct horse")));
  EXPECT_EQ(reason_of(desk.add_officer({}, "bob", text_secret("correct horse"))), Reason::mistaken)
      << "nobody consents";
  must(desk.add_officer(as("ann"), "bob", text_secret("battery staple")));
  EXPECT_EQ(reason_of(desk.load_half(as("ann", "wrong password"), group_04, first, {})), Reason::mistaken);
  EXPECT_EQ(reason_of(desk.load_half(as("eve"), group_04, first, {})), Reason::mistaken);
  EXPECT_EQ(reason_of(desk.load_half(as("ann"), group_04, Secret(8), {})), Reason::mistaken) << "wrong size";
  const CheckValue wrong{};
  EXPECT_EQ(reason_of(desk.load_half(as("ann"), group_04, first, wrong)), Reason::mistaken)
      << "wrong check value";
  EXPECT_EQ(reason_of(desk.load_half(as("ann"), {1, 1, sts::KeyType::unique}, first, {})),
            Reason::unknown_group);

  const auto half = must(desk.load_half(as("ann"), group_04, first,
                                        check_value_of(sts::KeyGenerationAlgorithm::dkga04, first.bytes())));
  EXPECT_FALSE(half.whole.has_value());
  EXPECT_EQ(reason_of(desk.load_half(as("ann"), group_04, second, {})), Reason::mistaken)
      << "the same officer";
  EXPECT_EQ(reason_of(desk.load_half(as("bob", "battery staple"), group_04, first, {})), Reason::mistaken)
      << "the same half twice is a key of zeros";
  const auto done = must(desk.load_half(as("bob", "battery staple"), group_04, second, {}));
  EXPECT_EQ(done.whole, check_value_of(sts::KeyGenerationAlgorithm::dkga04, whole));
  EXPECT_EQ(must(desk.custody().check_value(group_04, sts::KeyGenerationAlgorithm::dkga04)), *done.whole);
  EXPECT_EQ(reason_of(desk.load_half(as("ann"), group_04, first, {})), Reason::mistaken) << "it has its key";
}

TEST_P(Officers, AHalfWaitsAcrossRestartsAndMayBeDropped) {
  const Secret half = must(secret_of_hex("0123456789abcdef", 8));
  {
    auto desk = open();
    must(desk.add_officer({}, "ann", text_secret("correct horse")));
    must(desk.add_officer(as("ann"), "bob", text_secret("correct horse")));
    must(desk.add_group(as("ann"), {.name = group_04, .generation = sts::KeyGenerationAlgorithm::dkga02}));
    must(desk.load_half(as("ann"), group_04, half, {}));
    must(desk.drop_half(as("bob"), group_04));
    EXPECT_EQ(reason_of(desk.drop_half(as("bob"), group_04)), Reason::mistaken);
    must(desk.load_half(as("bob"), group_04, half, {}));
  }
  auto desk = open();
  EXPECT_EQ(desk.contents().find(group_04)->half->officer, "bob");
  const Secret other = must(secret_of_hex("aaaaaaaaaaaaaaaa", 8));
  const auto done = must(desk.load_half(as("ann"), group_04, other, {}));
  // 01^aa 23^aa … with odd parity
  const auto whole = crypto::test::hex<8>("aa89efcd23016745");
  EXPECT_EQ(done.whole, check_value_of(sts::KeyGenerationAlgorithm::dkga02, whole));
}

TEST_P(Officers, RandomKeysOfEachGenerationAreKeptAndChecked) {
  auto desk = open();
  for (const int generation : {2, 3, 4}) {
    KeyGroup group{.name = {1, static_cast<std::uint8_t>(generation), sts::KeyType::unique}};
    group.generation = static_cast<sts::KeyGenerationAlgorithm>(generation);
    must(desk.add_group({}, group, sts::Legacy::allowed));
    const auto value = must(desk.generate_key({}, group.name));
    EXPECT_EQ(must(desk.custody().check_value(group.name, group.generation)), value);
  }
  auto file = must((VaultFile::open(opening_, VaultFile::Access::read)));
  for (const GroupRecord& record : file.contents().groups) {
    EXPECT_EQ(must(file.custody().check_value(record.group.name, record.group.generation)),
              record.group.check_value);
  }
}

TEST_P(Officers, GroupsThatCannotBeAreRefused) {
  auto desk = open();
  KeyGroup group{.name = group_04};
  group.generation = sts::KeyGenerationAlgorithm::dkga01;
  EXPECT_EQ(reason_of(desk.add_group({}, group)), Reason::mistaken);
  group.generation = sts::KeyGenerationAlgorithm::dkga03;
  EXPECT_EQ(reason_of(desk.add_group({}, group)), Reason::mistaken);
  EXPECT_EQ(reason_of(desk.add_group({}, {.name = {201'457, 1, sts::KeyType::initialisation}})),
            Reason::mistaken);
  EXPECT_EQ(reason_of(desk.add_group({}, {.name = {1'000'000, 1, sts::KeyType::unique}})), Reason::mistaken);
  EXPECT_EQ(reason_of(desk.add_group({}, {.name = {1, 0, sts::KeyType::unique}})), Reason::mistaken);
  EXPECT_EQ(reason_of(desk.add_group({}, {.name = group_04, .active_unix_s = 5, .expires_unix_s = 5})),
            Reason::mistaken);
  must(desk.add_group({}, {.name = group_04}));
  EXPECT_EQ(reason_of(desk.add_group({}, {.name = group_04})), Reason::mistaken);
}

TEST_P(Officers, ARotatedKeyTakesOverOnItsDay) {
  const std::int64_t day = now_ms / 1000 + 1000;
  {
    auto desk = open();
    must(desk.add_group({}, {.name = {201'457, 9, sts::KeyType::unique}}));
    must(desk.generate_key({}, {201'457, 9, sts::KeyType::unique}));
    EXPECT_EQ(must(desk.rotate({}, {201'457, 9, sts::KeyType::unique}, day, 200)), group_04)
        << "9 is followed by 1";
    EXPECT_EQ(reason_of(desk.rotate({}, {201'457, 9, sts::KeyType::unique}, day, 200)), Reason::mistaken);
    must(desk.generate_key({}, group_04));
  }
  std::int64_t now = day * 1000 - 1;
  const auto vault = must(Vault::open(opening_, [&] { return now; }));
  TokenRequest old = credit();
  old.meter.group.key_revision_number = 9;
  EXPECT_TRUE(vault->issue_token(old).has_value());
  EXPECT_EQ(reason_of(vault->issue_token(credit())), Reason::not_yet_active);
  now = day * 1000;
  EXPECT_EQ(reason_of(vault->issue_token(old)), Reason::key_retired);
  EXPECT_TRUE(vault->issue_token(credit()).has_value());
}

TEST_P(Officers, ARemovedKeyIsGone) {
  auto desk = open();
  must(desk.add_group({}, {.name = group_04}));
  must(desk.generate_key({}, group_04));
  must(desk.remove_group({}, group_04));
  EXPECT_FALSE(desk.custody().check_value(group_04, sts::KeyGenerationAlgorithm::dkga04).has_value());
  EXPECT_EQ(reason_of(desk.remove_group({}, group_04)), Reason::unknown_group);
}

TEST_P(Officers, AServerThatRunsKeepsThemOut) {
  const auto vault = must(Vault::open(opening_, [] { return now_ms; }));
  EXPECT_EQ(reason_of(Administration::open(opening_)), Reason::in_use);
}

TEST_P(Officers, AVaultIsNeverOverwritten) {
  Opening again = opening_;
  again.audit = folder_ / "again.audit";
  const auto derivation = GetParam() == Form::file ? KeyDerivation::key : KeyDerivation::none;
  EXPECT_EQ(reason_of(Administration::create(again, derivation)), Reason::mistaken);
}

TEST(SealedFile, OpensWithItsPassphraseOnlyAndCanBeSealedAnew) {
  Folder folder;
  Opening opening{.path = folder / "vault.lkv"};
  write_private(folder / "passphrase", "correct horse battery\n");
  write_private(folder / "wrong", "correct horse\n");
  opening.secret.file = folder / "passphrase";
  {
    auto desk = must(Administration::create(opening, KeyDerivation::passphrase));
    must(desk.reseal({}, KeyDerivation::passphrase, text_secret("another passphrase")));
  }
  EXPECT_EQ(reason_of(Administration::open(opening)), Reason::module_locked);
  opening.secret.file = folder / "wrong";
  EXPECT_EQ(reason_of(Administration::open(opening)), Reason::module_locked);
  write_private(folder / "wrong", "another passphrase\n");
  EXPECT_TRUE(Administration::open(opening).has_value());
  opening.form = Form::module;
  EXPECT_EQ(reason_of(Administration::open(opening)), Reason::mistaken);
}

}  // namespace
}  // namespace lk::vault
