// SPDX-License-Identifier: BSL-1.0
// "Portable" means exactly the same in C++ and in PostgreSQL. Every portable function, and transforms made of them at
// random, are computed by both over real names, hostile texts and NULL, and compared byte by byte.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/connection.hpp>

#include "differential/corpus.hpp"
#include "differential/random_tree.hpp"

// Another family of trees: compile with another number.
#ifndef ONLINE_MIGRATION_TREE_SEED
#define ONLINE_MIGRATION_TREE_SEED 20260415
#endif

namespace {

using namespace differential;
using om::col, om::lit;

struct corpus : om::table<"corpus", om::column<"id", om::bigint, om::primary_key>,
                          om::column<"a", om::text, om::not_null>, om::column<"b", om::text>> {};

struct row {
  std::string a;
  std::optional<std::string> b;
};

using answer = std::optional<std::string>;
using source =
    om::detail::source_row<om::assignment<"a", std::string_view>, om::assignment<"b", std::optional<std::string_view>>>;

/// A transform with its types taken away: its SQL, its name in messages, and its meaning in C++.
struct compiled {
  std::string sql;
  std::string name;
  std::size_t longest;  ///< bound of the result in characters, 0 = none
  answer (*evaluate)(const source&);
};

template <class Value>
answer as_answer(const Value& value) {
  if constexpr (om::detail::is_optional<Value>) {
    return value.has_value() ? as_answer(*value) : std::nullopt;
  } else if constexpr (std::is_integral_v<Value>) {
    return std::to_string(value);
  } else {
    return std::string{std::string_view{value}};
  }
}

template <class Node>
compiled compile(Node) {
  constexpr om::expression_type type = Node::type_over(om::describe_table<corpus>);
  static_assert(type.valid && Node::in == om::worlds::portable && Node::total);
  static_assert(type.nullable == om::detail::is_optional<decltype(Node::evaluate(std::declval<const source&>()))>);
  auto text_of = [](auto write) {
    std::string text(om::detail::size_of(write), '\0');
    om::detail::sink out{text.data()};
    write(out);
    return text;
  };
  return {text_of([](om::detail::sink& out) { Node::write(out, {"t."}); }),
          text_of([](om::detail::sink& out) { Node::describe(out); }), static_cast<std::size_t>(type.type.length),
          [](const source& from) { return as_answer(Node::evaluate(from)); }};
}

std::vector<compiled> single_functions() {
  constexpr auto a = col<"a">;
  constexpr auto b = col<"b">;
  return {compile(om::trim(a)),
          compile(om::ltrim(a)),
          compile(om::rtrim(b)),
          compile(om::trim(b)),
          compile(om::ascii_lower(a)),
          compile(om::ascii_upper(a)),
          compile(om::ascii_lower(b)),
          compile(om::ascii_upper(b)),
          compile(om::length(a)),
          compile(om::length(b)),
          compile(om::concat(a, b)),
          compile(om::concat(b, lit<" / ">, a, b)),
          compile(om::coalesce(b, a)),
          compile(om::coalesce(b, b)),
          compile(om::substring(a, lit<1>, lit<3>)),
          compile(om::substring(a, lit<3>, lit<2>)),
          compile(om::substring(b, lit<0>, lit<3>)),
          compile(om::substring(b, lit<-2>, lit<5>)),
          compile(om::substring(a, lit<-2147483647 - 1>, lit<2147483647>)),
          compile(om::substring(a, lit<2147483647>, lit<2147483647>)),
          compile(om::substring(a, lit<2>, lit<0>)),
          compile(om::substring(a, lit<4>, lit<2147483647>)),
          compile(om::replace(a, lit<"a">, lit<"">)),
          compile(om::replace(a, lit<"">, lit<"x">)),
          compile(om::replace(b, lit<" ">, lit<"  ">)),
          compile(om::replace(a, lit<"an">, lit<"n">)),
          compile(om::replace(a, lit<"aa">, lit<"é">)),
          compile(om::replace(a, b, lit<"_">)),
          compile(om::replace(a, lit<"é">, b)),
          compile(om::coalesce(om::length(b), lit<-1>)),
          compile(lit<R"(it's \ "lit")">)};
}

inline constexpr std::uint64_t tree_seed = ONLINE_MIGRATION_TREE_SEED;
inline constexpr std::size_t tree_count = 80;

template <std::size_t... Numbers>
std::vector<compiled> random_trees(std::index_sequence<Numbers...>) {
  return {compile(tree<tree_seed, Numbers>())...};
}

class comparison {
 public:
  comparison(om::connection& on, const std::vector<row>& rows) : on_{on}, rows_{rows} {}

  /// Compares one transform over the rows of a table for which `chosen` holds, which says the same as `where`.
  template <class Chosen>
  void run(const compiled& what, const std::string& table, const std::string& where, Chosen chosen) {
    CAPTURE(what.name);
    om::result got = on_.execute(om::statement{
        "differential", "SELECT " + what.sql + " FROM " + table + " AS t WHERE " + where + " ORDER BY t.id"});
    int at = 0;
    std::size_t wrong = 0;
    for (std::size_t id = 0; id < rows_.size() && at < got.rows(); ++id) {
      if (!chosen(id)) continue;
      std::optional<std::string_view> b;
      if (rows_[id].b) b = *rows_[id].b;
      answer ours = what.evaluate(source{{rows_[id].a}, {b}});
      answer theirs;
      if (!got.is_null(at, 0)) theirs = got.text(at, 0);
      ++at;
      ++evaluations;
      bool fits = !ours || what.longest == 0 || om::detail::character_count(*ours) <= what.longest;
      if (ours == theirs && fits) continue;
      if (++wrong > 3) continue;
      CAPTURE(rows_[id].a);
      CAPTURE(rows_[id].b.value_or("(null)"));
      CHECK_MESSAGE(ours.value_or("(null)") == theirs.value_or("(null)"), table);
      CHECK(fits);
    }
    std::size_t all = 0;
    for (std::size_t id = 0; id < rows_.size(); ++id) all += chosen(id) ? 1 : 0;
    CHECK(static_cast<std::size_t>(got.rows()) == all);
    differences += wrong;
  }

  std::size_t evaluations = 0;
  std::size_t differences = 0;

 private:
  om::connection& on_;
  const std::vector<row>& rows_;
};

std::uint64_t run_seed() {
  if (const char* given = std::getenv("ONLINE_MIGRATION_SEED"); given != nullptr)
    return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

/// Two tables with the same rows: `plain` with the database's collation, `hard` with one that has a case mapping of its own
/// and one for which different texts are equal.
void load(om::connection& on, const std::vector<row>& rows) {
  for (
      const char* sql :
      {"CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
       "CREATE TABLE public.plain (id bigint PRIMARY KEY, a text NOT NULL, b text)",
       "CREATE TABLE public.hard (id bigint PRIMARY KEY, a text COLLATE pg_catalog.\"tr-x-icu\" NOT NULL, b text COLLATE public.loose)"}) {
    on.execute(om::statement{"prepare", std::string_view{sql}});
  }
  om::array_builder<om::bigint> ids;
  om::array_builder<om::text> first;
  om::array_builder<om::text> second;
  for (std::size_t id = 0; id < rows.size(); ++id) {
    ids.push(static_cast<std::int64_t>(id));
    first.push(rows[id].a);
    second.push_optional(rows[id].b);
  }
  on.execute(
      om::statement{"load", "INSERT INTO public.plain SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])"},
      {ids.as_parameter(), first.as_parameter(), second.as_parameter()});
  on.execute(om::statement{"load", "INSERT INTO public.hard SELECT * FROM public.plain"});
}

}  // namespace

TEST_CASE("portable functions give the same in C++ and in PostgreSQL") {
  std::uint64_t seed = run_seed();
  MESSAGE("ONLINE_MIGRATION_SEED=", seed, " ONLINE_MIGRATION_TREE_SEED=", tree_seed);
  std::mt19937_64 random{seed};
  om::connection on{""};

  std::vector<std::string> hostile = edge_texts();
  for (std::string& each : naughty_texts(on)) hostile.push_back(std::move(each));
  std::vector<row> rows;
  for (int round = 0; round < 4; ++round) {  // each beside NULL and beside three others
    for (const std::string& each : hostile) {
      rows.push_back({each, round == 0 ? std::nullopt : std::optional{hostile[random() % hostile.size()]}});
    }
  }
  std::size_t hostile_rows = rows.size();
  std::vector<std::string> names = place_names();
  for (const std::string& each : names) {
    rows.push_back({each, random() % 8 == 0 ? std::nullopt : std::optional{names[random() % names.size()]}});
  }
  load(on, rows);

  constexpr std::size_t stride = 16;
  std::size_t residue = random() % stride;
  auto chosen = [&](std::size_t id) { return id < hostile_rows || id % stride == residue; };
  auto sample = [&] {
    residue = (residue + 1) % stride;
    return "id < " + std::to_string(hostile_rows) + " OR id % " + std::to_string(stride) + " = " +
           std::to_string(residue);
  };

  comparison compare{on, rows};
  for (const compiled& each : single_functions()) {
    compare.run(each, "public.hard", "true", [](std::size_t) { return true; });
    compare.run(each, "public.plain", sample(), chosen);
  }
  std::size_t of_functions = compare.evaluations;
  for (const compiled& each : random_trees(std::make_index_sequence<tree_count>{})) {
    compare.run(each, "public.hard", sample(), chosen);
  }
  MESSAGE(rows.size(), " rows; ", of_functions, " evaluations of single functions, ",
          compare.evaluations - of_functions, " of ", tree_count, " random trees; differences: ", compare.differences);
  CHECK(compare.evaluations > 1'000'000);
  CHECK(compare.differences == 0);
}
