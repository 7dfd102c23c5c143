// SPDX-License-Identifier: BSL-1.0
// om::cast is portable: C++ and PostgreSQL give the same number, and both refuse the same ones, with the same SQLSTATE.
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/online_migration.hpp>

namespace {

namespace om = online_migration;
using om::cast, om::col;

struct numbers
    : om::table<"numbers", om::column<"id", om::bigint, om::primary_key>, om::column<"n", om::bigint, om::not_null>> {};
template <class Type>
struct casting : om::migration<"n", numbers, om::add_column<"new", Type, cast<Type>(col<"n">), om::not_null>> {};

template <class Type>
std::string ours(std::int64_t number) {
  try {
    return std::to_string(om::transform<casting<Type>>(number));
  } catch (const om::value_error& problem) {
    return problem.sqlstate();
  }
}

/// What PostgreSQL makes of the very text that the library writes.
template <class Type>
std::string theirs(om::connection& on, std::int64_t number) {
  std::string text(256, '\0');
  om::detail::sink out{text.data()};
  om::detail::column_names names{"t."};
  casting<Type>::change::transform::write(out, names);
  std::string value = std::to_string(number);
  std::string sql = "SELECT " + text.substr(0, out.size) + " FROM (SELECT $1::bigint AS n) AS t";
  try {
    return std::string{on.execute(om::statement{"cast", sql}, {om::text_form_parameter(value)}).text(0, 0)};
  } catch (const om::statement_error& problem) {
    return std::string{problem.sqlstate()};
  }
}

std::vector<std::int64_t> edges() {
  std::vector<std::int64_t> found{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  for (std::int64_t limit : {std::int64_t{0}, std::int64_t{1} << 15, std::int64_t{1} << 16, std::int64_t{1} << 31,
                             std::int64_t{1} << 32, std::int64_t{1} << 62}) {
    for (std::int64_t near = -2; near <= 2; ++near) {
      found.push_back(limit + near);
      found.push_back(-limit + near);
    }
  }
  return found;
}

template <class Type>
std::size_t compare(om::connection& on, const std::vector<std::int64_t>& all) {
  std::size_t refused = 0;
  for (std::int64_t number : all) {
    CAPTURE(number);
    std::string here = ours<Type>(number);
    CHECK(here == theirs<Type>(on, number));
    if (here == "22003") ++refused;
  }
  return refused;
}

}  // namespace

TEST_CASE("om::cast gives the same in C++ and in PostgreSQL, and fails for the same numbers") {
  std::uint64_t seed = std::random_device{}();
  if (const char* given = std::getenv("ONLINE_MIGRATION_SEED"); given != nullptr)
    seed = std::strtoull(given, nullptr, 10);
  MESSAGE("ONLINE_MIGRATION_SEED=", seed);
  std::mt19937_64 random{seed};
  std::vector<std::int64_t> all = edges();
  for (int i = 0; i < 300; ++i) {  // of every size
    all.push_back(static_cast<std::int64_t>(random()) >> (random() % 64));
  }
  om::connection on{""};
  CHECK(compare<om::smallint>(on, all) > 0);
  CHECK(compare<om::integer>(on, all) > 0);
  CHECK(compare<om::bigint>(on, all) == 0);
}
