// SPDX-License-Identifier: BSL-1.0
// Transforms of all portable functions, made at random: the same in C++ and in PostgreSQL, errors included.
#include "differential/catalogue_tree.hpp"

// Another family of trees: compile with another number.
#ifndef ONLINE_MIGRATION_TREE_SEED
#define ONLINE_MIGRATION_TREE_SEED 20260415
#endif

namespace {

using namespace differential;

inline constexpr std::uint64_t tree_seed = ONLINE_MIGRATION_TREE_SEED;
inline constexpr std::size_t tree_count = 192;

template <std::size_t... Numbers>
std::vector<compiled> random_trees(std::index_sequence<Numbers...>) {
  return {compile(catalogue_tree<tree_seed, Numbers>())...};
}

}  // namespace

TEST_CASE("random transforms of all portable functions give the same in C++ and in PostgreSQL") {
  std::uint64_t seed = run_seed();
  MESSAGE("ONLINE_MIGRATION_SEED=", seed, " ONLINE_MIGRATION_TREE_SEED=", tree_seed);
  std::mt19937_64 random{seed};
  om::connection on{""};
  std::vector<row> rows = make_rows(on, random, 5'500);
  load(on, rows);
  comparison compare{on, rows};
  std::size_t partial = 0;
  for (const compiled& each : random_trees(std::make_index_sequence<tree_count>{})) {
    partial += each.total ? 0 : 1;
    compare.run(each, 0, rows.size(), false);
  }
  MESSAGE(compare.evaluations, " evaluations of ", tree_count, " trees, ", partial, " of them partial; ",
          compare.failures, " fail in both worlds; differences: ", compare.differences);
  CHECK(compare.evaluations >= 1'000'000);
  CHECK(compare.failures > 10'000);
  CHECK(compare.differences == 0);
}
