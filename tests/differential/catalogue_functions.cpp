// SPDX-License-Identifier: BSL-1.0
// Every portable function that is not only about text, and those about parts of texts, by itself: the same values in
// C++ and in PostgreSQL, and errors with the same SQLSTATE.
#include <online_migration/migration/derived_inverse.hpp>
#include <online_migration/transform/volatile_words.hpp>

#include "differential/catalogue.hpp"

namespace {

using namespace differential;
using om::col, om::lit;

constexpr auto a = col<"a">;
constexpr auto b = col<"b">;
constexpr auto num = col<"num">;
constexpr auto i2 = col<"i2">;
constexpr auto i4 = col<"i4">;
constexpr auto j4 = col<"j4">;
constexpr auto i8 = col<"i8">;
constexpr auto flag = col<"flag">;
constexpr auto yes = col<"yes">;
constexpr auto at = col<"at">;
constexpr auto tz = col<"tz">;
constexpr auto label = col<"label">;
constexpr auto now = col<"now">;
constexpr auto kept = col<"kept">;

std::vector<compiled> text_parts() {
  return {compile(om::left(a, lit<3>)),
          compile(om::left(b, lit<-2>)),
          compile(om::left(a, j4)),
          compile(om::left(a, i2)),
          compile(om::left(b, lit<0>)),
          compile(om::left(a, lit<-2147483647 - 1>)),
          compile(om::right(a, lit<3>)),
          compile(om::right(b, lit<-2>)),
          compile(om::right(a, j4)),
          compile(om::right(om::ascii_lower(b), i2)),
          compile(om::right(a, lit<-2147483647>)),
          compile(om::split_part(a, lit<" ">, lit<1>)),
          compile(om::split_part(a, lit<" ">, lit<2>)),
          compile(om::split_part(b, lit<"a">, lit<3>)),
          compile(om::split_part(a, b, lit<1>)),
          compile(om::split_part(a, lit<"">, lit<1>)),
          compile(om::split_part(a, lit<"">, lit<2>)),
          compile(om::split_part(om::ascii_upper(a), lit<"AA">, lit<2>)),
          compile(om::split_part(a, lit<"aa">, lit<2147483647>)),
          compile(om::position(a, lit<"a">)),
          compile(om::position(a, b)),
          compile(om::position(b, lit<"">)),
          compile(om::position(b, lit<"é">)),
          compile(om::lpad(a, lit<10>, lit<"0">)),
          compile(om::lpad(b, lit<7>, lit<"äb😀">)),
          compile(om::lpad(a, lit<12>, b)),
          compile(om::lpad(a, lit<12>, lit<"">)),
          compile(om::rpad(a, lit<10>, lit<"xy">)),
          compile(om::rpad(b, lit<40>, a)),
          compile(om::rpad(a, lit<1>, lit<"">)),
          compile(om::reverse(a)),
          compile(om::reverse(b)),
          compile(om::overlay(a, lit<"XX">, lit<2>, lit<1>)),
          compile(om::overlay(a, b, lit<1>, lit<0>)),
          compile(om::overlay(b, lit<"é">, lit<5>, lit<1000>)),
          compile(om::overlay(a, lit<"">, lit<1073741823>, lit<1073741823>)),
          compile(om::md5(a)),
          compile(om::md5(b)),
          compile(om::sha256_hex(a)),
          compile(om::encode_hex(a)),
          compile(om::encode_hex(b)),
          compile(om::encode_base64(a)),
          compile(om::encode_base64(b))};
}

std::vector<compiled> bytes() {
  using enum om::encoding;
  constexpr auto raw = om::decode<escape>(om::replace(a, lit<R"(\)">, lit<R"(\\)">));
  constexpr auto bits = om::decode<hex>(om::left(om::sha256_hex(a), lit<40>));  // bytes of every kind
  return {compile(om::decode<hex>(om::encode_hex(b))),
          compile(om::decode<hex>(num)),
          compile(om::decode<hex>(a)),
          compile(om::decode<hex>(om::concat(lit<" ">, om::encode_hex(a), lit<"\n">, num))),
          compile(om::decode<base64>(om::encode_base64(a))),
          compile(om::decode<base64>(a)),
          compile(om::decode<base64>(num)),
          compile(om::decode<base64>(om::overlay(om::encode_base64(b), lit<"=">, lit<4>, lit<1>))),
          compile(om::decode<base64>(om::concat(om::lpad(num, lit<2>, lit<"A">), lit<"==">, num))),
          compile(om::decode<base64>(om::concat(om::lpad(num, lit<3>, lit<"A">), lit<"=">, num))),
          compile(om::decode<escape>(a)),
          compile(om::decode<escape>(b)),
          compile(om::decode<escape>(om::concat(lit<R"(\)">, num))),
          compile(om::decode<escape>(om::replace(num, lit<"1">, lit<R"(\377)">))),
          compile(raw),
          compile(om::encode<hex>(raw)),
          compile(om::encode<base64>(bits)),
          compile(om::encode<escape>(bits)),
          compile(om::encode<escape>(raw)),
          compile(om::sha256(raw)),
          compile(om::coalesce(om::decode<hex>(om::encode_hex(b)), bits)),
          compile(om::case_when(flag, om::sha256(bits), bits)),
          compile(om::encode<hex>(om::sha256(bits)))};
}

template <class Left, class Right>
void add_comparisons(std::vector<compiled>& to, Left left, Right right) {
  to.push_back(compile(left == right));
  to.push_back(compile(left != right));
  to.push_back(compile(left < right));
  to.push_back(compile(left <= right));
  to.push_back(compile(left > right));
  to.push_back(compile(left >= right));
}

std::vector<compiled> choices() {
  std::vector<compiled> all{compile(flag && yes),
                            compile(flag || yes),
                            compile(!flag),
                            compile(om::is_null(b)),
                            compile(om::is_not_null(b)),
                            compile(om::is_null(a)),
                            compile(om::is_null(a) || flag),
                            compile(om::is_not_null(i4) && om::is_null(j4)),
                            compile(om::nullif(a, b)),
                            compile(om::nullif(b, lit<"a">)),
                            compile(om::nullif(i4, j4)),
                            compile(om::nullif(i2, i8)),
                            compile(om::nullif(flag, yes)),
                            compile(om::nullif(at, om::at_utc(tz))),
                            compile(om::case_when(flag, a, b)),
                            compile(om::case_when(flag, a)),
                            compile(om::case_when(flag, a, yes, om::ascii_lower(a), lit<"none">)),
                            compile(om::case_when(a == b, lit<1>, a < b, lit<-1>, lit<0>)),
                            compile(om::case_when(i4 != lit<0>, j4 / i4)),
                            compile(om::case_when(i4 == lit<0>, lit<0>, j4 % i4)),
                            compile(om::coalesce(j4, i4 / j4)),
                            compile(om::coalesce(j4, lit<7> / i4)),
                            compile(i4 != lit<0> && j4 / i4 > lit<3>),
                            compile(i4 == lit<0> || lit<1000> % i4 == lit<3>)};
  add_comparisons(all, a, b);
  add_comparisons(all, a, lit<"an">);
  add_comparisons(all, om::ascii_lower(b), a);
  add_comparisons(all, i2, i8);
  add_comparisons(all, i4, j4);
  add_comparisons(all, flag, yes);
  add_comparisons(all, tz, om::at_utc(at));
  return all;
}

template <class Left, class Right>
void add_arithmetic(std::vector<compiled>& to, Left left, Right right) {
  to.push_back(compile(left + right));
  to.push_back(compile(left - right));
  to.push_back(compile(left * right));
  to.push_back(compile(left / right));
  to.push_back(compile(left % right));
}

std::vector<compiled> numbers() {
  std::vector<compiled> all{compile(-i2),
                            compile(-i4),
                            compile(-i8),
                            compile(om::abs(i2)),
                            compile(om::abs(i4)),
                            compile(om::abs(i8)),
                            compile(i8 / lit<-2>),
                            compile(i8 % lit<-1>),
                            compile(i4 / lit<7>),
                            compile(i4 / lit<-1>),
                            compile(i2 * om::cast<om::smallint>(lit<3>)),
                            compile(om::cast<om::smallint>(i8)),
                            compile(om::cast<om::integer>(i8)),
                            compile(om::cast<om::bigint>(i2)),
                            compile(om::cast<om::text>(i2)),
                            compile(om::cast<om::text>(i4)),
                            compile(om::cast<om::text>(i8)),
                            compile(om::cast<om::text>(flag)),
                            compile(om::cast<om::text>(b)),
                            compile(om::cast<om::boolean>(num)),
                            compile(om::cast<om::boolean>(a)),
                            compile(om::cast<om::boolean>(j4)),
                            compile(om::cast<om::boolean>(yes)),
                            compile(om::cast<om::integer>(flag))};
  add_arithmetic(all, i2, i2);
  add_arithmetic(all, i2, i4);
  add_arithmetic(all, i4, j4);
  add_arithmetic(all, i8, i2);
  add_arithmetic(all, i4, i8);
  add_arithmetic(all, i8, i8);
  add_arithmetic(all, j4, lit<2>);
  add_arithmetic(all, lit<2147483648>, i4);
  return all;
}

/// What of a text that is too long and no number is said first depends on PostgreSQL's version: 22003 or 22P02.
std::vector<compiled> parsed_numbers() {
  return {compile(om::cast<om::smallint>(num)), compile(om::cast<om::integer>(num)), compile(om::cast<om::bigint>(num)),
          compile(om::cast<om::integer>(a))};
}

std::vector<compiled> labels() {
  using few = om::enumeration<"mood", "sad", "it's">;
  return {compile(om::cast<mood>(label)),
          compile(om::cast<mood>(a)),
          compile(om::cast<mood>(b)),
          compile(om::cast<mood>(num)),
          compile(om::cast<mood>(om::ascii_lower(label))),
          compile(om::cast<few>(label)),
          compile(om::coalesce(om::cast<mood>(label), now)),
          compile(om::case_when(flag, om::cast<mood>(lit<"">), now)),
          compile(om::case_when(flag, om::cast<mood>(lit<"Sad">))),
          compile(om::cast<om::text>(now)),
          compile(om::cast<om::text>(kept)),
          compile(om::cast<om::text>(now) == label),
          compile(om::cast<om::text>(om::cast<mood>(label)) == label),
          compile(om::length(om::cast<om::text>(kept))),
          compile(om::cast<om::boolean>(om::cast<om::text>(now))),
          compile(om::is_null(kept))};
}

template <om::time_part... Parts>
void add_parts(std::vector<compiled>& to) {
  (to.push_back(compile(om::extract<Parts>(at))), ...);
  (to.push_back(compile(om::extract<Parts>(om::at_utc(tz)))), ...);
}

template <om::time_part... Parts>
void add_units(std::vector<compiled>& to) {
  (to.push_back(compile(om::date_trunc<Parts>(at))), ...);
}

std::vector<compiled> times() {
  using enum om::time_part;
  std::vector<compiled> all{compile(om::at_utc(at)),
                            compile(om::at_utc(tz)),
                            compile(om::plus_microseconds(at, lit<1>)),
                            compile(om::plus_microseconds(at, lit<-1>)),
                            compile(om::plus_microseconds(at, lit<90'061'000'001>)),
                            compile(om::plus_microseconds(om::at_utc(tz), lit<-7'000'000'000'000'000'123>)),
                            compile(om::plus_microseconds(at, lit<7'730'941'129'200'000'000>))};
  add_parts<year, quarter, month, week, day, hour, minute, second, iso_weekday, year_day>(all);
  add_units<year, quarter, month, week, day, hour, minute, second>(all);
  return all;
}

}  // namespace

TEST_CASE("each portable function of the catalogue gives the same in C++ and in PostgreSQL") {
  std::uint64_t seed = run_seed();
  MESSAGE("ONLINE_MIGRATION_SEED=", seed);
  std::mt19937_64 random{seed};
  om::connection on{""};
  std::vector<row> rows = make_rows(on, random, 2500);
  load(on, rows);
  comparison compare{on, rows};
  for (const auto& family : {text_parts(), bytes(), choices(), numbers(), labels(), times()}) {
    for (const compiled& each : family) compare.run(each, 0, rows.size(), true);
  }
  for (const compiled& each : parsed_numbers()) compare.run(each, 0, rows.size(), false);
  MESSAGE(compare.evaluations, " evaluations, of which ", compare.failures,
          " fail in both worlds; differences: ", compare.differences);
  CHECK(compare.failures > 10'000);
  CHECK(compare.differences == 0);
}

/// What a transform makes of a column, taken back by the inverse that follows from it, beside the column.
template <class Node, class Column>
compiled taken_back(Node, Column column) {
  using back = typename om::detail::undo<corpus, Node, Node>::type;
  return compile(back{} == column);
}

TEST_CASE("an inverse that follows from a transform leads back to every value") {
  std::uint64_t seed = run_seed();
  MESSAGE("ONLINE_MIGRATION_SEED=", seed);
  std::mt19937_64 random{seed};
  om::connection on{""};
  std::vector<row> rows = make_rows(on, random, 2500);
  on.run_script(
      om::statement{"again", "DROP TABLE IF EXISTS public.corpus CASCADE; DROP COLLATION IF EXISTS public.loose"});
  load(on, rows);
  comparison compare{on, rows};
  auto lead_back = [&](const std::vector<compiled>& all, std::string_view failure) {
    for (const compiled& each : all) {
      CAPTURE(each.name);
      compare.run(each, 0, rows.size(), true);
      std::size_t back = 0;
      std::size_t other = 0;
      for (const row& from : rows) {
        answer got = each.evaluate(source_of(from));
        if (got == "true") ++back;
        if (got && *got != "true" && *got != failure) ++other;
      }
      CHECK(back > 0);
      CHECK(other == 0);
    }
  };
  lead_back({taken_back(a, a), taken_back(om::reverse(b), b), taken_back(om::at_utc(tz), tz),
             taken_back(om::at_utc(at), at), taken_back(-i4, i4), taken_back(i2 + lit<70'000>, i2),
             taken_back(-(i8 - lit<3>), i8), taken_back(om::cast<om::text>(i8), i8),
             taken_back(om::cast<om::bigint>(i2), i2), taken_back(om::reverse(om::cast<om::text>(-j4)), j4)},
            "error 22003");
  // (Enums are compared as texts.)
  using now_as_text = decltype(om::cast<om::text>(now));
  lead_back({taken_back(om::cast<mood>(label), label),
             compile(om::cast<om::text>(om::detail::undo<corpus, now_as_text, now_as_text>::type{}) == now_as_text{})},
            "error 22P02");
  MESSAGE(compare.evaluations, " evaluations; differences: ", compare.differences);
  CHECK(compare.differences == 0);
}

TEST_CASE("what the compiler refuses as not immutable is not immutable for the server, whatever the arguments") {
  om::connection on{""};
  for (std::string_view name : om::detail::volatile_functions) {
    CAPTURE(name);
    om::result found = on.execute(
        om::statement{"find",
                      "SELECT count(*), count(*) FILTER (WHERE provolatile = 'i') FROM pg_proc WHERE proname = $1 "
                      "AND pronamespace = 'pg_catalog'::regnamespace"},
        {om::text_parameter(name)});
    // (The newest of them is of version 13.)
    CHECK(found.text(0, 0) != "0");
    CHECK(found.text(0, 1) == "0");
  }
}
