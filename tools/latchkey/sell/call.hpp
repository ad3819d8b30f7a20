// SPDX-License-Identifier: Apache-2.0
// One question to the server at which somebody is logged in from this terminal.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/latchkey/sell/client.hpp"

namespace lk::tools::sell {

// Throws UserError where the text is no address.
[[nodiscard]] Address address_of(const std::string& server);
// The answer's JSON; a refusal ends the command with its text (DeviceError).
[[nodiscard]] nlohmann::ordered_json must(const std::expected<Answer, Trouble>& answer);
// Asks, logged in; `body` null: none. Throws as above, and UserError where nobody is logged in.
nlohmann::ordered_json call(const std::string& method, const std::string& path,
                            const nlohmann::ordered_json& body = nullptr);

}  // namespace lk::tools::sell
