// SPDX-License-Identifier: Apache-2.0
#include "server/customers/users.hpp"

#include <algorithm>
#include <cctype>

#include "server/customers/password.hpp"
#include "server/store/session.hpp"

namespace lk::customers {
namespace {

constexpr std::int64_t window_ms = 5LL * 60 * 1000;
constexpr std::size_t most_for_user = 10;
constexpr std::size_t most_for_remote = 50;
constexpr std::size_t most_kept = 10'000;

std::string token_of(const http::Request& request) {
  constexpr std::string_view bearer = "Bearer ";
  if (request.authorization.starts_with(bearer)) return request.authorization.substr(bearer.size());
  return http::cookie_value(request.cookie, "lk_session");
}

}  // namespace

bool is_user_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) || c == '.' || c == '_' || c == '-' || c == '@';
  });
}

std::expected<void, UserRefusal> add_user(store::Session& session, const NewUser& user, std::int64_t now_ms) {
  if (session.row<std::int64_t>("select 1 from \"user\" where name = ?", {user.name})) {
    return std::unexpected(UserRefusal::exists);
  }
  std::optional<std::string> customer;
  std::optional<std::string> agent;
  if (user.role == "agent") {
    agent = user.agent;
    if (!session.row<std::int64_t>("select 1 from agent where code = ?", {user.agent})) {
      return std::unexpected(UserRefusal::unknown_agent);
    }
  }
  if (user.role == "tenant") {
    customer = user.customer;
    if (!session.row<std::int64_t>("select 1 from customer where id = ?", {user.customer})) {
      return std::unexpected(UserRefusal::unknown_customer);
    }
  }
  session.run(
      "insert into \"user\" (name, password_hash, role, customer, made, agent) values (?, ?, ?, ?, ?, ?)",
      {user.name, user.password_hash, user.role, customer, now_ms, agent});
  return {};
}

bool any_user(store::Session& session) {
  return session.row<std::int64_t>("select 1 from \"user\" limit 1").has_value();
}

std::optional<http::Caller> caller_of(store::Session& session, const http::Request& request,
                                      std::int64_t now_ms) {
  const std::string token = token_of(request);
  if (token.size() != 64) return std::nullopt;
  auto found = session.row<std::string, std::string, std::string, std::string>(
      "select u.name, u.role, u.customer, u.agent from session s join \"user\" u on u.name = s.\"user\" "
      "where s.token_hash = ? and s.ends > ?",
      {token_hash(token), now_ms});
  if (!found) return std::nullopt;
  auto& [name, role, customer, agent] = *found;
  return http::Caller{name, role == "operator", customer, role, agent};
}

std::string begin_session(store::Session& session, const std::string& user, std::int64_t now_ms) {
  std::string token = random_token();
  session.run("insert into session (token_hash, \"user\", made, ends) values (?, ?, ?, ?)",
              {token_hash(token), user, now_ms, now_ms + session_ms});
  return token;
}

void end_session(store::Session& session, const http::Request& request) {
  session.run("delete from session where token_hash = ?", {token_hash(token_of(request))});
}

void drop_ended_sessions(store::Session& session, std::int64_t now_ms) {
  session.run("delete from session where ends <= ?", {now_ms});
}

bool LoginLimit::below(Failures& failures, const std::string& key, std::size_t most, std::int64_t now_ms) {
  const auto found = failures.find(key);
  if (found == failures.end()) return true;
  while (!found->second.empty() && found->second.front() <= now_ms - window_ms) found->second.pop_front();
  return found->second.size() < most;
}

void LoginLimit::forget(Failures& failures, std::int64_t now_ms) {
  if (failures.size() < most_kept) return;
  std::erase_if(failures, [&](const auto& item) {
    return item.second.empty() || item.second.back() <= now_ms - window_ms;
  });
  if (failures.size() >= most_kept) failures.clear();
}

bool LoginLimit::allows(const std::string& user, const std::string& remote, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return below(by_user_, user + "\n" + remote, most_for_user, now_ms) &&
         below(by_remote_, remote, most_for_remote, now_ms);
}

void LoginLimit::failed(const std::string& user, const std::string& remote, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  forget(by_user_, now_ms);
  forget(by_remote_, now_ms);
  by_user_[user + "\n" + remote].push_back(now_ms);
  by_remote_[remote].push_back(now_ms);
}

void LoginLimit::succeeded(const std::string& user, const std::string& remote) {
  const std::lock_guard lock(mutex_);
  by_user_.erase(user + "\n" + remote);
}

}  // namespace lk::customers
