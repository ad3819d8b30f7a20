// SPDX-License-Identifier: Apache-2.0
// The substitutions S7 and S9 of MISTY1 without a look-up in memory by secret index: what a cache, a bus or a
// branch predictor could tell of the key is the same for every input. Both are worked out, while compiling,
// from the tables as RFC 2994 prints them.
//
//   S7   16 words of 8 entries; masks choose the word, a shift the entry
//   S9   is of degree 2:  S9(x) = c ^ Σ x[i] · ( b[i] ^ Σ x[j] · c[i][j] ),  j above i
//        i = 0 … 6 side by side in lanes of 9 bits, 7 and 8 apart
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace lk::sts {

// RFC 2994, 2.3.2: both are permutations (checked below).
inline constexpr std::array<std::uint8_t, 128> misty1_s7_table{
    27,  50,  51, 90,  59,  16,  23, 84,  91,  26,  114, 115, 107, 44,  102, 73, 31, 36,  19,  108, 55, 46,
    63,  74,  93, 15,  64,  86,  37, 81,  28,  4,   11,  70,  32,  13,  123, 53, 68, 66,  43,  30,  65, 20,
    75,  121, 21, 111, 14,  85,  9,  54,  116, 12,  103, 83,  40,  10,  126, 56, 2,  7,   96,  41,  25, 18,
    101, 47,  48, 57,  8,   104, 95, 120, 42,  76,  100, 69,  117, 61,  89,  72, 3,  87,  124, 79,  98, 60,
    29,  33,  94, 39,  106, 112, 77, 58,  1,   109, 110, 99,  24,  119, 35,  5,  38, 118, 0,   49,  45, 122,
    127, 97,  80, 34,  17,  6,   71, 22,  82,  78,  113, 62,  105, 67,  52,  92, 88, 125};
inline constexpr std::array<std::uint16_t, 512> misty1_s9_table{
    451, 203, 339, 415, 483, 233, 251, 53,  385, 185, 279, 491, 307, 9,   45,  211, 199, 330, 55,  126, 235,
    356, 403, 472, 163, 286, 85,  44,  29,  418, 355, 280, 331, 338, 466, 15,  43,  48,  314, 229, 273, 312,
    398, 99,  227, 200, 500, 27,  1,   157, 248, 416, 365, 499, 28,  326, 125, 209, 130, 490, 387, 301, 244,
    414, 467, 221, 482, 296, 480, 236, 89,  145, 17,  303, 38,  220, 176, 396, 271, 503, 231, 364, 182, 249,
    216, 337, 257, 332, 259, 184, 340, 299, 430, 23,  113, 12,  71,  88,  127, 420, 308, 297, 132, 349, 413,
    434, 419, 72,  124, 81,  458, 35,  317, 423, 357, 59,  66,  218, 402, 206, 193, 107, 159, 497, 300, 388,
    250, 406, 481, 361, 381, 49,  384, 266, 148, 474, 390, 318, 284, 96,  373, 463, 103, 281, 101, 104, 153,
    336, 8,   7,   380, 183, 36,  25,  222, 295, 219, 228, 425, 82,  265, 144, 412, 449, 40,  435, 309, 362,
    374, 223, 485, 392, 197, 366, 478, 433, 195, 479, 54,  238, 494, 240, 147, 73,  154, 438, 105, 129, 293,
    11,  94,  180, 329, 455, 372, 62,  315, 439, 142, 454, 174, 16,  149, 495, 78,  242, 509, 133, 253, 246,
    160, 367, 131, 138, 342, 155, 316, 263, 359, 152, 464, 489, 3,   510, 189, 290, 137, 210, 399, 18,  51,
    106, 322, 237, 368, 283, 226, 335, 344, 305, 327, 93,  275, 461, 121, 353, 421, 377, 158, 436, 204, 34,
    306, 26,  232, 4,   391, 493, 407, 57,  447, 471, 39,  395, 198, 156, 208, 334, 108, 52,  498, 110, 202,
    37,  186, 401, 254, 19,  262, 47,  429, 370, 475, 192, 267, 470, 245, 492, 269, 118, 276, 427, 117, 268,
    484, 345, 84,  287, 75,  196, 446, 247, 41,  164, 14,  496, 119, 77,  378, 134, 139, 179, 369, 191, 270,
    260, 151, 347, 352, 360, 215, 187, 102, 462, 252, 146, 453, 111, 22,  74,  161, 313, 175, 241, 400, 10,
    426, 323, 379, 86,  397, 358, 212, 507, 333, 404, 410, 135, 504, 291, 167, 440, 321, 60,  505, 320, 42,
    341, 282, 417, 408, 213, 294, 431, 97,  302, 343, 476, 114, 394, 170, 150, 277, 239, 69,  123, 141, 325,
    83,  95,  376, 178, 46,  32,  469, 63,  457, 487, 428, 68,  56,  20,  177, 363, 171, 181, 90,  386, 456,
    468, 24,  375, 100, 207, 109, 256, 409, 304, 346, 5,   288, 443, 445, 224, 79,  214, 319, 452, 298, 21,
    6,   255, 411, 166, 67,  136, 80,  351, 488, 289, 115, 382, 188, 194, 201, 371, 393, 501, 116, 460, 486,
    424, 405, 31,  65,  13,  442, 50,  61,  465, 128, 168, 87,  441, 354, 328, 217, 261, 98,  122, 33,  511,
    274, 264, 448, 169, 285, 432, 422, 205, 243, 92,  258, 91,  473, 324, 502, 173, 165, 58,  459, 310, 383,
    70,  225, 30,  477, 230, 311, 506, 389, 140, 143, 64,  437, 190, 120, 0,   172, 272, 350, 292, 2,   444,
    162, 234, 112, 508, 278, 348, 76,  450};

namespace misty1_detail {

template <class Table>
constexpr bool is_permutation(const Table& table) {
  Table seen{};
  for (const auto value : table) {
    if (value >= table.size() || seen[value] != 0) return false;
    seen[value] = 1;
  }
  return true;
}
static_assert(is_permutation(misty1_s7_table) && is_permutation(misty1_s9_table));

// All ones where the bit is 1, else 0.
constexpr std::uint64_t mask_of(std::uint32_t value, unsigned bit) {
  return 0 - ((std::uint64_t{value} >> bit) & 1U);
}

// The algebraic normal form: entry m is the coefficient of the product of the input bits that are in m.
constexpr std::array<std::uint16_t, 512> normal_form() {
  std::array<std::uint16_t, 512> form = misty1_s9_table;
  for (std::size_t bit = 1; bit < form.size(); bit <<= 1U) {
    for (std::size_t m = 0; m < form.size(); ++m) {
      if ((m & bit) != 0) form[m] = static_cast<std::uint16_t>(form[m] ^ form[m ^ bit]);
    }
  }
  return form;
}
inline constexpr std::array<std::uint16_t, 512> s9_form = normal_form();

consteval bool is_quadratic() {
  for (std::size_t m = 0; m < s9_form.size(); ++m) {
    if (std::popcount(m) > 2 && s9_form[m] != 0) return false;
  }
  return true;
}
static_assert(is_quadratic());

inline constexpr unsigned lane_bits = 9;
inline constexpr unsigned lane_count = 7;
inline constexpr std::uint64_t lane_mask = 0x1FF;

// Lane i is the coefficient of x[i], or of x[i]·x[j] where i is below j.
constexpr std::uint64_t lanes_of(std::size_t j) {
  std::uint64_t lanes = 0;
  for (std::size_t i = 0; i < lane_count && (j == 9 || i < j); ++i) {
    const std::size_t m = (std::size_t{1} << i) | (j == 9 ? 0 : std::size_t{1} << j);
    lanes |= std::uint64_t{s9_form[m]} << (lane_bits * i);
  }
  return lanes;
}
inline constexpr std::uint64_t linear_lanes = lanes_of(9);
inline constexpr std::array<std::uint64_t, 9> product_lanes{0,           lanes_of(1), lanes_of(2),
                                                            lanes_of(3), lanes_of(4), lanes_of(5),
                                                            lanes_of(6), lanes_of(7), lanes_of(8)};

constexpr std::array<std::uint64_t, 16> s7_words() {
  std::array<std::uint64_t, 16> words{};
  for (std::size_t i = 0; i < misty1_s7_table.size(); ++i) {
    words[i / 8] |= std::uint64_t{misty1_s7_table[i]} << (8U * (i % 8));
  }
  return words;
}
inline constexpr std::array<std::uint64_t, 16> s7_packed = s7_words();

}  // namespace misty1_detail

// in: 7 bits
constexpr std::uint32_t misty1_s7(std::uint32_t in) {
  using namespace misty1_detail;
  std::array<std::uint64_t, 16> words = s7_packed;
  unsigned bit = 3;
  for (std::size_t count = words.size() / 2; count > 0; count /= 2, ++bit) {
    const std::uint64_t mask = mask_of(in, bit);
    for (std::size_t i = 0; i < count; ++i) {
      words[i] = words[2 * i] ^ (mask & (words[2 * i] ^ words[2 * i + 1]));
    }
  }
  return static_cast<std::uint32_t>(words[0] >> (8U * (in & 7U))) & 0x7FU;
}

// in: 9 bits
constexpr std::uint32_t misty1_s9(std::uint32_t in) {
  using namespace misty1_detail;
  std::uint64_t lanes = linear_lanes;
  for (unsigned j = 1; j < product_lanes.size(); ++j) lanes ^= mask_of(in, j) & product_lanes[j];
  std::uint64_t chosen = 0;
  for (unsigned i = 0; i < lane_count; ++i) chosen |= mask_of(in, i) & (lane_mask << (lane_bits * i));
  lanes &= chosen;
  lanes ^= lanes >> (4U * lane_bits);
  lanes ^= lanes >> (2U * lane_bits);
  lanes ^= lanes >> lane_bits;
  const std::uint64_t last = mask_of(in, 8);
  const std::uint64_t rest =
      (mask_of(in, 7) & (s9_form[0x080] ^ (last & s9_form[0x180]))) ^ (last & s9_form[0x100]) ^ s9_form[0];
  return static_cast<std::uint32_t>((lanes ^ rest) & lane_mask);
}

}  // namespace lk::sts
