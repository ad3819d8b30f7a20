// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 module that is wrong, locked, gone, or lost in mid-request: SoftHSM, with a layer between that
// makes calls fail when a test says so.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/vault/pkcs11_calls.hpp"
#include "server/vault/pkcs11_library.hpp"
#include "server/vault/testing/place.hpp"

namespace lk::vault {
namespace {

using namespace test;

// What C_Sign answers the next times in place of signing; C_OpenSession and C_Login while `is_gone`.
struct Faults {
  static inline std::atomic<int> sign_count{0};
  static inline std::atomic<CK_RV> sign_result{CKR_OK};
  static inline std::atomic<CK_RV> gone{CKR_OK};
  static inline std::atomic<CK_RV> login{CKR_OK};
  static inline std::atomic<int> login_count{0};
  static inline CK_FUNCTION_LIST real{};

  static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG size, CK_BYTE_PTR out,
                    CK_ULONG_PTR out_size) {
    if (gone != CKR_OK) return gone;
    if (sign_count.fetch_sub(1) > 0) return sign_result;
    return real.C_Sign(session, data, size, out, out_size);
  }
  static CK_RV open(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                    CK_SESSION_HANDLE_PTR session) {
    if (gone != CKR_OK) return gone;
    return real.C_OpenSession(slot, flags, application, notify, session);
  }
  static CK_RV log_in(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG size) {
    ++login_count;
    if (login != CKR_OK) return login;
    return real.C_Login(session, user, pin, size);
  }
  // Other vaults of this process stand on the same SoftHSM: it is not ended under them.
  static CK_RV no_end(void*) { return CKR_OK; }
  static CK_RV no_begin(void*) { return CKR_CRYPTOKI_ALREADY_INITIALIZED; }
};

class Pkcs11 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!SoftHsm::instance().is_there()) GTEST_SKIP() << "no SoftHSM 2 here (package softhsm2)";
    Faults::real = SoftHsm::instance().calls();
    Faults::sign_count = 0;
    Faults::gone = CKR_OK;
    Faults::login = CKR_OK;
    Faults::login_count = 0;
    layer_ = Faults::real;
    layer_.C_Sign = Faults::sign;
    layer_.C_OpenSession = Faults::open;
    layer_.C_Login = Faults::log_in;
    layer_.C_Initialize = Faults::no_begin;
    layer_.C_Finalize = Faults::no_end;
    opening_ = opening_in(folder_, Form::module);
    make_vault(opening_);
    opening_.library = must(Pkcs11Library::adopt(layer_, "layered SoftHSM"));
  }
  Answer<std::unique_ptr<Vault>> open() {
    return Vault::open(opening_, [] { return now_ms; });
  }

  CK_FUNCTION_LIST layer_{};
  Folder folder_;
  Opening opening_;
};

TEST_F(Pkcs11, VendingKeysCannotBeRead) {
  auto token = must(Pkcs11Token::open(SoftHsm::instance().library(), {opening_.token, 1, true},
                                      must(read_secret(opening_.secret, "PIN"))));
  const auto file = must(VaultFile::open(opening_, VaultFile::Access::read));
  int key_count = 0;
  must(token->run("look", [&](const Pkcs11Token::Grip& grip) {
    auto& calls = grip.calls();
    CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
    CK_ATTRIBUTE wanted{CKA_CLASS, &secret_key, sizeof secret_key};
    EXPECT_EQ(calls.C_FindObjectsInit(grip.session(), &wanted, 1), CKR_OK);
    std::array<CK_OBJECT_HANDLE, 16> objects;
    CK_ULONG count = 0;
    EXPECT_EQ(calls.C_FindObjects(grip.session(), objects.data(), objects.size(), &count), CKR_OK);
    EXPECT_EQ(calls.C_FindObjectsFinal(grip.session()), CKR_OK);
    for (CK_ULONG i = 0; i < count; ++i, ++key_count) {
      std::array<CK_BYTE, 64> room{};
      CK_ATTRIBUTE value{CKA_VALUE, room.data(), room.size()};
      EXPECT_EQ(calls.C_GetAttributeValue(grip.session(), objects[i], &value, 1), CKR_ATTRIBUTE_SENSITIVE);
      CK_BBOOL yes = CK_TRUE;
      CK_ATTRIBUTE extractable{CKA_EXTRACTABLE, &yes, sizeof yes};
      EXPECT_NE(calls.C_SetAttributeValue(grip.session(), objects[i], &extractable, 1), CKR_OK);
      CK_BBOOL no = CK_FALSE;
      CK_ATTRIBUTE sensitive{CKA_SENSITIVE, &no, sizeof no};
      EXPECT_NE(calls.C_SetAttributeValue(grip.session(), objects[i], &sensitive, 1), CKR_OK);
      CK_OBJECT_HANDLE copy = 0;
      EXPECT_NE(calls.C_CopyObject(grip.session(), objects[i], &extractable, 1, &copy), CKR_OK);
    }
    return CK_RV{CKR_OK};
  }));
  EXPECT_EQ(key_count, 4) << "integrity, custody, order master and one vending key";
}

TEST_F(Pkcs11, TheVendingKeyIsNotInTheFileEither) {
  std::ifstream in(opening_.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto key = crypto::test::hex<20>(key_04);
  EXPECT_EQ(bytes.find(std::string(reinterpret_cast<const char*>(key.data()), 8)), std::string::npos);
}

TEST_F(Pkcs11, AWrongPinIsNamedAndTriedOnce) {
  write_private(opening_.secret.file, "4321\n");
  const auto opened = open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().reason, Reason::module_locked);
  EXPECT_EQ(opened.error().text.find("4321"), std::string::npos);
  EXPECT_EQ(Faults::login_count, 1);
}

TEST_F(Pkcs11, SourcesOfThePinAreNamed) {
  std::filesystem::permissions(opening_.secret.file, std::filesystem::perms{0640});
  EXPECT_NE(open().error().text.find("chmod 600"), std::string::npos);
  opening_.secret.file = folder_ / "none";
  EXPECT_EQ(open().error().reason, Reason::module_locked);
  opening_.secret = {"", "pin"};
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_NE(open().error().text.find("LoadCredential"), std::string::npos);
  std::filesystem::create_directory(folder_ / "credentials");
  std::ofstream(folder_ / "credentials/pin") << "1234\n";
  ::setenv("CREDENTIALS_DIRECTORY", (folder_ / "credentials").c_str(), 1);
  EXPECT_TRUE(open().has_value());
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(Pkcs11, AnAbsentModuleOrTokenIsNamed) {
  Opening absent = opening_;
  absent.library.reset();
  absent.module = "/no/such/module.so";
  auto opened = Vault::open(absent, [] { return now_ms; });
  EXPECT_EQ(opened.error().reason, Reason::module_gone);
  EXPECT_NE(opened.error().text.find("/no/such/module.so"), std::string::npos);
  absent.module = "libm.so.6";
  EXPECT_EQ(Vault::open(absent, [] { return now_ms; }).error().reason, Reason::module_gone);
  opening_.token = "another";
  opened = open();
  EXPECT_EQ(opened.error().reason, Reason::module_gone);
  EXPECT_NE(opened.error().text.find("token another"), std::string::npos);
}

TEST_F(Pkcs11, ALostSessionIsMendedWithinTheRequest) {
  const auto vault = must(open());
  const std::string token = must(vault->issue_token(credit())).digits;
  for (const CK_RV lost :
       {CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_DEVICE_REMOVED, CKR_USER_NOT_LOGGED_IN,
        CKR_DEVICE_ERROR, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT}) {
    Faults::sign_result = lost;
    Faults::sign_count = 1;
    EXPECT_EQ(must(vault->issue_token(credit())).digits, token) << name_of(lost);
  }
}

TEST_F(Pkcs11, SessionsReallyClosedAndLoggedOutAreMended) {
  const auto vault = must(open());
  const std::string token = must(vault->issue_token(credit())).digits;
  CK_ULONG count = 0;
  ASSERT_EQ(Faults::real.C_GetSlotList(CK_TRUE, nullptr, &count), CKR_OK);
  std::vector<CK_SLOT_ID> slots(count);
  ASSERT_EQ(Faults::real.C_GetSlotList(CK_TRUE, slots.data(), &count), CKR_OK);
  for (const CK_SLOT_ID slot : slots) Faults::real.C_CloseAllSessions(slot);
  EXPECT_EQ(must(vault->issue_token(credit())).digits, token);
  must(vault->probe());
}

TEST_F(Pkcs11, AModuleThatIsGoneInMidRequestIsNamedLeavesNothingAndComesBack) {
  const auto vault = must(open());
  must(vault->issue_token(credit()));
  Faults::gone = CKR_DEVICE_REMOVED;
  auto refused = vault->issue_token(credit());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, Reason::module_gone);
  EXPECT_TRUE(is_fault_of_module(refused.error().reason));
  EXPECT_FALSE(vault->sealed_order(test::meter, 1, 0xFFFF'FFFF, order::Open{}).has_value());
  EXPECT_FALSE(vault->probe().has_value());
  EXPECT_EQ(must(vault->group(group_04)).usage.uses, 1U) << "what failed is not counted";
  Faults::gone = CKR_OK;
  std::this_thread::sleep_for(
      std::chrono::milliseconds(300));  // the pause between two attempts, by the wall clock
  must(vault->probe());
  must(vault->issue_token(credit()));
}

TEST_F(Pkcs11, ATokenThatIsTakenOutIsNamedAndComesBack) {
  opening_.library.reset();  // SoftHSM itself: it looks for its tokens when it starts
  const auto vault = must(open());
  const std::string token = must(vault->issue_token(credit())).digits;
  const std::string away = SoftHsm::instance().token_folder() + ".away";
  std::filesystem::rename(SoftHsm::instance().token_folder(), away);
  std::filesystem::create_directory(SoftHsm::instance().token_folder());
  const auto refused = vault->issue_token(credit());
  std::filesystem::remove_all(SoftHsm::instance().token_folder());
  std::filesystem::rename(away, SoftHsm::instance().token_folder());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, Reason::module_gone) << refused.error().text;
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the pause between two attempts
  EXPECT_EQ(must(vault->issue_token(credit())).digits, token);
}

TEST_F(Pkcs11, ATokenThatIsLockedMeanwhileIsNotTriedAgain) {
  const auto vault = must(open());
  Faults::login = CKR_PIN_LOCKED;
  Faults::sign_result = CKR_USER_NOT_LOGGED_IN;
  Faults::sign_count = 1;
  Faults::login_count = 0;
  for (int i = 0; i < 5; ++i) {
    const auto refused = vault->issue_token(credit());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, Reason::module_locked);
  }
  EXPECT_EQ(Faults::login_count, 1);
}

TEST_F(Pkcs11, AFailureThatIsNoLossIsNamedAndTheNextRequestWorks) {
  const auto vault = must(open());
  Faults::sign_result = CKR_DEVICE_MEMORY;
  Faults::sign_count = 1;
  const auto refused = vault->issue_token(credit());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, Reason::module_failed);
  EXPECT_NE(refused.error().text.find("CKR_DEVICE_MEMORY"), std::string::npos);
  for (int i = 0; i < 8; ++i) must(vault->issue_token(credit()));
}

TEST_F(Pkcs11, ManyThreadsShareFewSessionsThroughFaults) {
  const auto vault = must(open());
  const std::string token = must(vault->issue_token(credit())).digits;
  constexpr int thread_count = 8;
  constexpr int each = 20;
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < thread_count; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < each; ++k) {
        if (i == 0 && k % 5 == 0) {
          Faults::sign_result = CKR_SESSION_HANDLE_INVALID;
          Faults::sign_count = 1;
        }
        const auto issued = vault->issue_token(credit());
        if (!issued || issued->digits != token) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(must(vault->group(group_04)).usage.uses, 1U + thread_count * each);
}

}  // namespace
}  // namespace lk::vault
