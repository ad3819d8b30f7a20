// SPDX-License-Identifier: Apache-2.0
// Reads the fields of a request's JSON object. Each getter gives its value, or notes the first problem with
// the name of the field and gives a default: a handler reads all its fields and then asks once for
// `problem()`, which also tells of fields that nobody asked for. Lengths are bounded, texts are UTF-8 without
// control characters.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "quantity/quantity.hpp"
#include "server/http/message.hpp"

namespace lk::http {

class Fields {
 public:
  // Parses the body: anything but one JSON object, without doubled keys, is a problem.
  explicit Fields(const std::string& body);
  ~Fields();
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  // Whether the field is there and not null.
  [[nodiscard]] bool has(std::string_view name) const;

  // Text of 1 to `most` bytes.
  std::string text(std::string_view name, std::size_t most = 200);
  // Text of 0 to `most` bytes, "" where it is absent.
  std::string optional_text(std::string_view name, std::size_t most = 200);
  // A UUID, in lower case.
  std::string uuid(std::string_view name);
  // A UUID, or nothing where it is absent or null.
  std::optional<std::string> optional_uuid(std::string_view name);
  // Exactly `count` decimal digits.
  std::string digits(std::string_view name, std::size_t count);
  // 1 to 32 characters of a-z, 0-9 and '-'.
  std::string code(std::string_view name);
  // One of the named words; the first one where the field is absent and `required` is false.
  std::string word(std::string_view name, std::initializer_list<std::string_view> words,
                   bool required = true);
  // A decimal string with up to 5 decimals.
  quantity::Money money(std::string_view name);
  // A decimal string with up to 4 decimals, not negative.
  quantity::Price price(std::string_view name);
  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most);
  bool flag(std::string_view name, bool otherwise);

  // Notes a problem with a field, unless one is noted already.
  void refuse(std::string_view name, std::string_view detail);
  // The first problem; an unknown field is one. Ask last.
  [[nodiscard]] std::optional<Problem> problem();

 private:
  struct Body;
  const std::string* string_at(std::string_view name, bool required);
  std::optional<std::int64_t> integer_at(std::string_view name, std::int64_t least, std::int64_t most,
                                         bool required);

  std::unique_ptr<Body> body_;
  std::set<std::string, std::less<>> known_;
  std::optional<Problem> problem_;
};

// Whether the text is a UUID in its 36-character form.
[[nodiscard]] bool is_uuid(std::string_view text);

// An integer of the query; `otherwise` where it is absent. A value that is none, or outside, is a problem.
[[nodiscard]] std::expected<std::int64_t, Problem> query_integer(const Request& request,
                                                                 std::string_view name, std::int64_t least,
                                                                 std::int64_t most, std::int64_t otherwise);

}  // namespace lk::http
