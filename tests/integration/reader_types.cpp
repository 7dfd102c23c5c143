// SPDX-License-Identifier: BSL-1.0
// A value of every type is read as it is, from either representation and for transforms of either world; at `shadow` it is
// the same as itself and as nothing else.
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "reader_support.hpp"

using namespace test;

namespace {

template <class Type>
struct only : om::table<"types", om::column<"id", om::bigint, om::primary_key>, om::column<"value", Type>> {};

template <class Value>
Value same(Value value) {
  return value;
}

template <class Type>
struct copied : om::migration<"copied", only<Type>, om::add_column<"copy", Type, om::col<"value">>> {};
template <class Type>
struct computed
    : om::migration<"computed", only<Type>,
                    om::add_column<"copy", Type,
                                   om::computed<&same<typename Type::value_type>, "same/1", Type>(om::col<"value">)>> {
};

template <class Value>
bool identical(const Value& a, const Value& b) {
  return a == b;
}
bool identical(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Row 1 holds the value twice, row 2 NULL twice, row 3 the value beside another one, row 4 NULL beside the value.
template <class Migration, class Value>
void check(const Value& value, const std::string& printed, const std::string& other) {
  using type = typename Migration::change::type;
  std::string name(64, '\0');
  om::detail::sink out{name.data()};
  type::description.write(out);
  name.resize(out.size);
  connection on{""};
  script(on, "DROP TABLE IF EXISTS types; CREATE TABLE types (id bigint PRIMARY KEY, value " + name + ", copy " + name +
                 "); INSERT INTO types VALUES (1, " + printed + ", " + printed + "), (2, NULL, NULL), (3, " + printed +
                 ", " + other + "), (4, NULL, " + printed + ")");
  set_flag flag;
  om::reader<Migration> read{on, flag, {.shadow_share = 1}};
  for (read_flag each : {read_flag::legacy, read_flag::shadow, read_flag::new_column}) {
    flag.flag = each;
    auto found = read.get(om::key(1));
    REQUIRE((found.has_row() && found.value().has_value()));
    CHECK(identical(*found.value(), value));
    CHECK_FALSE(read.get(om::key(2)).value().has_value());
    CHECK(identical(*read.get(om::key(3)).value(), value) == (each != read_flag::new_column));
    CHECK(read.get(om::key(4)).value().has_value() == (each == read_flag::new_column));
  }
  CHECK(read.shadow() == om::shadow_counts{2, 2, 0});
}

template <class Type, class Value>
void check_both(const Value& value, const std::string& printed, const std::string& other) {
  CAPTURE(printed);
  check<copied<Type>>(value, printed, other);
  check<computed<Type>>(value, printed, other);
}

}  // namespace

TEST_CASE("whole numbers and boolean") {
  check_both<om::boolean>(true, "true", "false");
  check_both<om::smallint>(std::int16_t{-32768}, "-32768", "32767");
  check_both<om::integer>(-2147483647 - 1, "-2147483648", "0");
  check_both<om::bigint>(std::numeric_limits<std::int64_t>::max(), "9223372036854775807", "-1");
}

TEST_CASE("double precision: equal is not the same, and what is not equal to itself is") {
  check_both<om::float8>(0.1, "0.1", "0.1000000000000001");
  check_both<om::float8>(-0.0, "'-0'", "0");
  check_both<om::float8>(std::numeric_limits<double>::quiet_NaN(), "'NaN'", "'Infinity'");
}

TEST_CASE("texts, bytes and not letters") {
  check_both<om::text>(std::string{"\xc3\x84 \"'\\"}, "E'\xc3\x84 \"''\\\\'", "''");
  check_both<om::text>(std::string{"\xc3\xa9"}, "U&'\\00e9'", "U&'e\\0301'");
  check_both<om::varchar<3>>(std::string{"ab "}, "'ab '", "'ab'");
}

TEST_CASE("uuid and timestamptz") {
  check_both<om::uuid>(om::uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff").value(),
                       "'00112233-4455-6677-8899-aabbccddeeff'", "'00112233-4455-6677-8899-aabbccddeefe'");
  check_both<om::timestamptz>(om::timestamp_value{1}, "'2000-01-01 00:00:00.000001+00'", "'infinity'");
}

TEST_CASE("texts that a collation calls equal are not the same") {
  struct folded : om::migration<"folded", only<om::text>, om::add_column<"copy", om::text, om::col<"value">>> {};
  connection on{""};
  script(on,
         "DROP TABLE IF EXISTS types; DROP COLLATION IF EXISTS blind; "
         "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
         "CREATE TABLE types (id bigint PRIMARY KEY, value text COLLATE blind, copy text COLLATE blind); "
         "INSERT INTO types VALUES (1, 'Ada', 'ada')");
  REQUIRE(ask(on, "SELECT value = copy FROM types") == "t");
  set_flag flag{read_flag::shadow};
  om::reader<folded> read{on, flag, {.shadow_share = 1}};
  CHECK(read.get(om::key(1)).value() == "Ada");
  CHECK(read.shadow() == om::shadow_counts{0, 1, 0});
}

TEST_CASE("a wider new column") {
  struct pair : om::table<"two", om::column<"id", om::bigint, om::primary_key>, om::column<"small", om::int2>> {};
  struct as_bigint : om::migration<"n", pair, om::add_column<"wide", om::bigint, om::col<"small">>> {};
  struct as_double
      : om::migration<
            "n", pair,
            om::add_column<"wide", om::float8, om::computed<&same<std::int16_t>, "same/1">(om::col<"small">)>> {};
  connection on{""};
  set_flag flag;
  auto run = [&]<class Migration>(Migration, const std::string& type) {
    script(on, "DROP TABLE IF EXISTS two; CREATE TABLE two (id bigint PRIMARY KEY, small int2, wide " + type +
                   "); INSERT INTO two VALUES (1, -3, -3)");
    om::reader<Migration> read{on, flag, {.shadow_share = 1}};
    for (read_flag each : {read_flag::legacy, read_flag::shadow, read_flag::new_column}) {
      flag.flag = each;
      CHECK(read.get(om::key(1)).value() == -3);
    }
    CHECK(read.shadow() == om::shadow_counts{1, 0, 0});
  };
  run(as_bigint{}, "bigint");
  run(as_double{}, "double precision");
}
