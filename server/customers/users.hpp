// SPDX-License-Identifier: Apache-2.0
// Log-ins of operators and tenants, and their sessions.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "server/http/router.hpp"

namespace lk::store {
class Session;
}

namespace lk::customers {

struct NewUser {
  std::string name;
  std::string password_hash;
  std::string role = "operator";  // operator, tenant, agent, engineer
  std::string customer;           // of a tenant
  std::string agent = {};         // of an agent
};

// Why a user was not added.
enum class UserRefusal {
  exists,            // the name is taken
  unknown_customer,  // the tenant's customer is not there
  unknown_agent,     // the agent is not there
};

[[nodiscard]] std::expected<void, UserRefusal> add_user(store::Session& session, const NewUser& user,
                                                        std::int64_t now_ms);

// Whether a user name has the right form: 1 to 64 of letters, digits and . _ - @
[[nodiscard]] bool is_user_name(std::string_view name);

[[nodiscard]] bool any_user(store::Session& session);

// Who a request comes from, by its bearer token or its cookie; nothing without a session that is still good.
[[nodiscard]] std::optional<http::Caller> caller_of(store::Session& session, const http::Request& request,
                                                    std::int64_t now_ms);

// Begins a session of 12 hours for a user and returns its token.
[[nodiscard]] std::string begin_session(store::Session& session, const std::string& user,
                                        std::int64_t now_ms);
// Ends the session that the request carries, if any.
void end_session(store::Session& session, const http::Request& request);
// Forgets the sessions that are over.
void drop_ended_sessions(store::Session& session, std::int64_t now_ms);

inline constexpr std::int64_t session_ms = 12LL * 3600 * 1000;

// Counts wrong passwords for each address, and for each user from it: after ten in five minutes more are not
// even looked at. Any thread.
class LoginLimit {
 public:
  [[nodiscard]] bool allows(const std::string& user, const std::string& remote, std::int64_t now_ms);
  void failed(const std::string& user, const std::string& remote, std::int64_t now_ms);
  void succeeded(const std::string& user, const std::string& remote);

 private:
  using Failures = std::map<std::string, std::deque<std::int64_t>>;
  static bool below(Failures& failures, const std::string& key, std::size_t most, std::int64_t now_ms);
  static void forget(Failures& failures, std::int64_t now_ms);

  std::mutex mutex_;
  Failures by_user_;
  Failures by_remote_;
};

}  // namespace lk::customers
