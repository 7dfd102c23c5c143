// SPDX-License-Identifier: BSL-1.0
#include "migration.hpp"
#include "pgbench/program.hpp"
#include "pgbench/schema.hpp"
#include "walk.hpp"

namespace {

void clean_up(const pgbench_settings& chosen) {
  om::connection connection = om::database{chosen.dsn}.connect();
  clean(connection, chosen.schema, strict_accounts::name.view());
}

}  // namespace

int main(int count, char** words) {
  return run_example({"strict_bank", "Gives pgbench_accounts the constraints that it lacks, while pgbench runs.",
                      "remove a constraint at the end", walk, clean_up},
                     {.schema = "strict_bank"}, count, words);
}
