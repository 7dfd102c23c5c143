// SPDX-License-Identifier: BSL-1.0
#include "bank.hpp"
#include "pgbench/program.hpp"
#include "pgbench/schema.hpp"
#include "walk.hpp"

namespace {

void clean_up(const pgbench_settings& chosen) {
  om::connection connection = om::database{chosen.dsn}.connect();
  clean(connection, chosen.schema, bigint_balance::name.view());
}

}  // namespace

int main(int count, char** words) {
  return run_example({"bigint_balance", "Takes pgbench_accounts.abalance from integer to bigint, while pgbench runs.",
                      "change a balance at the end", walk, clean_up},
                     {.schema = "bigint_balance"}, count, words);
}
