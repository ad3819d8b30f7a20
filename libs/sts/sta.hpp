// SPDX-License-Identifier: Apache-2.0
// STA, the cipher of encryption algorithm EA07 (IEC 62055-41, 6.5.4): 16 rounds of substitution of nibbles
// and permutation of bits, with a 64-bit key. The tables are data (`TableSet`): the sample set that the
// standard prints is built in; the production set is given by the STS Association to its members and is not
// part of Latchkey.
//
// A set is compiled once (`StaTables`) into 64-bit words that hold a nibble already substituted and permuted,
// so that a round is 16 look-ups. Look-ups are by secret index: not for a machine that an attacker shares.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lk::sts {

// As the encrypting side sees them: a nibble is replaced by substitution_1 or _2; the bit i of the data moves
// to the bit permutation[i] (bit 0 the least significant).
struct TableSet {
  std::array<std::uint8_t, 16> substitution_1;
  std::array<std::uint8_t, 16> substitution_2;
  std::array<std::uint8_t, 64> permutation;
};

enum class TableSetFault : std::uint8_t {
  none,
  substitution_1,  // not each of 0 to 15 once
  substitution_2,  // not each of 0 to 15 once
  permutation,     // not each of 0 to 63 once
};

// Whether the set can be a cipher, and which of its tables cannot.
[[nodiscard]] TableSetFault check(const TableSet& tables);

// A table set made ready for speed: 10 KiB. Belongs to the caller and must outlive every key that uses it.
class StaTables {
 public:
  // The set must have passed `check`.
  constexpr explicit StaTables(const TableSet& tables);

  using Nibbles = std::array<std::array<std::array<std::uint64_t, 16>, 2>, 16>;  // [nibble][key bit][value]
  [[nodiscard]] constexpr const Nibbles& encrypting() const { return encrypting_; }
  [[nodiscard]] constexpr const Nibbles& decrypting() const { return decrypting_; }
  [[nodiscard]] constexpr const auto& inverse_permutation() const { return inverse_permutation_; }

 private:
  Nibbles encrypting_{};                                                 // substituted, then permuted
  Nibbles decrypting_{};                                                 // substituted back in place
  std::array<std::array<std::uint64_t, 16>, 16> inverse_permutation_{};  // [nibble][value]
};

// The sample tables of IEC 62055-41: for trials between makers, in no meter in the field.
extern const TableSet sample_table_set;
extern const StaTables sample_tables;

// One key, with its choice of tables for each round worked out.
class Sta {
 public:
  Sta(std::uint64_t key, const StaTables& tables);
  ~Sta();
  Sta(const Sta&) = default;
  Sta& operator=(const Sta&) = default;

  [[nodiscard]] std::uint64_t encrypt(std::uint64_t plain) const;
  [[nodiscard]] std::uint64_t decrypt(std::uint64_t cipher) const;

 private:
  const StaTables* tables_;
  std::array<std::uint16_t, 16> choices_;  // for each round of encryption, a bit for each nibble
};

constexpr StaTables::StaTables(const TableSet& tables) {
  const auto permuted = [&](std::uint64_t value) {
    std::uint64_t result = 0;
    for (std::size_t bit = 0; bit < 64; ++bit) result |= ((value >> bit) & 1U) << tables.permutation[bit];
    return result;
  };
  const auto unpermuted = [&](std::uint64_t value) {
    std::uint64_t result = 0;
    for (std::size_t bit = 0; bit < 64; ++bit) result |= ((value >> tables.permutation[bit]) & 1U) << bit;
    return result;
  };
  // A key bit of 0 chooses the second table, 1 the first: the round key is the complement of the decoder key.
  const std::array both{&tables.substitution_2, &tables.substitution_1};
  for (std::size_t nibble = 0; nibble < 16; ++nibble) {
    for (std::size_t value = 0; value < 16; ++value) {
      inverse_permutation_[nibble][value] = unpermuted(std::uint64_t{value} << (4U * nibble));
      for (std::size_t choice = 0; choice < 2; ++choice) {
        const std::uint8_t substituted = (*both[choice])[value];
        encrypting_[nibble][choice][value] = permuted(std::uint64_t{substituted} << (4U * nibble));
        decrypting_[nibble][choice][substituted] = std::uint64_t{value} << (4U * nibble);
      }
    }
  }
}

}  // namespace lk::sts
