// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace online_migration {

/// A SQLSTATE in plain words: what it means, and what to do. Both are empty for a code that is not in the catalogue.
struct condition {
  std::string_view meaning;
  std::string_view advice;
};

/// The plain words for a SQLSTATE. They stand in errors instead of the server's own message, which can carry the values
/// of a row.
constexpr condition describe(std::string_view sqlstate) {
  struct entry {
    std::string_view sqlstate;
    condition words;
  };
  constexpr entry catalogue[] = {
      {"08P01",
       {"the message does not fit the protocol, such as a wrong number of parameters",
        "This is a mistake in the program, or a pooler lost its server."}},
      {"0A000", {"the server cannot do this", "Run it on an ordinary PostgreSQL table of a supported version."}},
      {"21000", {"a row was touched twice, or a subquery gave several rows", "Make the keys unique."}},
      {"22001", {"a text is too long for its column", "Shorten the value, or declare a longer varchar."}},
      {"22003", {"a number is out of the range of its type", "Correct the value, or declare a wider type."}},
      {"22008", {"a date or time is out of range", "Correct the value."}},
      {"22012", {"division by zero", "Make the transform say what becomes of zero."}},
      {"22021",
       {"a text holds a NUL byte or is not valid UTF-8",
        "Correct the text before it is written; PostgreSQL stores neither."}},
      {"22023", {"a parameter or setting has a value that is not allowed", "Correct the value."}},
      {"22P02",
       {"a text is not a value of the type it is converted to",
        "Correct the value, or convert in a way that gives NULL for it."}},
      {"22P03",
       {"a binary value has the wrong form for its type",
        "Declare the column with the type that it has in the database."}},
      {"22P05", {"a character has no equivalent in the database's encoding", "Use a database with encoding UTF8."}},
      {"23502", {"a NULL was written to a column that is NOT NULL", "Give the column a value."}},
      {"23503", {"a foreign key is violated", "Write the referenced row first, or delete it last."}},
      {"23505", {"a unique constraint is violated", "A row with this key exists already."}},
      {"23514", {"a check constraint is violated", "Correct the value, or the constraint."}},
      {"23P01", {"an exclusion constraint is violated", "Correct the value."}},
      {"25001", {"this cannot run inside a transaction", "Run it alone, on a connection without a transaction."}},
      {"25006",
       {"the server or the transaction is read-only",
        "Connect to the primary: give all hosts and target_session_attrs=read-write."}},
      {"25P02",
       {"the transaction had already failed", "Look for the first error; nothing of this transaction is kept."}},
      {"25P03", {"the transaction was idle for longer than idle_in_transaction_session_timeout", "Run it again."}},
      {"26000",
       {"a prepared statement is unknown to the server",
        "Connect directly, not through a pooler, or choose prepare_policy::never."}},
      {"28000", {"this user may not connect", "Look at pg_hba.conf."}},
      {"28P01", {"the password is wrong", "Correct it in the connection string, PGPASSWORD or PGPASSFILE."}},
      {"3D000", {"the database does not exist", "Correct dbname."}},
      {"3F000", {"the schema does not exist", "Create it, or correct the declaration."}},
      {"40001", {"the transaction ran into a concurrent one (serialization)", "Run the transaction again."}},
      {"40003", {"whether the statement completed is unknown", "Connect again and read the state."}},
      {"40P01", {"the server ended a deadlock by refusing this statement", "Run the transaction again."}},
      {"42501",
       {"this role lacks the privilege, or row-level security would hide rows from it",
        "Grant the privilege (DDL needs the owner); under row-level security use a role with BYPASSRLS. Who needs what is in docs/how-to/rights-and-poolers.md."}},
      {"42601", {"the SQL has a syntax error", "If the declaration holds SQL of your own, look there."}},
      {"42611", {"the column's definition is not allowed", "Look at the declaration."}},
      {"42701", {"the column exists already", "Compare the declaration with the database."}},
      {"42703", {"a column does not exist", "Compare the declaration with the database."}},
      {"42704", {"an object or type does not exist", "Compare the declaration with the database."}},
      {"42710", {"an object of this name exists already", "Compare the declaration with the database."}},
      {"42804", {"two types do not fit together", "Compare the declaration with the database."}},
      {"42809",
       {"the object is of another kind, such as a view", "Only ordinary and partitioned tables can be migrated."}},
      {"42846", {"there is no conversion between two types", "Compare the declaration with the database."}},
      {"42883",
       {"a function or operator does not exist",
        "See that it exists for these types, in pg_catalog or with its schema written out."}},
      {"428C9", {"a generated or identity column cannot be written", "Declare the columns it is generated from."}},
      {"42P01",
       {"a table does not exist", "Compare the declaration with the database; see that this is the right database."}},
      {"42P05",
       {"a prepared statement of this name exists already",
        "Connect directly, not through a pooler, or choose prepare_policy::never."}},
      {"42P07", {"a table or index of this name exists already", "Compare the declaration with the database."}},
      {"42P17",
       {"the definition is not allowed, such as an expression that is not immutable",
        "Write the transform so that it depends on its column alone."}},
      {"42P18", {"the type of a parameter is unknown", "Give the parameter a type."}},
      {"53100", {"the server's disk is full", "Free space, then go on."}},
      {"53200", {"the server is out of memory", "Find out what uses it, then go on with a smaller chunk."}},
      {"53300", {"the server has no connection left", "Use fewer workers, or raise max_connections."}},
      {"53400",
       {"a limit of the server's configuration was reached", "Raise it (as temp_file_limit), or use a smaller chunk."}},
      {"54000", {"a limit of the server was exceeded", "Use a smaller value or chunk."}},
      {"55000", {"the object is not in the state this needs", "Look at the table and its triggers."}},
      {"55006", {"the object is in use", "Run it again later."}},
      {"55P03", {"a lock was not free within lock_timeout", "Run it again; see pg_blocking_pids() for who holds it."}},
      {"57014",
       {"the statement was cancelled, by statement_timeout or by a person",
        "Run it again with a smaller chunk or a longer time-out."}},
      {"57P01", {"an administrator's command ended the connection", "Connect again and read the state."}},
      {"57P02", {"the server crashed or was stopped at once", "Connect again and read the state."}},
      {"57P03", {"the server is starting up or shutting down", "Run it again later."}},
      {"57P05", {"the connection was idle for longer than idle_session_timeout", "Connect again."}},
      {"P0001", {"a function or trigger raised an exception", "Look at the triggers of the table."}},
      {"XX001", {"the server found damaged data", "Stop and look at the server's log."}},
      {"XX002", {"the server found a damaged index", "Stop and look at the server's log."}},
  };
  for (const entry& each : catalogue) {
    if (each.sqlstate == sqlstate) return each.words;
  }
  return {};
}

}  // namespace online_migration
