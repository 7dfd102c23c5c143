// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

#include <libpq-fe.h>

/// The application as it was before anybody thought of the migration: SQL written by hand, which knows the column
/// `display_name` and no other. Nothing of it changes while the table is migrated.
/// Throws: `std::runtime_error`. Thread safety: one thread at a time.
class old_application {
 public:
  explicit old_application(const std::string& dsn);
  ~old_application() { PQfinish(connection_); }
  old_application(const old_application&) = delete;
  old_application& operator=(const old_application&) = delete;

  // Each is a transaction of its own, and gives the number of rows written.
  std::int64_t insert(std::int64_t id, const std::string& display_name);
  std::int64_t update(std::int64_t id, const std::string& display_name);
  std::int64_t erase(std::int64_t id);

 private:
  std::int64_t run(const char* prepared, std::int64_t id, const std::string* display_name);

  PGconn* connection_;
};
