// SPDX-License-Identifier: Apache-2.0
#include "server/vault/pkcs11_token.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace lk::vault {
namespace {

constexpr std::chrono::milliseconds pause{250};  // between attempts to reconnect
constexpr int most_attempts = 3;                 // of one call: sessions of others may be lost in a row

bool is_lost(CK_RV result) {
  switch (result) {
    case CKR_SESSION_CLOSED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_DEVICE_REMOVED:
    case CKR_DEVICE_ERROR:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_SLOT_ID_INVALID:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
    case CKR_GENERAL_ERROR:
      return true;
    default:
      return false;
  }
}

bool is_stale_object(CK_RV result) {
  return result == CKR_OBJECT_HANDLE_INVALID || result == CKR_KEY_HANDLE_INVALID;
}

Reason reason_of(CK_RV result) {
  switch (result) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_PIN_LOCKED:
    case CKR_USER_PIN_NOT_INITIALIZED:
    case CKR_USER_NOT_LOGGED_IN:
      return Reason::module_locked;
    default:
      return is_lost(result) ? Reason::module_gone : Reason::module_failed;
  }
}

std::string remedy_of(CK_RV result) {
  switch (result) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return "; the PIN is wrong, and is not tried again by itself: mend it, then restart";
    case CKR_PIN_LOCKED:
      return "; the token's security officer must unlock the PIN";
    case Pkcs11Token::no_object:
      return "the key is not in the token; load it, or name the right token";
    default:
      return {};
  }
}

}  // namespace

Refusal refusal_of(CK_RV result, const std::string& what) {
  const std::string named = result == Pkcs11Token::no_object ? std::string{} : name_of(result);
  return {reason_of(result), what + ": " + named + remedy_of(result)};
}

Answer<std::unique_ptr<Pkcs11Token>> Pkcs11Token::open(std::shared_ptr<Pkcs11Library> library, Place place,
                                                       Secret pin) {
  std::unique_ptr<Pkcs11Token> token(new Pkcs11Token(std::move(library), std::move(place), std::move(pin)));
  const auto alone = token->library_->alone();
  if (auto connected = token->connect(); !connected) return std::unexpected(std::move(connected.error()));
  return token;
}

Pkcs11Token::~Pkcs11Token() {
  const auto alone = library_->alone();
  close_sessions();
}

Answer<void> Pkcs11Token::run(const std::string& what, const std::function<CK_RV(const Grip&)>& work) {
  CK_RV result = CKR_OK;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    if (auto connected = reconnect(); !connected) return connected;
    const auto in_use = library_->use();
    const auto held = take();
    if (!held) {
      result = CKR_SESSION_CLOSED;
      continue;  // the connection went between the two lines above
    }
    result = work(Grip(*this, held->session));
    if (is_lost(result)) lose(held->generation);
    give_back(*held, result);
    if (result == CKR_OK) return {};
    if (is_stale_object(result)) {
      forget_objects();
    } else if (!is_lost(result)) {
      break;
    }
  }
  return std::unexpected(refusal_of(result, name() + ": " + what));
}

void Pkcs11Token::forget_objects() {
  const std::lock_guard lock(mutex_);
  objects_.clear();
}

// Does nothing while connected; else at most one attempt in `pause`, by one thread.
Answer<void> Pkcs11Token::reconnect() {
  {
    const std::lock_guard lock(mutex_);
    if (connected_) return {};
  }
  const auto alone = library_->alone();
  {
    const std::lock_guard lock(mutex_);
    if (connected_) return {};
    const bool is_locked = last_refusal_ && last_refusal_->reason == Reason::module_locked;
    if (last_refusal_ && (is_locked || std::chrono::steady_clock::now() < next_try_)) {
      return std::unexpected(*last_refusal_);
    }
  }
  close_sessions();
  bool must_restart = false;
  {
    const std::lock_guard lock(mutex_);
    must_restart = std::exchange(must_restart_, false);
  }
  if (must_restart && library_->restart() != CKR_OK) {
    return std::unexpected(Refusal{Reason::module_gone, library_->name() + ": does not start again"});
  }
  auto connected = connect();
  if (!connected && connected.error().reason == Reason::module_gone && library_->restart() == CKR_OK) {
    connected = connect();
  }
  if (!connected) {
    const std::lock_guard lock(mutex_);
    last_refusal_ = connected.error();
    next_try_ = std::chrono::steady_clock::now() + pause;
  }
  return connected;
}

Answer<void> Pkcs11Token::connect() {
  const auto slot = find_slot();
  if (!slot) return std::unexpected(slot.error());
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (place_.writes ? CKF_RW_SESSION : 0U);
  for (std::size_t i = 0; i < place_.session_count; ++i) {
    CK_SESSION_HANDLE session = 0;
    const CK_RV result = library_->calls().C_OpenSession(*slot, flags, nullptr, nullptr, &session);
    if (result == CKR_SESSION_COUNT && !all_.empty()) break;  // the token has no more: make do with these
    if (result != CKR_OK) {
      close_sessions();
      return std::unexpected(refusal_of(result, name() + ": no session"));
    }
    all_.push_back(session);
  }
  if (auto logged_in = log_in(*slot); !logged_in) {
    close_sessions();
    return logged_in;
  }
  const std::lock_guard lock(mutex_);
  slot_ = *slot;
  free_ = all_;
  connected_ = true;
  ++generation_;
  last_refusal_.reset();
  return {};
}

Answer<CK_SLOT_ID> Pkcs11Token::find_slot() {
  CK_FUNCTION_LIST& calls = library_->calls();
  CK_ULONG count = 0;
  CK_RV result = calls.C_GetSlotList(CK_TRUE, nullptr, &count);
  std::vector<CK_SLOT_ID> slots(count);
  if (result == CKR_OK && count > 0) result = calls.C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (result != CKR_OK) return std::unexpected(refusal_of(result, library_->name()));
  slots.resize(std::min<std::size_t>(count, slots.size()));
  std::optional<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO about{};
    if (calls.C_GetTokenInfo(slot, &about) != CKR_OK || (about.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
    std::string_view label(reinterpret_cast<const char*>(about.label), sizeof about.label);
    label = label.substr(0, label.find_last_not_of(' ') + 1);
    if (label != place_.label) continue;
    if (found) return refuse(Reason::module_failed, name() + ": two tokens have this label; rename one");
    found = slot;
  }
  if (!found) return refuse(Reason::module_gone, name() + ": is not in any slot of " + library_->name());
  return *found;
}

Answer<void> Pkcs11Token::log_in(CK_SLOT_ID slot) {
  CK_FUNCTION_LIST& calls = library_->calls();
  CK_TOKEN_INFO about{};
  if (const CK_RV result = calls.C_GetTokenInfo(slot, &about); result != CKR_OK) {
    return std::unexpected(refusal_of(result, name()));
  }
  const bool has_pad = (about.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  if (pin_.empty() && !has_pad) return refuse(Reason::module_locked, name() + ": needs a PIN");
  auto* const pin = pin_.empty() ? nullptr : reinterpret_cast<CK_UTF8CHAR*>(pin_.bytes().data());
  const CK_RV result = calls.C_Login(all_.front(), CKU_USER, pin, pin_.size());
  if (result == CKR_OK || result == CKR_USER_ALREADY_LOGGED_IN) return {};
  return std::unexpected(refusal_of(result, name() + ": log-in"));
}

void Pkcs11Token::close_sessions() {
  for (const CK_SESSION_HANDLE session : all_) library_->calls().C_CloseSession(session);
  const std::lock_guard lock(mutex_);
  all_.clear();
  free_.clear();
  objects_.clear();
  seen_.clear();
  connected_ = false;
}

std::optional<Pkcs11Token::Held> Pkcs11Token::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return !connected_ || !free_.empty(); });
  if (!connected_) return std::nullopt;
  const CK_SESSION_HANDLE session = free_.back();
  free_.pop_back();
  return Held{session, generation_};
}

void Pkcs11Token::give_back(Held held, CK_RV result) {
  // A call that failed half-way may have left an operation open in its session: take a new one.
  if (result != CKR_OK && result != no_object && !is_lost(result)) {
    CK_FUNCTION_LIST& calls = library_->calls();
    const CK_FLAGS flags = CKF_SERIAL_SESSION | (place_.writes ? CKF_RW_SESSION : 0U);
    CK_SESSION_HANDLE fresh = 0;
    if (calls.C_OpenSession(slot_, flags, nullptr, nullptr, &fresh) != CKR_OK) return lose(held.generation);
    calls.C_CloseSession(held.session);
    const std::lock_guard lock(mutex_);
    std::ranges::replace(all_, held.session, fresh);
    held.session = fresh;
  }
  {
    const std::lock_guard lock(mutex_);
    if (connected_ && held.generation == generation_) free_.push_back(held.session);
  }
  returned_.notify_one();
}

void Pkcs11Token::lose(std::uint64_t generation) {
  {
    const std::lock_guard lock(mutex_);
    if (generation == generation_) connected_ = false;
  }
  returned_.notify_all();
}

CK_RV Pkcs11Token::Grip::find(const std::string& id, CK_OBJECT_HANDLE& object) const {
  {
    const std::lock_guard lock(token_.mutex_);
    if (const auto known = token_.objects_.find(id); known != token_.objects_.end()) {
      object = known->second;
      return CKR_OK;
    }
  }
  std::vector<CK_OBJECT_HANDLE> found;
  if (const CK_RV result = find_all(id, found); result != CKR_OK) return result;
  const std::lock_guard lock(token_.mutex_);
  if (found.empty()) {
    if (!token_.seen_.contains(id)) return no_object;
    token_.must_restart_ = true;
    return CKR_TOKEN_NOT_PRESENT;
  }
  object = found.front();
  token_.objects_[id] = object;
  token_.seen_.insert(id);
  return CKR_OK;
}

CK_RV Pkcs11Token::Grip::find_all(const std::string& id, std::vector<CK_OBJECT_HANDLE>& objects) const {
  CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
  std::string value = id;
  std::array wanted{CK_ATTRIBUTE{CKA_CLASS, &secret_key, sizeof secret_key},
                    CK_ATTRIBUTE{CKA_ID, value.data(), value.size()}};
  CK_RV result = calls().C_FindObjectsInit(session_, wanted.data(), wanted.size());
  if (result != CKR_OK) return result;
  std::array<CK_OBJECT_HANDLE, 8> some;
  CK_ULONG count = 0;
  while ((result = calls().C_FindObjects(session_, some.data(), some.size(), &count)) == CKR_OK &&
         count > 0) {
    objects.insert(objects.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const CK_RV ended = calls().C_FindObjectsFinal(session_);
  return result != CKR_OK ? result : ended;
}

}  // namespace lk::vault
