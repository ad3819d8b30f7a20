// SPDX-License-Identifier: Apache-2.0
// STA, the cipher of encryption algorithm EA07 (IEC 62055-41, 6.5.4): 16 rounds of substitution of nibbles
// and permutation of bits, with a 64-bit key. The tables are data (`TableSet`): the sample set that the
// standard prints is built in; the production set is given by the STS Association to its members and is not
// part of Latchkey.
//
// Nothing is looked up by secret index: a substitution is one 64-bit word, from which a shift takes the
// nibble, and the permutation is a list of masks and rotations that is the same for each block. The time
// depends on the table set alone.
#pragma once

#include <array>
#include <bit>
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
[[nodiscard]] constexpr TableSetFault check(const TableSet& tables);

// A table set made ready for use: about 1 KiB. Belongs to the caller and must outlive every key that uses it.
class StaTables {
 public:
  // The set must have passed `check`.
  constexpr explicit StaTables(const TableSet& tables);

  // A substitution as a word: its nibble v is what v becomes.
  using Word = std::uint64_t;
  struct Pair {
    Word zero;  // where the decoder key's bit is 0
    Word one;   // where it is 1
  };
  [[nodiscard]] constexpr const Pair& encrypting() const { return encrypting_; }
  [[nodiscard]] constexpr const Pair& decrypting() const { return decrypting_; }

  // The bits of `data` where the permutation puts them, and back.
  [[nodiscard]] constexpr std::uint64_t permuted(std::uint64_t data) const {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < move_count_; ++i) {
      result |= std::rotl(data & moves_[i].from, moves_[i].rotation);
    }
    return result;
  }
  [[nodiscard]] constexpr std::uint64_t permuted_back(std::uint64_t data) const {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < move_count_; ++i) {
      result |= std::rotr(data, moves_[i].rotation) & moves_[i].from;
    }
    return result;
  }

 private:
  // All bits that move equally far.
  struct Move {
    std::uint64_t from;
    int rotation;
  };

  Pair encrypting_{};
  Pair decrypting_{};
  std::array<Move, 64> moves_{};
  std::size_t move_count_ = 0;
};

// The sample tables of IEC 62055-41: for trials between makers, in no meter in the field.
inline constexpr TableSet sample_table_set{
    .substitution_1 = {12, 10, 8, 4, 3, 15, 0, 2, 14, 1, 5, 13, 6, 9, 7, 11},
    .substitution_2 = {6, 9, 7, 4, 3, 10, 12, 14, 2, 13, 1, 15, 0, 11, 8, 5},
    .permutation = {29, 27, 34, 9,  16, 62, 55, 2,  40, 49, 38, 25, 33, 61, 30, 23, 1,  41, 21, 57, 42, 15,
                    5,  58, 19, 53, 22, 17, 48, 28, 24, 39, 3,  60, 36, 14, 11, 52, 54, 12, 31, 51, 10, 26,
                    0,  45, 37, 43, 44, 6,  59, 4,  7,  35, 56, 50, 13, 18, 32, 47, 46, 63, 20, 8},
};
extern const StaTables sample_tables;

// One key.
class Sta {
 public:
  Sta(std::uint64_t key, const StaTables& tables) : tables_(&tables), key_(key) {}
  ~Sta();
  Sta(const Sta&) = default;
  Sta& operator=(const Sta&) = default;

  [[nodiscard]] std::uint64_t encrypt(std::uint64_t plain) const;
  [[nodiscard]] std::uint64_t decrypt(std::uint64_t cipher) const;

 private:
  const StaTables* tables_;
  std::uint64_t key_;
};

template <std::size_t Size>
constexpr bool is_permutation(const std::array<std::uint8_t, Size>& table) {
  std::array<bool, Size> seen{};
  for (const std::uint8_t value : table) {
    if (value >= Size || seen[value]) return false;
    seen[value] = true;
  }
  return true;
}

constexpr TableSetFault check(const TableSet& tables) {
  if (!is_permutation(tables.substitution_1)) return TableSetFault::substitution_1;
  if (!is_permutation(tables.substitution_2)) return TableSetFault::substitution_2;
  if (!is_permutation(tables.permutation)) return TableSetFault::permutation;
  return TableSetFault::none;
}

constexpr StaTables::StaTables(const TableSet& tables) {
  const auto word_of = [](const std::array<std::uint8_t, 16>& table) {
    Word word = 0;
    for (std::size_t value = 0; value < 16; ++value) word |= Word{table[value]} << (4U * value);
    return word;
  };
  const auto inverse_of = [](const std::array<std::uint8_t, 16>& table) {
    Word word = 0;
    for (std::size_t value = 0; value < 16; ++value) word |= Word{value} << (4U * table[value]);
    return word;
  };
  // A key bit of 0 chooses the second table, 1 the first: the round key is the complement of the decoder key.
  encrypting_ = {word_of(tables.substitution_2), word_of(tables.substitution_1)};
  decrypting_ = {inverse_of(tables.substitution_2), inverse_of(tables.substitution_1)};
  for (int rotation = 0; rotation < 64; ++rotation) {
    std::uint64_t from = 0;
    for (unsigned bit = 0; bit < 64; ++bit) {
      if ((tables.permutation[bit] + 64U - bit) % 64 == static_cast<unsigned>(rotation)) {
        from |= std::uint64_t{1} << bit;
      }
    }
    if (from != 0) moves_[move_count_++] = {from, rotation};
  }
}

}  // namespace lk::sts
