// SPDX-License-Identifier: BSL-1.0
#include "old_application.hpp"

#include <stdexcept>

namespace {

[[noreturn]] void fail(PGconn* connection) { throw std::runtime_error{PQerrorMessage(connection)}; }

void prepare(PGconn* connection, const char* name, const char* sql) {
  PGresult* answer = PQprepare(connection, name, sql, 0, nullptr);
  bool prepared = PQresultStatus(answer) == PGRES_COMMAND_OK;
  PQclear(answer);
  if (!prepared) fail(connection);
}

}  // namespace

old_application::old_application(const std::string& dsn) : connection_{PQconnectdb(dsn.c_str())} {
  try {
    if (PQstatus(connection_) != CONNECTION_OK || PQsetClientEncoding(connection_, "UTF8") != 0) fail(connection_);
    prepare(connection_, "insert", "INSERT INTO public.users (id, display_name) VALUES ($1::bigint, $2::text)");
    prepare(connection_, "update", "UPDATE public.users SET display_name = $2::text WHERE id = $1::bigint");
    prepare(connection_, "erase", "DELETE FROM public.users WHERE id = $1::bigint");
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
}

std::int64_t old_application::insert(std::int64_t id, const std::string& display_name) {
  return run("insert", id, &display_name);
}

std::int64_t old_application::update(std::int64_t id, const std::string& display_name) {
  return run("update", id, &display_name);
}

std::int64_t old_application::erase(std::int64_t id) { return run("erase", id, nullptr); }

std::int64_t old_application::run(const char* prepared, std::int64_t id, const std::string* display_name) {
  std::string key = std::to_string(id);
  const char* values[]{key.c_str(), display_name == nullptr ? nullptr : display_name->c_str()};
  int count = display_name == nullptr ? 1 : 2;
  PGresult* answer = PQexecPrepared(connection_, prepared, count, values, nullptr, nullptr, 0);
  bool done = PQresultStatus(answer) == PGRES_COMMAND_OK;
  std::int64_t rows = done ? std::stoll(PQcmdTuples(answer)) : 0;
  PQclear(answer);
  if (!done) fail(connection_);
  return rows;
}
