// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include <online_migration/base/sink.hpp>
#include <online_migration/migration/fingerprint.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/schema/table.hpp>
#include <online_migration/sql/parts.hpp>

namespace online_migration::detail {

/// What a writer of SQL writes, as a string of the run time.
template <class Write>
std::string written(Write write) {
  std::string text(size_of(write), '\0');
  sink out{text.data()};
  write(out);
  return text;
}

inline std::string type_name(const type_description& type) {
  return written([&](sink& out) { type.write(out); });
}

/// `"schema"."table"`, for messages.
inline std::string table_name(const table_description& table) {
  return written([&](sink& out) { write_table(out, table); });
}

/// The bare name of an object of a migration, as the catalog has it.
inline std::string object_name(std::string_view prefix, std::string_view migration) {
  std::string quoted = written([&](sink& out) { write_object_name(out, prefix, migration); });
  std::string bare;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    bare += quoted[i];
    if (quoted[i] == '"') ++i;
  }
  return bare;
}

/// The bare name of a migration's sync trigger.
inline std::string trigger_name(std::string_view migration) { return object_name(trigger_prefix, migration); }

inline parameter text_of(std::string_view value) { return text_parameter(value, text::description.oid); }

/// Runs work for a migration; errors of the server or of the connection then say which one it was. What the library
/// itself refuses names it already.
template <class Work>
decltype(auto) in_migration(std::string_view name, Work&& work) {
  try {
    return work();
  } catch (statement_error& problem) {
    problem.in_migration(name);
    throw;
  } catch (connection_error& problem) {
    problem.in_migration(name);
    throw;
  }
}

}  // namespace online_migration::detail
