// SPDX-License-Identifier: Apache-2.0
// One token of a PKCS#11 library: logged in, with a pool of sessions, connected again when it was gone.
//
//   connected ──session lost, logged out, device removed──► gone ──next call, at most 4 times a second──►
//   connected
//       ▲                                                     │ PIN refused
//       └────────────── probe after the PIN was mended ◄── locked: never tried again by itself, so that a
//                       (restart)                          wrong PIN does not lock the token
//
// A call that meets a lost session is repeated after reconnecting, twice at most: what is asked of a module
// here may be asked again. All functions may be called from any thread; each call takes one session of the
// pool, and waits for it.
#pragma once

#include <p11-kit/pkcs11.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/vault/pkcs11_library.hpp"
#include "server/vault/secret.hpp"

namespace lk::vault {

class Pkcs11Token {
 public:
  struct Place {
    std::string label;              // of the token
    std::size_t session_count = 4;  // calls at one time
    bool writes = false;            // officers: sessions that may make objects
  };

  // Finds the token, logs in. An empty PIN is for tokens with a PIN pad of their own.
  [[nodiscard]] static Answer<std::unique_ptr<Pkcs11Token>> open(std::shared_ptr<Pkcs11Library> library,
                                                                 Place place, Secret pin);
  ~Pkcs11Token();
  Pkcs11Token(const Pkcs11Token&) = delete;
  Pkcs11Token& operator=(const Pkcs11Token&) = delete;

  // A session for the time of one call.
  class Grip {
   public:
    [[nodiscard]] CK_FUNCTION_LIST& calls() const { return token_.library_->calls(); }
    [[nodiscard]] CK_SESSION_HANDLE session() const { return session_; }
    // The object with this CKA_ID; `no_object` where there is none. One that was there before and is gone
    // is told as a lost token: some libraries say so when a token was taken out, and must be restarted.
    [[nodiscard]] CK_RV find(const std::string& id, CK_OBJECT_HANDLE& object) const;
    // All objects with this CKA_ID, not from memory.
    [[nodiscard]] CK_RV find_all(const std::string& id, std::vector<CK_OBJECT_HANDLE>& objects) const;

   private:
    friend class Pkcs11Token;
    Grip(Pkcs11Token& token, CK_SESSION_HANDLE session) : token_(token), session_(session) {}
    Pkcs11Token& token_;
    CK_SESSION_HANDLE session_;
  };
  static constexpr CK_RV no_object = CKR_VENDOR_DEFINED | 0x4C4B0001UL;

  // Does one piece of work in a session; it may be done twice. `what` names it in a refusal.
  [[nodiscard]] Answer<void> run(const std::string& what, const std::function<CK_RV(const Grip&)>& work);
  // Forgets which handle an object has, after objects were made or destroyed.
  void forget_objects();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Held {
    CK_SESSION_HANDLE session;
    std::uint64_t generation;
  };

  Pkcs11Token(std::shared_ptr<Pkcs11Library> library, Place place, Secret pin)
      : library_(std::move(library)), place_(std::move(place)), pin_(std::move(pin)) {}

  [[nodiscard]] Answer<void> connect();  // under alone()
  [[nodiscard]] Answer<void> reconnect();
  [[nodiscard]] Answer<CK_SLOT_ID> find_slot();
  [[nodiscard]] Answer<void> log_in(CK_SLOT_ID slot);
  void close_sessions();
  [[nodiscard]] std::optional<Held> take();
  void give_back(Held held, CK_RV result);
  void lose(std::uint64_t generation);
  [[nodiscard]] std::string name() const { return "token " + place_.label; }

  std::shared_ptr<Pkcs11Library> library_;
  Place place_;
  Secret pin_;

  std::mutex mutex_;  // of all below; taken after the library's
  std::condition_variable returned_;
  std::vector<CK_SESSION_HANDLE> all_;
  std::vector<CK_SESSION_HANDLE> free_;
  std::map<std::string, CK_OBJECT_HANDLE> objects_;
  std::set<std::string> seen_;  // in this connection
  bool must_restart_ = false;
  bool connected_ = false;
  std::uint64_t generation_ = 0;
  CK_SLOT_ID slot_ = 0;
  std::optional<Refusal> last_refusal_;
  Time next_try_{};
};

// How a failed call is told. The PIN's refusals are `module_locked`, absent devices `module_gone`.
[[nodiscard]] Refusal refusal_of(CK_RV result, const std::string& what);

}  // namespace lk::vault
