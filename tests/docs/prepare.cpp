// SPDX-License-Identifier: BSL-1.0
// The database that the documentation's SQL is run in: the example's migration, finished, over a few rows.
#include <cstdio>
#include <exception>

#include "docs/example_migration.hpp"

namespace {
constexpr om::statement rows{"rows", "INSERT INTO public.users SELECT n, ' Ada ' || n FROM generate_series(1, 1000) AS n"};
}

int main() try {
  om::database app{""};
  om::toolkit toolkit{app};
  toolkit.ensure_table<users>();
  app.connect().execute(rows);
  om::expand_contract_result result = om::expand_contract<canonical_display_name>{app}.run();
  return result.reached == om::phase::contract_ready ? 0 : 1;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
