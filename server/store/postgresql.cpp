// SPDX-License-Identifier: Apache-2.0
#include <soci/postgresql/soci-postgresql.h>

#include <string_view>

#include "server/store/dialect.hpp"
#include "server/store/pipeline.hpp"

namespace lk::store {
namespace {

// Names the right to write among all servers of one database; any number will do that nobody else takes.
constexpr std::string_view write_lock = "select pg_advisory_xact_lock(5504512070)";

Failure failure_of_state(std::string_view state) {
  if (state == "53100") return Failure::full;
  if (state == "40001" || state == "40P01") return Failure::conflict;
  if (state == "55P03" || state == "57014" || state.starts_with("53")) return Failure::busy;
  if (state.starts_with("XX")) return Failure::corrupt;
  if (state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "25P03") {
    return Failure::gone;
  }
  return Failure::other;
}

class Postgresql final : public Dialect {
 public:
  explicit Postgresql(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] Engine engine() const override { return Engine::postgresql; }

  void open(soci::session& sql) override {
    sql.open(soci::postgresql, url_);
    pipeline_ = {};
    broken_ = false;
    // A server that stands still in a transaction, or has gone without a word, must not hold up the others
    // for ever: hence the time-outs. A statement is planned once, maybe while its table is still small, and
    // is kept: it must go by an index from the first day, or a shop's first morning is its slowest.
    script(
        sql,
        "set synchronous_commit = on; set lock_timeout = '5s'; set idle_in_transaction_session_timeout = "
        "'15s';"
        "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2;"
        "set client_min_messages = warning; set timezone = 'UTC'; set jit = off; set enable_seqscan = off");
  }

  [[nodiscard]] bool alive(soci::session& sql) override {
    return sql.get_backend() != nullptr && !broken_ && PQstatus(handle(sql)) == CONNECTION_OK;
  }

  [[nodiscard]] Failure failure_of(soci::session& sql, const soci::soci_error& error) override {
    const auto* told = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    if (!alive(sql)) return Failure::gone;
    return told == nullptr ? Failure::other : failure_of_state(told->sqlstate());
  }

  void begin(soci::session& sql) override { script(sql, "begin; " + std::string(write_lock)); }

  [[nodiscard]] bool in_transaction(soci::session& sql) override {
    if (!alive(sql)) return false;
    const auto status = PQtransactionStatus(handle(sql));
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }

  void rollback(soci::session& sql) noexcept override {
    if (in_transaction(sql)) PQclear(PQexec(handle(sql), "rollback"));
  }

  void script(soci::session& sql, const std::string& text) override {
    PGresult* result = PQexec(handle(sql), text.c_str());
    const auto status = PQresultStatus(result);
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string told_state = state != nullptr ? state : "";
    const std::string told = PQresultErrorMessage(result);
    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return;
    throw Error(alive(sql) ? failure_of_state(told_state) : Failure::gone,
                told.empty() ? "the connection to the database is gone" : told);
  }

  bool run_all(soci::session& sql, const std::vector<Statement>& statements) override {
    if (const auto fault = pipeline_.run(handle(sql), statements)) {
      broken_ = fault->state.empty();
      throw Error(alive(sql) ? failure_of_state(fault->state) : Failure::gone, fault->text);
    }
    return true;
  }

  [[nodiscard]] bool binds_text() const override { return true; }

 private:
  static PGconn* handle(soci::session& sql) {
    return static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
  }

  std::string url_;
  Pipeline pipeline_;
  bool broken_ = false;  // no statement can be sent over it any more
};

}  // namespace

std::unique_ptr<Dialect> postgresql(const std::string& url) {
  return std::make_unique<Postgresql>(url);
}

}  // namespace lk::store
