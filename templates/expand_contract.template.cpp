// A migration program. Copy this file, fill in the four places, and build it against online_migration::online_migration.
// Begin with its commands `help` and `plan`: they change nothing.
#include <online_migration/cli/program.hpp>
#include <online_migration/online_migration.hpp>

namespace om = online_migration;

// 1 of 4. The table, as the application knows it: its key, and the columns that the new one follows from.
struct users_table : om::table<"users", om::in_schema<"public">,
    om::column<"id", om::bigint, om::primary_key>,
    om::column<"display_name", om::text, om::not_null>> {};

// 2 of 4. The migration: its name for ever, the new column, and how its value follows from the old ones.
struct users_display_name_canonical_migration : om::migration<"users-display-name-canonical", users_table,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">))>> {};

static_assert(om::transform<users_display_name_canonical_migration>("  Ada ") == "ada");

int main(int count, char** words) {
  om::program_options options;

  // 3 of 4. The server: any connection string of libpq. Empty means libpq's environment (PGHOST, PGSERVICE, …).
  options.conninfo = "";

  // 4 of 4. What was thought about, and is accepted: what `plan` asks for before the migration begins, and what `ready`
  // asks for before contract. What is true only on the day of contract is said on its command line.
  options.run.expand.acknowledged = {};  // as in {om::risk::user_triggers}
  options.contract.acknowledged = {};    // as in {om::risk::no_way_back}

  return om::migration_program<users_display_name_canonical_migration>(count, words, options);
}
