// SPDX-License-Identifier: Apache-2.0
#include "server/store/pipeline.hpp"

#include "server/store/dialect.hpp"

namespace lk::store {
namespace {

Pipeline::Fault broken(PGconn* connection) {
  return {{}, PQerrorMessage(connection)};
}

// Reads answers up to the mark that ends the pipeline; the first that is bad is the fault.
std::optional<Pipeline::Fault> answers(PGconn* connection) {
  std::optional<Pipeline::Fault> fault;
  while (PQstatus(connection) == CONNECTION_OK) {
    PGresult* result = PQgetResult(connection);
    if (result == nullptr) continue;  // the end of one statement
    const auto status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR && !fault) {
      const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      fault = Pipeline::Fault{state != nullptr ? state : "", PQresultErrorMessage(result)};
    }
    PQclear(result);
    if (status == PGRES_PIPELINE_SYNC) return fault;
  }
  return broken(connection);
}

}  // namespace

bool Pipeline::send(PGconn* connection, const Statement& statement) {
  auto found = names_.find(statement.sql);
  if (found == names_.end()) {
    found = names_.emplace(statement.sql, "pipe_" + std::to_string(++count_)).first;
    fresh_.push_back(statement.sql);
    const std::string text = with_places(statement.sql, "$");
    if (PQsendPrepare(connection, found->second.c_str(), text.c_str(), 0, nullptr) != 1) return false;
  }
  std::vector<const char*> values;
  values.reserve(statement.values.size());
  for (const Value& value : statement.values) {
    const auto* text = std::get_if<std::string>(&value.held());
    values.push_back(text != nullptr ? text->c_str() : nullptr);
  }
  return PQsendQueryPrepared(connection, found->second.c_str(), static_cast<int>(values.size()),
                             values.data(), nullptr, nullptr, 0) == 1;
}

std::optional<Pipeline::Fault> Pipeline::run(PGconn* connection, std::span<const Statement> statements) {
  if (PQenterPipelineMode(connection) != 1) return broken(connection);
  fresh_.clear();
  for (const Statement& statement : statements) {
    if (!send(connection, statement)) return broken(connection);
  }
  if (PQpipelineSync(connection) != 1) return broken(connection);
  auto fault = answers(connection);
  // What was to be prepared behind the failure was not, and what before it may be prepared twice: under
  // another name.
  if (fault) {
    for (const std::string& text : fresh_) names_.erase(text);
  }
  if (PQexitPipelineMode(connection) != 1 && !fault) fault = broken(connection);
  return fault;
}

}  // namespace lk::store
