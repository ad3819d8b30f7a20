// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sell/call.hpp"

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/sell/login.hpp"

namespace lk::tools::sell {

Address address_of(const std::string& server) {
  auto address = parse_address(server);
  if (!address) throw UserError(address.error());
  return *address;
}

nlohmann::ordered_json must(const std::expected<Answer, Trouble>& answer) {
  if (!answer) throw DeviceError(answer.error().text);
  if (answer->status >= 300) throw DeviceError(problem_text(*answer));
  return nlohmann::ordered_json::parse(answer->body, nullptr, false);
}

nlohmann::ordered_json call(const std::string& method, const std::string& path,
                            const nlohmann::ordered_json& body) {
  const Login login = kept_login();
  return must(ask(address_of(login.server), login.token, method, path, body.is_null() ? "" : body.dump()));
}

}  // namespace lk::tools::sell
