// SPDX-License-Identifier: Apache-2.0
// Where vault tests and benches stand: a folder of their own, vaults of both forms with known keys, and
// SoftHSM 2 with its tokens in such a folder. SoftHSM is looked for where Debian has it, and where LK_SOFTHSM
// says.
#pragma once

#include <p11-kit/pkcs11.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "crypto/vectors_test.hpp"
#include "server/vault/pkcs11_library.hpp"
#include "server/vault/vault.hpp"

namespace lk::vault::test {

inline constexpr const char* key_04 =
    "ABABABABABABABAB949494949494949401234567";  // DKGA04's published examples
inline constexpr const char* meter = "07000000013";
inline constexpr GroupName group_04{201'457, 1, sts::KeyType::unique};
inline constexpr std::int64_t now_ms = 1'790'000'000'000;  // 2026-09-21

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "lk-vault-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_private(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
}

template <class T>
T must(Answer<T> answer) {
  if (!answer) throw std::runtime_error(answer.error().text);
  if constexpr (!std::is_void_v<T>) return std::move(*answer);
}

// The one SoftHSM of this process; its tokens go with the process.
class SoftHsm {
 public:
  static SoftHsm& instance() {
    static SoftHsm one;
    return one;
  }
  [[nodiscard]] bool is_there() const { return std::filesystem::exists(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string token_folder() const { return folder_ / "tokens"; }
  [[nodiscard]] CK_FUNCTION_LIST& calls() { return library_->calls(); }
  [[nodiscard]] std::shared_ptr<Pkcs11Library> library() const { return library_; }

  // A new token with this label and the PIN 1234.
  void make_token(const std::string& label) {
    CK_ULONG count = 0;
    check(calls().C_GetSlotList(CK_TRUE, nullptr, &count));
    std::vector<CK_SLOT_ID> slots(count);
    check(calls().C_GetSlotList(CK_TRUE, slots.data(), &count));
    std::array<CK_UTF8CHAR, 4> pin{'1', '2', '3', '4'};
    std::array<CK_UTF8CHAR, 32> padded;
    padded.fill(' ');
    std::copy(label.begin(), label.end(), padded.begin());
    for (const CK_SLOT_ID slot : slots) {
      CK_TOKEN_INFO about{};
      check(calls().C_GetTokenInfo(slot, &about));
      if ((about.flags & CKF_TOKEN_INITIALIZED) != 0) continue;
      check(calls().C_InitToken(slot, pin.data(), pin.size(), padded.data()));
      CK_SESSION_HANDLE session = 0;
      check(calls().C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session));
      check(calls().C_Login(session, CKU_SO, pin.data(), pin.size()));
      check(calls().C_InitPIN(session, pin.data(), pin.size()));
      check(calls().C_Logout(session));
      check(calls().C_CloseSession(session));
      return;
    }
    throw std::runtime_error("SoftHSM has no free slot");
  }

 private:
  SoftHsm() {
    const char* const named = std::getenv("LK_SOFTHSM");
    path_ = named != nullptr ? named : "/usr/lib/softhsm/libsofthsm2.so";
    if (!is_there()) return;
    std::filesystem::create_directory(token_folder());
    std::ofstream(folder_ / "softhsm2.conf")
        << "directories.tokendir = " << token_folder() << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
    library_ = must(Pkcs11Library::load(path_));
  }
  static void check(CK_RV result) {
    if (result != CKR_OK) throw std::runtime_error("SoftHSM: " + name_of(result));
  }

  Folder folder_;
  std::string path_;
  std::shared_ptr<Pkcs11Library> library_;
};

// How a test opens a vault of a form in its folder. A token of its own is made for the module's form.
inline Opening opening_in(const Folder& folder, Form form) {
  static int count = 0;
  Opening opening{.form = form, .path = folder / "vault.lkv"};
  if (form == Form::file) {
    write_private(folder / "key", std::string(64, '7') + "\n");
    opening.secret.file = folder / "key";
    return opening;
  }
  opening.token = "latchkey-" + std::to_string(++count);
  SoftHsm::instance().make_token(opening.token);
  write_private(folder / "pin", "1234\n");
  opening.module = SoftHsm::instance().path();
  opening.secret.file = folder / "pin";
  return opening;
}

inline VaultFile make_file(const Opening& opening) {
  return must(
      VaultFile::create(opening, opening.form == Form::file ? KeyDerivation::key : KeyDerivation::none));
}

// Puts a group with a known key into an open vault file.
inline void put_key(VaultFile& file, KeyGroup group, std::span<const std::byte> key) {
  GroupRecord record{.group = group};
  record.key = must(file.custody().keep_key(group.name, group.generation, Secret::copy_of(key)));
  record.group.check_value = check_value_of(group.generation, key);
  file.contents().groups.push_back(std::move(record));
  must(file.save());
}

// A vault with the published key.
inline void make_vault(const Opening& opening, KeyGroup group = {.name = group_04}) {
  VaultFile file = make_file(opening);
  put_key(file, group, crypto::test::hex<20>(key_04));
}

inline TokenRequest credit(std::uint32_t tid = 85'740, std::uint16_t tenths = 1) {
  return {.meter = {.number = meter, .group = group_04, .tariff_index = 1},
          .content = sts::UnitCredit{.sub_class = 0, .random = 5, .tid = tid, .amount = tenths},
          .cause = {"olga", "p-1"}};
}

}  // namespace lk::vault::test
