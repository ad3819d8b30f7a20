// SPDX-License-Identifier: Apache-2.0
#include "server/vault/vault.hpp"

#include <sodium.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <new>
#include <span>
#include <sstream>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "order/order.hpp"
#include "sts/codec.hpp"
#include "sts/identity.hpp"
#include "sts/key_generation.hpp"
#include "sts/token.hpp"

namespace lk::vault {

struct Vault::Keys {
  std::array<std::byte, 20> vending_key{};
  order::Key order_master_key{};
  std::array<char, 6> supply_group_code{};
  int key_revision_number = 1;
  sts::KeyType key_type = sts::KeyType::unique;
  sts::BaseDate base_date = sts::BaseDate::y2014;
};

namespace {

// Why the file may not be used, or empty.
std::string fault_of_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return path + ": cannot be read; make it with: latchkey provision --vault " + path + " --make-vault";
  }
  if ((status.st_mode & 077U) != 0) return path + ": others may read the keys; run: chmod 600 " + path;
  if (status.st_uid != ::geteuid()) return path + ": belongs to another user; run the server as its owner";
  return {};
}

bool from_hex(const std::string& text, std::span<std::byte> out) {
  std::size_t size = 0;
  const char* end = nullptr;
  return sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        nullptr, &size, &end) == 0 &&
         size == out.size() && end == text.data() + text.size();
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  text.pop_back();
  return text;
}

std::uint32_t number_of(const std::string& digits) {
  std::uint32_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::expected<Vault, std::string> Vault::load(const std::string& path) {
  ensure(sodium_init() >= 0);
  if (std::string fault = fault_of_file(path); !fault.empty()) return std::unexpected(fault);
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    std::ostringstream text;  // without the description: it may quote a key
    text << path << ":" << error.source().begin.line << ": is not TOML";
    return std::unexpected(text.str());
  }
  void* room = sodium_malloc(sizeof(Keys));
  if (room == nullptr) return std::unexpected(path + ": no locked memory for the keys; raise `ulimit -l`");
  Vault vault(new (room) Keys);
  Keys& keys = *vault.keys_;

  const auto refuse = [&](const char* key, const char* what) {
    return std::unexpected(path + ": " + key + " " + what);
  };
  std::string vending = table["vending_key"].value_or(std::string{});
  std::string master = table["order_master_key"].value_or(std::string{});
  const bool vending_fits = from_hex(vending, keys.vending_key);
  const bool master_fits = from_hex(master, keys.order_master_key);
  sodium_memzero(vending.data(), vending.size());
  sodium_memzero(master.data(), master.size());
  if (!vending_fits) return refuse("vending_key", "must be 40 hexadecimal digits");
  if (!master_fits) return refuse("order_master_key", "must be 32 hexadecimal digits");

  const auto group = table["supply_group_code"].value_or(std::string{});
  if (group.size() != 6 || group.find_first_not_of("0123456789") != std::string::npos) {
    return refuse("supply_group_code", "must be 6 digits in quotes");
  }
  std::memcpy(keys.supply_group_code.data(), group.data(), 6);
  const auto revision = table["key_revision_number"].value_or(std::int64_t{0});
  if (revision < 1 || revision > 9) return refuse("key_revision_number", "must be 1 to 9");
  keys.key_revision_number = static_cast<int>(revision);
  const auto base = sts::base_date(static_cast<std::uint32_t>(table["base_date"].value_or(std::int64_t{0})));
  if (!base) return refuse("base_date", "must be 1993, 2014 or 2035");
  keys.base_date = *base;
  const auto type = table["key_type"].value_or(std::int64_t{-1});
  if (type != 2 && type != 3) return refuse("key_type", "must be 2 (unique) or 3 (common)");
  keys.key_type = static_cast<sts::KeyType>(type);
  return vault;
}

Vault::Vault(Vault&& other) noexcept : keys_(std::exchange(other.keys_, nullptr)) {}
Vault::~Vault() {
  sodium_free(keys_);
}  // wipes

std::optional<std::int64_t> Vault::next_identifier(std::int64_t last, std::int64_t unix_ms) const {
  const auto tid =
      sts::tid_after(static_cast<std::uint32_t>(last), keys_->base_date, quantity::Instant::of(unix_ms));
  if (!tid) return std::nullopt;
  return *tid;
}

std::expected<Token, TokenRefusal> Vault::credit_token(const MeterKeys& meter, std::int64_t identifier,
                                                       quantity::Money amount) const {
  const auto pan = sts::pan_of(meter.number);
  const std::string_view group(keys_->supply_group_code.data(), keys_->supply_group_code.size());
  if (!pan || meter.supply_group_code != group || meter.key_revision_number != keys_->key_revision_number) {
    return std::unexpected(TokenRefusal::foreign_keys);
  }
  const auto field = sts::encode_currency(amount);
  if (amount <= quantity::Money{} || !field) return std::unexpected(TokenRefusal::amount_range);
  const auto credited = sts::to_money(sts::decode_currency(*field));
  if (!credited) return std::unexpected(TokenRefusal::amount_range);

  const sts::KeyAttributes attributes{*pan,
                                      keys_->key_type,
                                      number_of(meter.supply_group_code),
                                      static_cast<std::uint8_t>(meter.tariff_index),
                                      static_cast<std::uint8_t>(meter.key_revision_number),
                                      keys_->base_date};
  auto key = sts::VendingKey(keys_->vending_key).derive_ea11(attributes);
  if (!key) return std::unexpected(TokenRefusal::foreign_keys);
  const sts::Digits digits = sts::encode(
      sts::CurrencyCredit{4, static_cast<std::uint32_t>(identifier), *field}, sts::DecoderKey::ea11(*key));
  crypto::wipe(*key);
  return Token{std::string(digits.data(), digits.size()), *credited};
}

std::string Vault::sealed_order(const std::string& number, std::uint32_t sequence,
                                std::uint32_t expiry_unix_s, const order::Command& command) const {
  const std::uint64_t meter = value_of(order::meter_number(number));
  order::Key key = order::derive_key(keys_->order_master_key, meter);
  const order::SealedOrder sealed = order::seal({meter, sequence, expiry_unix_s, command}, key);
  crypto::wipe(key);
  return to_hex(sealed.view());
}

MeterKeys Vault::defaults() const {
  return {"", std::string(keys_->supply_group_code.data(), keys_->supply_group_code.size()),
          keys_->key_revision_number, 1};
}

}  // namespace lk::vault
