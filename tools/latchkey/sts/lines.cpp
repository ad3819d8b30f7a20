// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/lines.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "sts/codec.hpp"
#include "sts/key_change.hpp"
#include "tools/latchkey/sts/key_fields.hpp"
#include "tools/latchkey/sts/token_fields.hpp"

namespace lk::tools {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t key_change_tokens_max = 4;

std::string text_of(const sts::Digits& digits) {
  return {digits.begin(), digits.end()};
}

std::string hex_of(const KeyFields& key) {
  std::string text;
  const std::size_t count = key.algorithm == sts::EncryptionAlgorithm::ea11 ? 4 : 2;
  for (std::size_t i = 0; i < count; ++i) {
    for (unsigned shift = 32; shift > 0;) text += "0123456789abcdef"[(key.words[i] >> (shift -= 4U)) & 0xFU];
  }
  return text;
}

json parse_object(std::string_view line) {
  if (line.size() > line_max_bytes) {
    throw FieldError{"line", "is longer than " + std::to_string(line_max_bytes) + " bytes"};
  }
  json object = json::parse(line, nullptr, false);
  if (object.is_discarded()) throw FieldError{"line", "is no JSON"};
  if (!object.is_object()) throw FieldError{"line", "must be a JSON object"};
  return object;
}

// ---- encode

sts::KeyChange read_key_change(const Fields& line, const KeyFields& old_key) {
  const Fields fields = line.object("new");
  const KeyFields key = read_key(fields);
  if (key.algorithm != old_key.algorithm) {
    throw FieldError{fields.name_of("ea"), "a key change cannot change the encryption algorithm"};
  }
  if (!key.attributes)
    throw FieldError{fields.name_of("dkga"), "must be 2, 3 or 4: the new key's attributes are sent too"};
  const bool is_long = key.algorithm == sts::EncryptionAlgorithm::ea11;
  sts::KeyChange change{.algorithm = key.algorithm,
                        .key_words = key.words,
                        .key_type = key.attributes->key_type,
                        .key_revision_number = key.attributes->key_revision_number,
                        .key_expiry_number = static_cast<std::uint8_t>(line.number("ken", 0, 255)),
                        .tariff_index = key.attributes->tariff_index,
                        .roll_over = line.number("ro", 0, 1) == 1,
                        .supply_group_code = std::nullopt};
  std::uint64_t count = is_long ? 4 : 2;
  if (line.has("n")) count = line.number("n", is_long ? 4 : 2, is_long ? 4 : 3);
  if (count > 2) change.supply_group_code = key.attributes->supply_group_code;
  return change;
}

ordered_json encode_key_change(const Fields& line, const sts::StaTables& tables) {
  const KeyFields old_key = read_key(line.object("old"));
  const sts::KeyChangeSet set = sts::sections_of(read_key_change(line, old_key));
  const sts::DecoderKey key = old_key.decoder_key(tables);
  ordered_json tokens = ordered_json::array();
  for (const sts::Token& token : set.view()) tokens.push_back(text_of(sts::encode(token, key)));
  return {{"tok", tokens}};
}

ordered_json encode_object(const Fields& line, const sts::StaTables& tables) {
  const std::string kind = line.text("kind");
  if (kind == "kct") return encode_key_change(line, tables);
  if (kind == "c1")
    return {{"tok", text_of(sts::encode(std::get<sts::Test>(
                        read_token(line, std::nullopt, sts::EncryptionAlgorithm::ea11))))}};
  const KeyFields key = read_key(line.object("key"));
  const sts::Token token = read_token(line, key.base_date, key.algorithm);
  return {{"tok", text_of(sts::encode(token, key.decoder_key(tables)))}};
}

// ---- decode

// The digits without the spaces and hyphens that people group them by.
std::string digits_of(const json& value) {
  if (!value.is_string()) throw FieldError{"tok", "must be text of 20 digits, or a list of such"};
  std::string digits = value.get<std::string>();
  std::erase_if(digits, [](char c) { return c == ' ' || c == '-'; });
  return digits;
}

sts::Token decode_digits(const std::string& digits, const sts::DecoderKey& key) {
  const auto token = sts::decode(digits, key);
  if (token) return *token;
  switch (token.error()) {
    case sts::AuthenticationError::format:
      throw FieldError{"tok", digits.size() == sts::token_digits &&
                                      std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })
                                  ? "is above 73786976294838206463: not a token"
                                  : "must be 20 digits"};
    case sts::AuthenticationError::reserved_class:
      throw FieldError{"tok", "is of class 3, which is reserved"};
    case sts::AuthenticationError::crc:
      break;
  }
  throw FieldError{"tok", "has a wrong check: mistyped, damaged, or for another key"};
}

// The key of a line: `key`, or `old` in a key change, whichever is there.
KeyFields read_either(const Fields& line, const char* first, const char* second) {
  return read_key(line.object(line.has(first) || !line.has(second) ? first : second));
}

ordered_json decode_list(const Fields& line, const json& list, const sts::StaTables& tables) {
  if (list.empty() || list.size() > key_change_tokens_max) {
    throw FieldError{"tok", "a key change has 2 to 4 tokens"};
  }
  const KeyFields key = read_either(line, "old", "key");
  const sts::DecoderKey decoder_key = key.decoder_key(tables);
  std::vector<sts::Token> tokens;
  ordered_json sections = ordered_json::array();
  for (const json& digits : list) {
    tokens.push_back(decode_digits(digits_of(digits), decoder_key));
    sections.push_back(write_token(tokens.back(), key.base_date));
  }
  const auto change = sts::combine(tokens, key.algorithm);
  if (!change) return {{"kind", "kct"}, {"complete", false}, {"sections", sections}};
  KeyFields new_key{
      .algorithm = key.algorithm, .words = change->key_words, .attributes = {}, .base_date = {}};
  ordered_json fields{{"dkga", 0},
                      {"ea", static_cast<int>(key.algorithm)},
                      {"dk", hex_of(new_key)},
                      {"kt", static_cast<int>(change->key_type)},
                      {"ti", change->tariff_index},
                      {"krn", change->key_revision_number}};
  if (change->supply_group_code) fields["sgc"] = *change->supply_group_code;
  return {{"kind", "kct"},
          {"complete", true},
          {"new", fields},
          {"ken", change->key_expiry_number},
          {"ro", change->roll_over ? 1 : 0},
          {"n", list.size()},
          {"sections", sections}};
}

ordered_json decode_object(const Fields& line, const sts::StaTables& tables) {
  const json& value = line.required("tok");
  if (value.is_array()) return decode_list(line, value, tables);
  const std::string digits = digits_of(value);
  const auto outside = sts::from_digits(digits);
  if (outside && outside->token_class == sts::TokenClass::general_management) {  // in clear: no key is needed
    return write_token(decode_digits(digits, sts::DecoderKey::ea11(std::array<std::byte, 16>{})),
                       std::nullopt);
  }
  const KeyFields key = read_either(line, "key", "old");
  return write_token(decode_digits(digits, key.decoder_key(tables)), key.base_date);
}

template <class Work>
std::string answer(std::string_view line, Work work) {
  ordered_json result;
  try {
    const json object = parse_object(line);
    result = work(Fields{object, ""});
  } catch (const FieldError& error) {
    result = ordered_json{{"error", error.what()}};
  } catch (const json::exception& error) {
    result = ordered_json{{"error", std::string{"line: "} + error.what()}};
  }
  return result.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string encode_line(std::string_view line, const sts::StaTables& tables) {
  return answer(line, [&](const Fields& fields) { return encode_object(fields, tables); });
}

std::string decode_line(std::string_view line, const sts::StaTables& tables) {
  return answer(line, [&](const Fields& fields) { return decode_object(fields, tables); });
}

}  // namespace lk::tools
