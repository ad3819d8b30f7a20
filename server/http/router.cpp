// SPDX-License-Identifier: Apache-2.0
#include "server/http/router.hpp"

namespace lk::http {
namespace {

std::string_view next_part(std::string_view& rest) {
  const auto slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return part;
}

bool matches(std::string_view pattern, std::string_view path, Pairs& parameters) {
  parameters.clear();
  if (path.empty() || path.back() == '/') return false;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_part(pattern);
    const std::string_view part = next_part(path);
    if (wanted.starts_with('{')) {
      if (part.empty()) return false;
      parameters.emplace_back(wanted.substr(1, wanted.size() - 2), part);
    } else if (wanted != part) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::expected<const Route*, Problem> Router::match(Request& request) const {
  bool other_method = false;
  for (const Route& route : routes_) {
    Pairs parameters;
    if (!matches(route.pattern, request.path, parameters)) continue;
    if (route.method != request.method) {
      other_method = true;
      continue;
    }
    request.parameters = std::move(parameters);
    return &route;
  }
  if (other_method) {
    return std::unexpected(
        Problem{405, "method_not_allowed", "This path does not take " + request.method + ".", ""});
  }
  return std::unexpected(Problem{404, "not_found", "There is nothing at this path; see /openapi.yaml.", ""});
}

}  // namespace lk::http
