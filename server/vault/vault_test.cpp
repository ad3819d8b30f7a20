// SPDX-License-Identifier: Apache-2.0
// What a security module answers, the same over a sealed file and over SoftHSM.
#include <gtest/gtest.h>

#include "server/vault/audit_reader.hpp"
#include "server/vault/testing/place.hpp"
#include "sts/amount.hpp"
#include "sts/codec.hpp"

namespace lk::vault {
namespace {

using namespace test;

class VaultForms : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    if (GetParam() == Form::module && !SoftHsm::instance().is_there()) {
      GTEST_SKIP() << "no SoftHSM 2 here (package softhsm2)";
    }
    opening_ = opening_in(folder_, GetParam());
  }
  Vault& open(KeyGroup group = {.name = group_04}) {
    make_vault(opening_, group);
    return reopen();
  }
  Vault& reopen() {
    vault_.reset();
    vault_ = must(Vault::open(opening_, [this] { return now_; }));
    return *vault_;
  }
  static Reason reason_of(const Answer<IssuedToken>& answer) {
    EXPECT_FALSE(answer.has_value());
    return answer ? Reason::mistaken : answer.error().reason;
  }

  Folder folder_;
  Opening opening_;
  std::int64_t now_ = now_ms;
  std::unique_ptr<Vault> vault_;
};
INSTANTIATE_TEST_SUITE_P(, VaultForms, ::testing::Values(Form::file, Form::module),
                         [](const auto& form) { return form.param == Form::file ? "file" : "pkcs11"; });

TEST_P(VaultForms, GivesTheSameTokenForTheSameRequestAndAnotherForAnother) {
  Vault& vault = open();
  const auto first = must(vault.issue_token(credit()));
  EXPECT_EQ(first.digits.size(), 20U);
  EXPECT_EQ(must(vault.issue_token(credit())).digits, first.digits);
  EXPECT_NE(must(vault.issue_token(credit(85'741))).digits, first.digits);
}

TEST_P(VaultForms, ATokenSaysWhatWasAskedWhenItIsVerified) {
  Vault& vault = open();
  const auto issued = must(vault.issue_token(credit(85'740, 256)));
  VerifyRequest request{credit().meter, issued.digits, {"olga", "v-1"}};
  const auto verified = must(vault.verify_token(request));
  EXPECT_EQ(verified.standing, Standing::valid);
  EXPECT_EQ(verified.content, sts::Token(sts::UnitCredit{0, 5, 85'740, 256}));
  request.digits.back() = request.digits.back() == '0' ? '1' : '0';
  EXPECT_EQ(vault.verify_token(request).error().reason, Reason::foreign_token);
  request.digits = "12";
  EXPECT_EQ(vault.verify_token(request).error().reason, Reason::foreign_token);
}

TEST_P(VaultForms, RefusesByName) {
  Vault& vault = open();
  struct Row {
    const char* name;
    Reason reason;
    std::function<void(TokenRequest&)> change;
  };
  const std::array rows{
      Row{"check digit", Reason::meter_number, [](auto& r) { r.meter.number = "07000000014"; }},
      Row{"empty number", Reason::meter_number, [](auto& r) { r.meter.number.clear(); }},
      Row{"letters", Reason::meter_number, [](auto& r) { r.meter.number = "0700000001x"; }},
      Row{"tariff index", Reason::tariff_index, [](auto& r) { r.meter.tariff_index = 100; }},
      Row{"other supply group", Reason::unknown_group, [](auto& r) { r.meter.group.supply_group_code = 1; }},
      Row{"other revision", Reason::unknown_group, [](auto& r) { r.meter.group.key_revision_number = 2; }},
      Row{"common key and keypad", Reason::technology,
          [](auto& r) { r.meter.group.key_type = sts::KeyType::common; }},
      Row{"EA07 without tables", Reason::no_tables,
          [](auto& r) { r.meter.algorithm = sts::EncryptionAlgorithm::ea07; }},
      Row{"sub-class of another type", Reason::not_allowed,
          [](auto& r) { r.content = sts::UnitCredit{4, 5, 85'740, 1}; }},
      Row{"key change as management", Reason::not_allowed,
          [](auto& r) { r.content = sts::Management{3, 5, 1, 1}; }},
      Row{"management of a maker", Reason::not_allowed,
          [](auto& r) { r.content = sts::Management{16, 5, 1, 1}; }},
      Row{"random too wide", Reason::not_allowed, [](auto& r) { r.content = sts::UnitCredit{0, 16, 1, 1}; }},
      Row{"identifier too wide", Reason::not_allowed,
          [](auto& r) { r.content = sts::UnitCredit{0, 5, 0x100'0000, 1}; }},
      Row{"currency exponent too wide", Reason::not_allowed,
          [](auto& r) { r.content = sts::CurrencyCredit{4, 1, {16, 1}}; }},
  };
  for (const Row& row : rows) {
    TokenRequest request = credit();
    row.change(request);
    EXPECT_EQ(reason_of(vault.issue_token(request)), row.reason) << row.name;
  }
  EXPECT_EQ(must(vault.group(group_04)).usage, Usage{}) << "what is refused is not counted";
}

TEST_P(VaultForms, KeepsDatesOfAGroup) {
  Vault& vault =
      open({.name = group_04, .active_unix_s = now_ms / 1000, .expires_unix_s = now_ms / 1000 + 10});
  EXPECT_TRUE(vault.issue_token(credit()).has_value());
  now_ = now_ms - 1;
  EXPECT_EQ(reason_of(vault.issue_token(credit())), Reason::not_yet_active);
  now_ = now_ms + 9'999;
  EXPECT_TRUE(vault.issue_token(credit()).has_value());
  now_ = now_ms + 10'000;
  EXPECT_EQ(reason_of(vault.issue_token(credit())), Reason::key_retired);
}

TEST_P(VaultForms, RefusesIdentifiersBeyondTheKeyExpiryNumber) {
  Vault& vault = open({.name = group_04, .key_expiry_number = 85});
  EXPECT_TRUE(vault.issue_token(credit(0x55'FFFF)).has_value());
  EXPECT_EQ(reason_of(vault.issue_token(credit(0x56'0000))), Reason::key_expired);
}

TEST_P(VaultForms, GivesNoCreditUnderADefaultKeyButManagement) {
  const GroupName name{201'457, 1, sts::KeyType::default_key};
  Vault& vault = open({.name = name});
  TokenRequest request = credit();
  request.meter.group = name;
  EXPECT_EQ(reason_of(vault.issue_token(request)), Reason::default_key);
  request.content = sts::Management{1, 5, 85'740, 0};
  EXPECT_TRUE(vault.issue_token(request).has_value());
}

TEST_P(VaultForms, CountsUsesUnitsAndMoneyAcrossRestartsAndStopsAtTheLimit) {
  Vault* vault = &open({.name = group_04, .limits = {.uses = 4, .units = 300}});
  must(vault->issue_token(credit(100, 256)));
  EXPECT_EQ(reason_of(vault->issue_token(credit(101, 45))), Reason::limit_passed) << "301 tenths";
  must(vault->issue_token(credit(101, 44)));
  TokenRequest money = credit();
  money.content = sts::CurrencyCredit{4, 102, sts::encode_currency(quantity::units(7)).value()};
  must(vault->issue_token(money));
  const Usage used{3, 3, 300, 700'024};  // what the token carries: 7.00024
  EXPECT_EQ(must(vault->group(group_04)).usage, used);
  vault = &reopen();
  EXPECT_EQ(must(vault->group(group_04)).usage, used);
  must(vault->issue_token(money));
  EXPECT_EQ(reason_of(vault->issue_token(money)), Reason::limit_passed);
  EXPECT_EQ(must(vault->group(group_04)).usage.uses, 4U);
}

TEST_P(VaultForms, ADaysLimitEndsWithTheDayAndAClockThatGoesBackGivesNoneTwice) {
  Vault* vault = &open({.name = group_04, .limits = {.uses_a_day = 2}});
  must(vault->issue_token(credit()));
  must(vault->issue_token(credit()));
  EXPECT_EQ(reason_of(vault->issue_token(credit())), Reason::limit_passed);
  now_ += 24LL * 3600 * 1000;
  must(vault->issue_token(credit()));
  must(vault->issue_token(credit()));
  now_ -= 24LL * 3600 * 1000;
  EXPECT_EQ(reason_of(vault->issue_token(credit())), Reason::limit_passed);
  vault = &reopen();
  EXPECT_EQ(reason_of(vault->issue_token(credit())), Reason::limit_passed);
}

TEST_P(VaultForms, AKeyChangeMayLeaveAnExpiredKeyButNotEnterOne) {
  make_vault(opening_, {.name = group_04, .key_expiry_number = 10});
  const GroupName next{201'457, 2, sts::KeyType::unique};
  {
    VaultFile file = must(VaultFile::open(opening_, VaultFile::Access::change));
    put_key(file, {.name = next, .key_expiry_number = 85, .base_date = sts::BaseDate::y2035},
            crypto::test::hex<20>("0101010101010101949494949494949401234567"));
  }
  Vault& vault = reopen();
  KeyChangeRequest request{
      .from = credit().meter, .to = credit().meter, .tid = 0x20'0000, .cause = {"olga", "k-1"}};
  request.to.group = next;
  const auto issued = must(vault.issue_key_change(request));
  EXPECT_EQ(issued.tokens.size(), 4U);
  EXPECT_TRUE(issued.roll_over);
  EXPECT_EQ(issued.key_expiry_number, 85);
  EXPECT_EQ(must(vault.group(next)).usage.uses, 4U);
  EXPECT_EQ(must(vault.group(group_04)).usage.uses, 0U);

  request.tid = 0x56'0000;
  EXPECT_EQ(vault.issue_key_change(request).error().reason, Reason::key_expired);
  request.tid = 1;
  request.to.number = "07000000021";
  EXPECT_EQ(vault.issue_key_change(request).error().reason, Reason::not_allowed);
  request.to = credit().meter;
  request.to.group = {201'457, 1, sts::KeyType::common};
  EXPECT_EQ(vault.issue_key_change(request).error().reason, Reason::key_type_change);
  request.to.group = {999'999, 1, sts::KeyType::unique};
  EXPECT_EQ(vault.issue_key_change(request).error().reason, Reason::unknown_group);
}

TEST_P(VaultForms, EachUseHasItsAuditEntryOnDiskWhenTheTokenIsOut) {
  Vault& vault = open();
  const auto issued = must(vault.issue_token(credit()));
  std::vector<AuditEntry> entries;
  const auto part = must(read_audit(opening_.audit_folder(), [&](auto, const AuditEntry& entry, const auto&) {
    entries.push_back(entry);
  }));
  EXPECT_EQ(part.head.number, issued.audit_number);
  const AuditEntry& entry = entries.back();
  EXPECT_EQ(entry.act, Act::credit);
  EXPECT_EQ(entry.group, group_04);
  EXPECT_EQ(entry.meter, test::meter);
  EXPECT_EQ(entry.tid, 85'740U);
  EXPECT_EQ(entry.units, 1U);
  EXPECT_EQ(entry.user, "olga");
  EXPECT_EQ(entry.reference, "p-1");
  EXPECT_EQ(entry.token_digest.size(), 16U);

  TokenRequest later = credit(85'742);
  later.settle_later = true;
  const auto second = must(vault.issue_token(later));
  EXPECT_EQ(must(read_audit(opening_.audit_folder())).head.number, issued.audit_number);
  must(vault.settle());
  EXPECT_EQ(must(read_audit(opening_.audit_folder())).head.number, second.audit_number);
}

TEST_P(VaultForms, OneProcessAtATimeHoldsAnAudit) {
  open();
  const auto second = Vault::open(opening_, [] { return now_ms; });
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().reason, Reason::in_use);
  Opening other = opening_;
  other.audit = folder_ / "other.audit";
  EXPECT_TRUE(Vault::open(other, [] { return now_ms; }).has_value())
      << "a second server has an audit of its own";
}

TEST_P(VaultForms, AnOlderFileThanTheAuditTellsIsRefused) {
  open();
  std::filesystem::copy_file(opening_.path, folder_ / "old");
  vault_.reset();
  {
    VaultFile file = must(VaultFile::open(opening_, VaultFile::Access::change));
    file.contents().groups.front().group.limits.uses = 1;
    must(file.save());
  }
  reopen();
  vault_.reset();
  std::filesystem::copy_file(folder_ / "old", opening_.path,
                             std::filesystem::copy_options::overwrite_existing);
  const auto opened = Vault::open(opening_, [] { return now_ms; });
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().reason, Reason::damaged);
}

TEST_P(VaultForms, AnyChangedByteOfTheFileIsNoticed) {
  make_vault(opening_);
  std::ifstream in(opening_.path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_private(opening_.path, changed);
    EXPECT_FALSE(VaultFile::open(opening_, VaultFile::Access::read).has_value()) << at;
  }
  write_private(opening_.path, whole.substr(0, whole.size() - 1));
  EXPECT_FALSE(VaultFile::open(opening_, VaultFile::Access::read).has_value());
  write_private(opening_.path, whole);
  EXPECT_TRUE(VaultFile::open(opening_, VaultFile::Access::read).has_value());
}

TEST_P(VaultForms, GivesAMetersOwnKeysAndSealedOrders) {
  Vault& vault = open();
  const auto keys = must(vault.provision(credit().meter, {"", "test"}));
  const auto token = must(vault.issue_token(credit()));
  const auto decoded = sts::decode(token.digits, sts::DecoderKey::ea11(keys.decoder_key.bytes));
  EXPECT_EQ(decoded.value(), sts::Token(sts::UnitCredit{0, 5, 85'740, 1}));
  const auto sealed = must(vault.sealed_order(test::meter, 7, 0xFFFF'FFFF, order::Open{}));
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < sealed.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(sealed.substr(i, 2), nullptr, 16)));
  }
  EXPECT_TRUE(order::open(bytes, 7'000'000'013, keys.order_key).has_value());
}

}  // namespace
}  // namespace lk::vault
