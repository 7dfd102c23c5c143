#include <online_migration/cli/program.hpp>

#include "migration.hpp"

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
