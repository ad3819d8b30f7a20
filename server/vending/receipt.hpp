// SPDX-License-Identifier: Apache-2.0
// Receipts: as text for printers of 58 mm paper (32 columns), as PDF, and as fields. The receipt number is
// the number of the tax invoice: it rises by one from sale to sale. Token digits stand in groups of four.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "server/vending/purchases.hpp"

namespace lk::vending {

struct ReceiptHead {
  std::string site;
  std::string currency;
  std::int64_t utc_offset_ms = 0;
};

// A receipt's content in its order: what it says on the left, and on the right.
struct ReceiptLine {
  enum class Kind { title, pair, rule, token } kind = Kind::pair;
  std::string left;
  std::string right = {};
};
[[nodiscard]] std::vector<ReceiptLine> receipt_lines(const ReceiptHead& head, const Purchase& purchase);

// "1234 5678 9012 3456 7890"
[[nodiscard]] std::string grouped(const std::string& digits);

// Tokens to be entered one after the other: the sections of a key change, then the token, called `what`.
void add_tokens(std::vector<ReceiptLine>& lines, const std::vector<std::string>& key_change,
                const std::string& token, const std::string& what);
// Lines as text of at most 32 columns, each ended by a newline.
[[nodiscard]] std::string text_of(const std::vector<ReceiptLine>& lines);
// "2026-11-21 10:00" by the site's clock.
[[nodiscard]] std::string local_time(std::int64_t unix_ms, std::int64_t utc_offset_ms);

// Lines of at most 32 columns, each ended by a newline. Text is UTF-8; a column is a character.
[[nodiscard]] std::string receipt_text(const ReceiptHead& head, const Purchase& purchase);
// One page of 58 mm paper, as long as it needs. Throws std::runtime_error where the PDF cannot be made.
[[nodiscard]] std::string receipt_pdf(const ReceiptHead& head, const Purchase& purchase);
[[nodiscard]] nlohmann::ordered_json receipt_json(const ReceiptHead& head, const Purchase& purchase);

}  // namespace lk::vending
