// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 library (version 2.40), loaded and initialised once in a process and ended when nobody uses it
// any more.
//
// Threads: calls hold `use()`; whoever ends and restarts the library, or logs in anew, holds `alone()`.
#pragma once

#include <p11-kit/pkcs11.h>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "server/vault/refusal.hpp"

namespace lk::vault {

class Pkcs11Library {
 public:
  // Loads the shared object at `path`, or gives the one that is loaded already.
  [[nodiscard]] static Answer<std::shared_ptr<Pkcs11Library>> load(const std::string& path);
  // A library that is in the process already, under this name (tests stand between). It is initialised here.
  [[nodiscard]] static Answer<std::shared_ptr<Pkcs11Library>> adopt(CK_FUNCTION_LIST& functions,
                                                                    std::string name);
  ~Pkcs11Library();
  Pkcs11Library(const Pkcs11Library&) = delete;
  Pkcs11Library& operator=(const Pkcs11Library&) = delete;

  [[nodiscard]] CK_FUNCTION_LIST& calls() const { return *functions_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::shared_lock<std::shared_mutex> use() { return std::shared_lock(mutex_); }
  [[nodiscard]] std::unique_lock<std::shared_mutex> alone() { return std::unique_lock(mutex_); }
  // Ends and initialises it anew, so that it looks for its devices again; under `alone`.
  [[nodiscard]] CK_RV restart();

 private:
  Pkcs11Library(CK_FUNCTION_LIST& functions, std::string name)
      : functions_(&functions), name_(std::move(name)) {}
  [[nodiscard]] CK_RV initialise();

  CK_FUNCTION_LIST* functions_;
  std::string name_;
  std::shared_mutex mutex_;
  bool is_ours_ = false;  // initialised by this object, so ended by it
};

// The standard's name of a return value: "CKR_PIN_INCORRECT".
[[nodiscard]] std::string name_of(CK_RV value);

}  // namespace lk::vault
