// SPDX-License-Identifier: Apache-2.0
// Where the site's keys live. Tokens and orders are made inside: no key is handed out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "order/command.hpp"
#include "quantity/quantity.hpp"

namespace lk::vault {

// What a meter's decoder key is made from, besides the vending key (IEC 62055-41, 6.5.3).
struct MeterKeys {
  std::string number;             // DRN, 11 digits
  std::string supply_group_code;  // 6 digits
  int key_revision_number = 1;    // 1 to 9
  int tariff_index = 1;           // 0 to 99
};

struct Token {
  std::string digits;        // 20
  quantity::Money credited;  // what a meter will credit: the amount as the token can carry it, never below
};

// Why there is no token.
enum class TokenRefusal {
  amount_range,  // the token format cannot carry the amount
  foreign_keys,  // the vault has no vending key of this supply group and revision
};

class Issuer {
 public:
  // The token identifier for a meter whose last one was `last` (0: none yet): the minute of `unix_ms`, or the
  // next free one where that is not above `last`, so that a clock that goes back gives none twice. Nothing
  // before the base date and after the last identifier.
  [[nodiscard]] virtual std::optional<std::int64_t> next_identifier(std::int64_t last,
                                                                    std::int64_t unix_ms) const = 0;
  // A currency credit token (class 0, sub-class 4, EA11) with the given token identifier.
  [[nodiscard]] virtual std::expected<Token, TokenRefusal> credit_token(const MeterKeys& meter,
                                                                        std::int64_t identifier,
                                                                        quantity::Money amount) const = 0;
  // A sealed order in hexadecimal. `expiry_unix_s` 0xFFFFFFFF: never.
  [[nodiscard]] virtual std::string sealed_order(const std::string& number, std::uint32_t sequence,
                                                 std::uint32_t expiry_unix_s,
                                                 const order::Command& command) const = 0;
  // The supply group and revision that meters get which are registered without one.
  [[nodiscard]] virtual MeterKeys defaults() const = 0;

 protected:
  ~Issuer() = default;
};

// The keys of a vault.toml (docs/processes.md), in memory that is locked and wiped.
class Vault final : public Issuer {
 public:
  // Reads the file; it must belong to this user and be readable by nobody else. The error is for a person.
  [[nodiscard]] static std::expected<Vault, std::string> load(const std::string& path);
  Vault(Vault&&) noexcept;
  Vault& operator=(Vault&&) = delete;
  ~Vault();

  [[nodiscard]] std::optional<std::int64_t> next_identifier(std::int64_t last,
                                                            std::int64_t unix_ms) const override;
  [[nodiscard]] std::expected<Token, TokenRefusal> credit_token(const MeterKeys& meter,
                                                                std::int64_t identifier,
                                                                quantity::Money amount) const override;
  [[nodiscard]] std::string sealed_order(const std::string& number, std::uint32_t sequence,
                                         std::uint32_t expiry_unix_s,
                                         const order::Command& command) const override;
  [[nodiscard]] MeterKeys defaults() const override;

 private:
  struct Keys;
  explicit Vault(Keys* keys) : keys_(keys) {}
  Keys* keys_;  // sodium_malloc
};

}  // namespace lk::vault
