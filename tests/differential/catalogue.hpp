// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/connection.hpp>
#include <online_migration/static.hpp>

#include "differential/corpus.hpp"

/// Transforms over columns of every type that a portable function takes, computed in C++ and in PostgreSQL.
namespace differential {

namespace om = online_migration;

/// Labels that need quotes, that are equal but for their case, as long as they can be, empty, and like other values.
using mood = om::enumeration<"mood", "sad", "Sad", "it's", R"(o"\k)", "", " sad", "ﬀ", "$om$", "true", "12",
                             "sixty-three bytes, which is as many as a label of an enum can h">;
using kept_mood = om::domain<"kept_mood", mood>;

struct corpus
    : om::table<"corpus", om::column<"id", om::bigint, om::primary_key>, om::column<"a", om::text, om::not_null>,
                om::column<"b", om::text>, om::column<"num", om::text>, om::column<"i2", om::smallint>,
                om::column<"i4", om::integer, om::not_null>, om::column<"j4", om::integer>,
                om::column<"i8", om::bigint>, om::column<"flag", om::boolean>, om::column<"yes", om::boolean>,
                om::column<"at", om::timestamp>, om::column<"tz", om::timestamptz, om::not_null>,
                om::column<"label", om::text>, om::column<"now", mood, om::not_null>, om::column<"kept", kept_mood>> {};

struct row {
  std::string a;
  std::optional<std::string> b;
  std::optional<std::string> num;
  std::optional<std::int16_t> i2;
  std::int32_t i4 = 0;
  std::optional<std::int32_t> j4;
  std::optional<std::int64_t> i8;
  std::optional<bool> flag;
  std::optional<bool> yes;
  std::optional<om::local_timestamp_value> at;
  om::timestamp_value tz;
  std::optional<std::string> label;
  std::string now;
  std::optional<std::string> kept;
};

using view = std::optional<std::string_view>;
using source = om::detail::table_row<
    corpus, om::assignment<"a", std::string_view>, om::assignment<"b", view>, om::assignment<"num", view>,
    om::assignment<"i2", std::optional<std::int16_t>>, om::assignment<"i4", std::int32_t>,
    om::assignment<"j4", std::optional<std::int32_t>>, om::assignment<"i8", std::optional<std::int64_t>>,
    om::assignment<"flag", std::optional<bool>>, om::assignment<"yes", std::optional<bool>>,
    om::assignment<"at", std::optional<om::local_timestamp_value>>, om::assignment<"tz", om::timestamp_value>,
    om::assignment<"label", view>, om::assignment<"now", std::string_view>, om::assignment<"kept", view>>;

inline source source_of(const row& from) {
  auto as_view = [](const std::optional<std::string>& text) { return text ? view{*text} : view{}; };
  return {{{from.a},
           {as_view(from.b)},
           {as_view(from.num)},
           {from.i2},
           {from.i4},
           {from.j4},
           {from.i8},
           {from.flag},
           {from.yes},
           {from.at},
           {from.tz},
           {as_view(from.label)},
           {from.now},
           {as_view(from.kept)}}};
}

/// A value as text, NULL, or `error ` and a SQLSTATE.
using answer = std::optional<std::string>;

template <class Value>
answer as_answer(const Value& value) {
  if constexpr (om::detail::is_optional<Value>) {
    return value.has_value() ? as_answer(*value) : std::nullopt;
  } else if constexpr (std::is_same_v<Value, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_integral_v<Value>) {
    return std::to_string(value);
  } else if constexpr (std::is_same_v<Value, om::bytes_value>) {
    return "\\x" + std::string{std::string_view{om::function::encode_hex::apply(value.letters())}};
  } else if constexpr (requires { value.microseconds; }) {
    if (value.microseconds == std::numeric_limits<std::int64_t>::max()) return "infinity";
    if (value.microseconds == std::numeric_limits<std::int64_t>::min()) return "-infinity";
    return std::to_string(value.microseconds);
  } else {
    return std::string{std::string_view{value}};
  }
}

/// A transform with its types taken away: its SQL, its name in messages, and its meaning in C++.
struct compiled {
  std::string sql;
  std::string name;
  std::uint32_t oid;
  std::size_t longest;  ///< bound of the result in characters, 0 = none
  bool total;
  answer (*evaluate)(const source&);
};

template <class Node>
compiled compile(Node) {
  constexpr om::expression_type type = Node::type_over(om::describe_table<corpus>);
  static_assert(type.valid && Node::in == om::worlds::portable);
  static_assert(type.nullable == om::detail::is_optional<decltype(Node::evaluate(std::declval<const source&>()))>);
  auto text_of = [](auto write) {
    std::string text(om::detail::size_of(write), '\0');
    om::detail::sink out{text.data()};
    write(out);
    return text;
  };
  return {text_of([](om::detail::sink& out) { om::detail::write_over<corpus, Node>(out, {"t."}); }),
          text_of([](om::detail::sink& out) { Node::describe(out); }),
          type.type.oid,
          static_cast<std::size_t>(type.type.length),
          om::detail::is_total_over<Node, corpus>(),
          [](const source& from) -> answer {
            if constexpr (om::detail::is_total_over<Node, corpus>()) {
              return as_answer(Node::evaluate(from));
            } else {
              try {
                return as_answer(Node::evaluate(from));
              } catch (const om::value_error& problem) {
                return std::string{"error "} + problem.sqlstate();
              }
            }
          }};
}

/// The value of an expression as text. Times as microseconds from 2000-01-01.
inline std::string as_text(const std::string& sql, std::uint32_t oid) {
  if (oid != om::timestamp::description.oid && oid != om::timestamptz::description.oid) return "(" + sql + ")::text";
  std::string local = oid == om::timestamp::description.oid ? sql : "timezone('UTC', " + sql + ")";
  // (Of the epoch `extract` loses the last digits at the end of the calendar.)
  return "(SELECT CASE WHEN isfinite(v) THEN (extract(day FROM d) * 86400000000 + extract(hour FROM d) * 3600000000 + "
         "extract(minute FROM d) * 60000000 + extract(microseconds FROM d))::bigint::text ELSE v::text END FROM (SELECT v, "
         "v - CASE WHEN isfinite(v) THEN timestamp '2000-01-01' END AS d FROM (SELECT " +
         local + " AS v) AS y) AS x)";
}

class comparison {
 public:
  comparison(om::connection& on, const std::vector<row>& rows) : on_{on}, rows_{rows} {}

  /// Compares one transform over the rows from one number to another. Errors have to be of one class, or `exact`.
  void run(const compiled& what, std::size_t begin, std::size_t end, bool exact) {
    CAPTURE(what.name);
    std::string value = as_text(what.sql, what.oid);
    if (!what.total) {  // as the library does it: in a function that catches what fails
      on_.run_script(om::statement{
          "try",
          "CREATE OR REPLACE FUNCTION public.tried(t public.corpus) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $try$ BEGIN RETURN " +
              value + "; EXCEPTION WHEN OTHERS THEN RETURN 'error ' || SQLSTATE; END $try$"});
      value = "public.tried(t)";
    }
    om::result got = on_.execute(om::statement{
        "differential", "SELECT " + value + " FROM public.corpus AS t WHERE id >= " + std::to_string(begin) +
                            " AND id < " + std::to_string(end) + " ORDER BY t.id"});
    REQUIRE(static_cast<std::size_t>(got.rows()) == end - begin);
    std::size_t wrong = 0;
    for (std::size_t id = begin; id < end; ++id) {
      int at = static_cast<int>(id - begin);
      answer ours = what.evaluate(source_of(rows_[id]));
      answer theirs;
      if (!got.is_null(at, 0)) theirs = got.text(at, 0);
      ++evaluations;
      bool failed = ours && ours->starts_with("error ");
      if (failed) ++failures;
      bool fits = failed || !ours || what.longest == 0 || om::detail::character_count(*ours) <= what.longest;
      bool same = ours == theirs || (!exact && failed && theirs && theirs->substr(0, 8) == ours->substr(0, 8));
      if (same && fits) continue;
      if (++wrong > 2) continue;
      INFO("row ", id, ": a=", rows_[id].a, " b=", rows_[id].b.value_or("(null)"),
           " num=", rows_[id].num.value_or("(null)"), " sql=", what.sql);
      CHECK(ours.value_or("(null)") == theirs.value_or("(null)"));
      CHECK(fits);
    }
    differences += wrong;
  }

  std::size_t evaluations = 0;
  std::size_t failures = 0;
  std::size_t differences = 0;

 private:
  om::connection& on_;
  const std::vector<row>& rows_;
};

inline std::uint64_t run_seed() {
  if (const char* given = std::getenv("ONLINE_MIGRATION_SEED"); given != nullptr)
    return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

/// Numbers of every size, and those at the limits.
template <class Number>
Number number(std::mt19937_64& random) {
  constexpr Number edges[]{
      std::numeric_limits<Number>::min(),     std::numeric_limits<Number>::min() + 1, -2, -1, 0, 1, 2, 7,
      std::numeric_limits<Number>::max() - 1, std::numeric_limits<Number>::max()};
  if (random() % 3 == 0) return edges[random() % 10];
  auto wide = static_cast<std::int64_t>(random()) >> (64 - 8 * static_cast<int>(sizeof(Number)));
  return static_cast<Number>(wide >> (random() % (8 * sizeof(Number))));
}

/// Times of PostgreSQL's calendar: its ends, both infinities, around the turns of years, and any.
inline std::int64_t time(std::mt19937_64& random) {
  namespace d = om::detail;
  constexpr std::int64_t edges[]{d::first_time,
                                 d::first_time + 1,
                                 d::first_time + 7 * d::day_length,
                                 d::end_of_time - 1,
                                 std::numeric_limits<std::int64_t>::min(),
                                 std::numeric_limits<std::int64_t>::max(),
                                 0,
                                 -1,
                                 1,
                                 -d::day_length,
                                 59 * d::day_length,
                                 60 * d::day_length + 1};
  std::uint64_t choice = random() % 4;
  if (choice == 0) return edges[random() % 12];
  if (choice == 1) {  // within four days of a year's first
    auto year = static_cast<std::int64_t>(random() % 9000) - 4500;
    auto days = d::days_of({year, 1, 1}) + static_cast<std::int64_t>(random() % 9) - 4;
    return days * d::day_length + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(d::day_length));
  }
  if (choice == 2) {  // this century and those beside it
    return static_cast<std::int64_t>(random() % 6'000'000'000'000'000U) - 3'000'000'000'000'000;
  }
  auto length = static_cast<std::uint64_t>(d::end_of_time) + static_cast<std::uint64_t>(-d::first_time);
  return static_cast<std::int64_t>(random() % length + static_cast<std::uint64_t>(d::first_time));
}

/// Texts that are numbers or truth values, and those that nearly are.
inline std::string spelled(std::mt19937_64& random) {
  constexpr std::string_view edges[]{"",
                                     " ",
                                     "0",
                                     "-0",
                                     "+0",
                                     "1",
                                     "-1",
                                     "+1",
                                     "007",
                                     " 12 ",
                                     "\t\n\v\f\r12",
                                     "12\t",
                                     "12 3",
                                     "1_000",
                                     "0x1F",
                                     "0b1",
                                     "0o7",
                                     "1e3",
                                     "1.0",
                                     "--1",
                                     "+-1",
                                     "-",
                                     "+",
                                     "- 1",
                                     "32767",
                                     "32768",
                                     "-32768",
                                     "-32769",
                                     "2147483647",
                                     "2147483648",
                                     "-2147483648",
                                     "-2147483649",
                                     "9223372036854775807",
                                     "9223372036854775808",
                                     "-9223372036854775808",
                                     "-9223372036854775809",
                                     "99999999999999999999999",
                                     "00000000000000000000000012",
                                     "2147483649x",
                                     "1\u00a0",
                                     "\u00a01",
                                     "１２",
                                     "t",
                                     "T",
                                     "tr",
                                     "true",
                                     "TRUE",
                                     " true ",
                                     "truely",
                                     "f",
                                     "fal",
                                     "false",
                                     "y",
                                     "yes",
                                     "ye",
                                     "n",
                                     "no",
                                     "on",
                                     "o",
                                     "of",
                                     "off",
                                     "offf",
                                     "ON",
                                     "10",
                                     "00",
                                     "tRuE\n",
                                     "nein",
                                     "null",
                                     "ﬀ",
                                     "K",
                                     "İ"};
  if (random() % 2 == 0) return std::string{edges[random() % std::size(edges)]};
  std::string text = std::to_string(number<std::int64_t>(random) >> (random() % 48));
  if (random() % 4 == 0) text = " " + text + "\n";
  return text;
}

/// Labels, and those that nearly are.
inline std::string labelled(std::mt19937_64& random) {
  std::string text{mood::labels[random() % mood::size]};
  switch (random() % 8) {
    case 0:
      return text + " ";
    case 1:
      return "\u200b" + text;
    case 2:
      return text.substr(0, om::detail::byte_of_character(text, om::detail::character_count(text) / 2));
    case 3:
      return text + text;
    default:
      return text;
  }
}

inline std::vector<row> make_rows(om::connection& on, std::mt19937_64& random, std::size_t count) {
  std::vector<std::string> hostile = edge_texts();
  for (std::string& each : naughty_texts(on)) hostile.push_back(std::move(each));
  std::vector<std::string> names = place_names();
  auto text = [&](std::size_t id) -> std::string {
    if (id < hostile.size()) return hostile[id];
    return random() % 8 == 0 ? hostile[random() % hostile.size()] : names[random() % names.size()];
  };
  std::vector<row> rows(count);
  for (std::size_t id = 0; id < count; ++id) {
    auto present = [&] { return random() % 8 != 0; };
    row& each = rows[id];
    each.a = text(id);
    // Sometimes the same, so that comparisons are true as well.
    if (present()) each.b = random() % 8 == 0 ? each.a : text(count);
    if (present()) each.num = random() % 16 == 0 ? text(count) : spelled(random);
    if (present()) each.i2 = number<std::int16_t>(random);
    each.i4 = number<std::int32_t>(random);
    if (present()) each.j4 = random() % 8 == 0 ? each.i4 : number<std::int32_t>(random);
    if (present()) each.i8 = random() % 8 == 0 ? each.i4 : number<std::int64_t>(random);
    if (present()) each.flag = random() % 2 == 0;
    if (present()) each.yes = random() % 2 == 0;
    if (present()) each.at = om::local_timestamp_value{time(random)};
    each.tz = om::timestamp_value{random() % 8 == 0 && each.at ? each.at->microseconds : time(random)};
    if (present()) each.label = random() % 8 == 0 ? text(count) : labelled(random);
    each.now = mood::labels[random() % mood::size];
    if (present()) each.kept = mood::labels[random() % mood::size];
  }
  return rows;
}

inline std::string quoted_labels() {
  std::string all;
  for (std::string_view label : mood::labels) {
    char text[256];
    om::detail::sink out{text};
    out.literal(label);
    all.append(all.empty() ? "" : ", ").append(text, out.size);
  }
  return all;
}

/// One table with collations that differ: a case mapping of its own, and one for which different texts are equal.
inline void load(om::connection& on, const std::vector<row>& rows) {
  on.run_script(om::statement{
      "prepare",
      "CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);"
      "DROP DOMAIN IF EXISTS public.kept_mood; DROP TYPE IF EXISTS public.mood; CREATE TYPE public.mood AS ENUM (" +
          quoted_labels() +
          "); CREATE DOMAIN public.kept_mood AS public.mood;"
          "CREATE TABLE public.corpus (id bigint PRIMARY KEY, a text COLLATE pg_catalog.\"tr-x-icu\" NOT NULL, "
          "b text COLLATE public.loose, num text, i2 smallint, i4 integer NOT NULL, j4 integer, i8 bigint, flag boolean, "
          "yes boolean, at timestamp, tz timestamptz NOT NULL, label text COLLATE public.loose, now public.mood NOT NULL, "
          "kept public.kept_mood); ALTER DATABASE " +
          std::string{on.execute(om::statement{"name", "SELECT quote_ident(current_database())"}).text(0, 0)} +
          " SET timezone = 'Asia/Kathmandu'; SET timezone = 'Asia/Kathmandu'"});
  om::array_builder<om::bigint> ids, i8;
  om::array_builder<om::text> a, b, num, label, now, kept;
  om::array_builder<om::smallint> i2;
  om::array_builder<om::integer> i4, j4;
  om::array_builder<om::boolean> flag, yes;
  om::array_builder<om::timestamp> at;
  om::array_builder<om::timestamptz> tz;
  auto push = [](auto& array, const auto& value) {
    if (value) {
      array.push(*value);
    } else {
      array.push_null();
    }
  };
  for (std::size_t id = 0; id < rows.size(); ++id) {
    ids.push(static_cast<std::int64_t>(id));
    a.push(rows[id].a);
    push(b, rows[id].b);
    push(num, rows[id].num);
    push(i2, rows[id].i2);
    i4.push(rows[id].i4);
    push(j4, rows[id].j4);
    push(i8, rows[id].i8);
    push(flag, rows[id].flag);
    push(yes, rows[id].yes);
    push(at, rows[id].at);
    tz.push(rows[id].tz);
    push(label, rows[id].label);
    now.push(rows[id].now);
    push(kept, rows[id].kept);
  }
  on.execute(om::statement{"load",
                           "INSERT INTO public.corpus SELECT * FROM unnest($1::bigint[], $2::text[], "
                           "$3::text[], $4::text[], $5::smallint[], $6::integer[], $7::integer[], $8::bigint[], "
                           "$9::boolean[], $10::boolean[], $11::timestamp[], $12::timestamptz[], $13::text[], "
                           "$14::text[]::public.mood[], $15::text[]::public.mood[])"},
             {ids.as_parameter(), a.as_parameter(), b.as_parameter(), num.as_parameter(), i2.as_parameter(),
              i4.as_parameter(), j4.as_parameter(), i8.as_parameter(), flag.as_parameter(), yes.as_parameter(),
              at.as_parameter(), tz.as_parameter(), label.as_parameter(), now.as_parameter(), kept.as_parameter()});
}

}  // namespace differential
