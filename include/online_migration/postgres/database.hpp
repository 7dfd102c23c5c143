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

  [[nodiscard]] connection connect() const { return connection{where_, options_}; }

 private:
  detail::conninfo where_;
  connection_options options_;
};

static_assert(database_like<database>);

}  // namespace online_migration
