// SPDX-License-Identifier: Apache-2.0
// A request's target and its JSON body, through every getter of Fields.
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/http/fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string text(reinterpret_cast<const char*>(data), size_bytes);
  lk::http::Request request;
  static_cast<void>(lk::http::parse_target(text, request));
  lk::http::Fields fields(text);
  fields.uuid("id");
  fields.digits("meter", 11);
  fields.money("amount");
  fields.price("price");
  fields.text("name");
  fields.code("code");
  fields.word("verb", {"open", "close"});
  fields.flag("deliver", true);
  fields.optional_integer("address", 1, 247);
  if (const auto problem = fields.problem()) static_cast<void>(lk::http::response_of(*problem));
  return 0;
}
