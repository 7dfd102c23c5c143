// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/connection.hpp>
#include <online_migration/postgres/conninfo.hpp>

namespace online_migration {

/// How to connect to a database. Making one does not connect.
///
/// Throws: `refused` for a connection string that cannot be read; `connect()` throws `connection_error`.
/// Thread safety: several threads may connect at once.
class database {
 public:
  /// `conninfo` is any connection string of libpq; empty means libpq's environment.
  explicit database(const std::string& conninfo, connection_options options = {})
      : where_{conninfo}, options_{options} {}

  /// A connection that has proven to work: the server has answered what it is (`facts()`), so that no later statement
  /// needs a round trip more for it. Throws: `connection_error`, `statement_error`.
  [[nodiscard]] connection connect() const {
    connection made{where_, options_};
    made.facts();
    return made;
  }

 private:
  detail::conninfo where_;
  connection_options options_;
};

static_assert(database_like<database>);

}  // namespace online_migration
