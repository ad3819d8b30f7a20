// SPDX-License-Identifier: Apache-2.0
#include "crypto/aes128.hpp"

#include "crypto/secret.hpp"

namespace lk::crypto {
namespace {

using State = std::array<std::uint8_t, 16>;  // column after column, as on the wire
using SubstitutionTable = std::array<std::uint8_t, 256>;

// Multiplication by x in GF(2^8) modulo x^8+x^4+x^3+x+1 (FIPS 197, 4.2.1), without a branch on the secret.
constexpr std::uint8_t times_x(std::uint8_t a) {
  const unsigned wide = a;
  return static_cast<std::uint8_t>((wide << 1U) ^ ((wide >> 7U) * 0x1BU));
}

constexpr std::uint8_t rotate_left(std::uint8_t a, unsigned by) {
  return static_cast<std::uint8_t>((a << by) | (a >> (8U - by)));
}

// FIPS 197, 5.1.1, computed: p walks the field by powers of 3, q by powers of 1/3, so q is always 1/p.
constexpr SubstitutionTable make_substitution() {
  SubstitutionTable table{};
  std::uint8_t p = 1;
  std::uint8_t q = 1;
  do {
    p = static_cast<std::uint8_t>(p ^ times_x(p));
    q = static_cast<std::uint8_t>(q ^ (q << 1U));
    q = static_cast<std::uint8_t>(q ^ (q << 2U));
    q = static_cast<std::uint8_t>(q ^ (q << 4U));
    q = static_cast<std::uint8_t>(q ^ ((q >> 7U) * 0x09U));
    table[p] = static_cast<std::uint8_t>(q ^ rotate_left(q, 1) ^ rotate_left(q, 2) ^ rotate_left(q, 3) ^
                                         rotate_left(q, 4) ^ 0x63U);
  } while (p != 1);
  table[0] = 0x63;
  return table;
}

constexpr SubstitutionTable inverse(const SubstitutionTable& table) {
  SubstitutionTable result{};
  for (std::size_t i = 0; i < table.size(); ++i) result[table[i]] = static_cast<std::uint8_t>(i);
  return result;
}

constexpr SubstitutionTable substitution = make_substitution();
constexpr SubstitutionTable inverse_substitution = inverse(substitution);
static_assert(substitution[0x53] == 0xED && inverse_substitution[0xED] == 0x53,
              "the example of FIPS 197, 5.1.1");

void add_round_key(State& state, const std::uint8_t* round_key) {
  for (std::size_t i = 0; i < state.size(); ++i) state[i] ^= round_key[i];
}

// Bytes are substituted while rows shift: row r (index r of each column) moves r columns to the left.
void substitute_and_shift_rows(State& state) {
  State result;
  for (std::size_t column = 0; column < 4; ++column) {
    for (std::size_t row = 0; row < 4; ++row) {
      result[4 * column + row] = substitution[state[4 * ((column + row) % 4) + row]];
    }
  }
  state = result;
}

void inverse_substitute_and_shift_rows(State& state) {
  State result;
  for (std::size_t column = 0; column < 4; ++column) {
    for (std::size_t row = 0; row < 4; ++row) {
      result[4 * ((column + row) % 4) + row] = inverse_substitution[state[4 * column + row]];
    }
  }
  state = result;
}

void mix_columns(State& state) {
  for (std::size_t at = 0; at < state.size(); at += 4) {
    const std::array<std::uint8_t, 4> a{state[at], state[at + 1], state[at + 2], state[at + 3]};
    const auto all = static_cast<std::uint8_t>(a[0] ^ a[1] ^ a[2] ^ a[3]);
    for (std::size_t i = 0; i < 4; ++i) {
      state[at + i] =
          static_cast<std::uint8_t>(a[i] ^ all ^ times_x(static_cast<std::uint8_t>(a[i] ^ a[(i + 1) % 4])));
    }
  }
}

// The inverse matrix is the matrix itself times a matrix with 5 and 4 in turn: a cheap step before mixing.
void inverse_mix_columns(State& state) {
  for (std::size_t at = 0; at < state.size(); at += 4) {
    const auto even = times_x(times_x(static_cast<std::uint8_t>(state[at] ^ state[at + 2])));
    const auto odd = times_x(times_x(static_cast<std::uint8_t>(state[at + 1] ^ state[at + 3])));
    state[at] ^= even;
    state[at + 2] ^= even;
    state[at + 1] ^= odd;
    state[at + 3] ^= odd;
  }
  mix_columns(state);
}

State load(const Aes128::Block& block) {
  State state;
  for (std::size_t i = 0; i < state.size(); ++i) state[i] = std::to_integer<std::uint8_t>(block[i]);
  return state;
}

Aes128::Block store(const State& state) {
  Aes128::Block block;
  for (std::size_t i = 0; i < state.size(); ++i) block[i] = std::byte{state[i]};
  return block;
}

}  // namespace

Aes128::Aes128(std::span<const std::byte, 16> key) {
  for (std::size_t i = 0; i < key.size(); ++i) round_keys_[i] = std::to_integer<std::uint8_t>(key[i]);
  std::uint8_t round_constant = 1;
  for (std::size_t at = 16; at < round_keys_.size(); at += 4) {  // FIPS 197, 5.2
    std::array<std::uint8_t, 4> word{round_keys_[at - 4], round_keys_[at - 3], round_keys_[at - 2],
                                     round_keys_[at - 1]};
    if (at % 16 == 0) {
      word = {static_cast<std::uint8_t>(substitution[word[1]] ^ round_constant), substitution[word[2]],
              substitution[word[3]], substitution[word[0]]};
      round_constant = times_x(round_constant);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      round_keys_[at + i] = static_cast<std::uint8_t>(round_keys_[at - 16 + i] ^ word[i]);
    }
  }
}

Aes128::~Aes128() {
  wipe_value(round_keys_);
}

Aes128::Block Aes128::encrypt(const Block& plain) const {
  State state = load(plain);
  add_round_key(state, round_keys_.data());
  for (std::size_t round = 1; round < round_count; ++round) {
    substitute_and_shift_rows(state);
    mix_columns(state);
    add_round_key(state, &round_keys_[16 * round]);
  }
  substitute_and_shift_rows(state);
  add_round_key(state, &round_keys_[16 * round_count]);
  return store(state);
}

Aes128::Block Aes128::decrypt(const Block& cipher) const {
  State state = load(cipher);
  add_round_key(state, &round_keys_[16 * round_count]);
  for (std::size_t round = round_count - 1; round > 0; --round) {
    inverse_substitute_and_shift_rows(state);
    add_round_key(state, &round_keys_[16 * round]);
    inverse_mix_columns(state);
  }
  inverse_substitute_and_shift_rows(state);
  add_round_key(state, round_keys_.data());
  return store(state);
}

}  // namespace lk::crypto
