// SPDX-License-Identifier: Apache-2.0
#include "server/vault/pkcs11_library.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <map>
#include <mutex>
#include <utility>

namespace lk::vault {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<Pkcs11Library>> loaded;
};
Registry& registry() {
  static Registry all;
  return all;
}

}  // namespace

Answer<std::shared_ptr<Pkcs11Library>> Pkcs11Library::load(const std::string& path) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  if (auto loaded = all.loaded[path].lock()) return loaded;
  // Never unloaded: libraries leave threads and exit handlers behind.
  void* const object = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (object == nullptr) {
    const char* const why = ::dlerror();
    return refuse(Reason::module_gone,
                  path + ": is no PKCS#11 module: " + (why != nullptr ? why : "cannot be loaded"));
  }
  const auto entry = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(object, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  if (entry == nullptr || entry(&functions) != CKR_OK || functions == nullptr) {
    return refuse(Reason::module_gone, path + ": is no PKCS#11 module: it has no C_GetFunctionList");
  }
  auto library = adopt(*functions, path);
  if (library) all.loaded[path] = *library;
  return library;
}

Answer<std::shared_ptr<Pkcs11Library>> Pkcs11Library::adopt(CK_FUNCTION_LIST& functions, std::string name) {
  std::shared_ptr<Pkcs11Library> library(new Pkcs11Library(functions, std::move(name)));
  if (const CK_RV result = library->initialise(); result != CKR_OK) {
    return refuse(Reason::module_gone, library->name_ + ": does not start: " + name_of(result));
  }
  return library;
}

Pkcs11Library::~Pkcs11Library() {
  if (is_ours_) functions_->C_Finalize(nullptr);
}

CK_RV Pkcs11Library::initialise() {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV result = functions_->C_Initialize(&arguments);
  if (result == CKR_CRYPTOKI_ALREADY_INITIALIZED) return CKR_OK;
  is_ours_ = result == CKR_OK;
  return result;
}

CK_RV Pkcs11Library::restart() {
  functions_->C_Finalize(nullptr);
  return initialise();
}

std::string name_of(CK_RV value) {
  static constexpr auto names = std::to_array<std::pair<CK_RV, const char*>>({
      {CKR_OK, "CKR_OK"},
      {CKR_HOST_MEMORY, "CKR_HOST_MEMORY"},
      {CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID"},
      {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
      {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
      {CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD"},
      {CKR_CANT_LOCK, "CKR_CANT_LOCK"},
      {CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE"},
      {CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID"},
      {CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID"},
      {CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE"},
      {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
      {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
      {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
      {CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED"},
      {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
      {CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE"},
      {CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT"},
      {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
      {CKR_KEY_UNEXTRACTABLE, "CKR_KEY_UNEXTRACTABLE"},
      {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
      {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
      {CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE"},
      {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"},
      {CKR_PIN_INVALID, "CKR_PIN_INVALID"},
      {CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE"},
      {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED"},
      {CKR_PIN_LOCKED, "CKR_PIN_LOCKED"},
      {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
      {CKR_SESSION_COUNT, "CKR_SESSION_COUNT"},
      {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
      {CKR_SESSION_READ_ONLY, "CKR_SESSION_READ_ONLY"},
      {CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE"},
      {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT"},
      {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
      {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
      {CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED"},
      {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
      {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
      {CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN"},
      {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"},
  });
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), "CKR 0x%lX", value);
  return number.data();
}

}  // namespace lk::vault
