// SPDX-License-Identifier: BSL-1.0
// Every type travels as it is, as the key, as a source, and as the new column, on either way to the new value.
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

#include "postgres_support.hpp"

namespace om = online_migration;
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

std::string type_name(const om::type_description& type) {
  std::string text(64, '\0');
  om::detail::sink out{text.data()};
  type.write(out);
  text.resize(out.size);
  return text;
}

/// Writes a value by insert, update and upsert; gives what PostgreSQL prints for it, if all six columns hold the same.
template <class Migration, class Type, class Value>
std::string stored(connection& on, const Value& value) {
  script(on, "DROP TABLE IF EXISTS types; CREATE TABLE types (id bigint PRIMARY KEY, value " +
                 type_name(Type::description) + "); SET TimeZone = 'UTC'");
  on.run_script(om::statements<Migration>::add_column);
  om::dual_writer<Migration> write{on};
  write.insert(om::key(1), om::set<"value">(value));
  write.insert(om::key(2));
  CHECK(ask(on, "SELECT num_nulls(value, copy) FROM types WHERE id = 2") == "2");
  write.update(om::key(2), om::set<"value">(value));
  write.insert(om::key(3));
  write.upsert(om::key(3), om::set<"value">(value));
  write.upsert(om::key(4), om::set<"value">(value));
  CHECK(ask(on, "SELECT count(*) FROM types") == "4");
  // Not DISTINCT as records: identical, and not only equal.
  CHECK(ask(on, "SELECT count(*) FROM types t WHERE NOT ROW(t.value)::record *= ROW(t.copy)::record") == "0");
  CHECK(ask(on, "SELECT count(*) FROM types a, types b WHERE NOT ROW(a.value)::record *= ROW(b.value)::record") == "0");
  std::string printed = ask(on, "SELECT coalesce(max(copy::text), 'NULL') FROM types");
  write.update(om::key(1), om::set<"value">(std::nullopt));
  CHECK(ask(on, "SELECT num_nulls(value, copy) FROM types WHERE id = 1") == "2");
  return printed;
}

template <class Type, class Value>
void check(const Value& value, std::string_view printed) {
  connection on{""};
  CHECK(stored<copied<Type>, Type>(on, value) == printed);
  CHECK(stored<computed<Type>, Type>(on, value) == printed);
  CHECK(stored<copied<Type>, Type>(on, std::optional<Value>{value}) == printed);
  CHECK(stored<copied<Type>, Type>(on, std::optional<Value>{}) == "NULL");
  CHECK(stored<computed<Type>, Type>(on, std::optional<Value>{}) == "NULL");
}

}  // namespace

TEST_CASE("boolean") {
  check<om::boolean>(true, "true");
  check<om::boolean>(false, "false");
}

TEST_CASE("whole numbers") {
  check<om::smallint>(std::int16_t{-32768}, "-32768");
  check<om::integer>(-2147483647 - 1, "-2147483648");
  check<om::integer>(std::int16_t{-7}, "-7");
  check<om::bigint>(std::numeric_limits<std::int64_t>::min(), "-9223372036854775808");
  check<om::bigint>(std::numeric_limits<std::int64_t>::max(), "9223372036854775807");
  check<om::bigint>(4000000000U, "4000000000");
}

TEST_CASE("double precision") {
  check<om::float8>(-0.0, "-0");
  check<om::float8>(0.1, "0.1");
  check<om::float8>(0.5F, "0.5");
  check<om::float8>(5e-324, "5e-324");
  check<om::float8>(std::numeric_limits<double>::infinity(), "Infinity");
  check<om::float8>(std::nan(""), "NaN");
}

TEST_CASE("texts") {
  check<om::text>(std::string{}, "");
  check<om::text>(std::string{"  Ada '\"\\ \xc3\x89\xf0\x9f\x98\x80\n"}, "  Ada '\"\\ \xc3\x89\xf0\x9f\x98\x80\n");
  check<om::text>(std::string(100'000, 'x'), std::string(100'000, 'x'));
  check<om::varchar<3>>(std::string_view{"\xc3\x84\xc3\x96\xc3\x9c"}, "\xc3\x84\xc3\x96\xc3\x9c");
}

TEST_CASE("uuid and timestamptz") {
  check<om::uuid>(om::uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff").value(),
                  "00112233-4455-6677-8899-aabbccddeeff");
  check<om::timestamptz>(om::timestamp_value{0}, "2000-01-01 00:00:00+00");
  check<om::timestamptz>(om::timestamp_value{-1}, "1999-12-31 23:59:59.999999+00");
  check<om::timestamptz>(om::timestamp_value{std::numeric_limits<std::int64_t>::max()}, "infinity");
}

TEST_CASE("keys of every usable type") {
  struct wide
      : om::table<"wide", om::column<"a", om::boolean, om::primary_key>, om::column<"b", om::int2, om::primary_key>,
                  om::column<"c", om::int4, om::primary_key>, om::column<"d", om::text, om::primary_key>,
                  om::column<"value", om::text>, om::column<"e", om::varchar<9>, om::primary_key>,
                  om::column<"f", om::uuid, om::primary_key>, om::column<"g", om::timestamptz, om::primary_key>> {};
  struct lowered : om::migration<"n", wide, om::add_column<"copy", om::text, om::ascii_lower(om::col<"value">)>> {};
  connection on{""};
  script(
      on,
      "DROP TABLE IF EXISTS wide; CREATE TABLE wide (a bool, b int2, c int4, d text, value text, e varchar(9), f uuid, "
      "g timestamptz, PRIMARY KEY (a, b, c, d, e, f, g)); SET TimeZone = 'UTC'");
  on.run_script(om::statements<lowered>::add_column);
  om::dual_writer<lowered> write{on};
  auto which = om::key(true, std::int16_t{-1}, 7, "d", "e",
                       om::uuid_value::parse("00000000-0000-0000-0000-000000000001").value(), om::timestamp_value{1});
  CHECK(write.insert(which, om::set<"value">("A")) == 1);
  CHECK(write.update(which, om::set<"value">("B")) == 1);
  CHECK(write.upsert(which, om::set<"value">("C")) == 1);
  CHECK(ask(on, "SELECT string_agg(w::text, ' ') FROM wide w") ==
        R"((t,-1,7,d,C,e,00000000-0000-0000-0000-000000000001,"2000-01-01 00:00:00.000001+00",c))");
  CHECK(write.erase(which) == 1);
  CHECK(ask(on, "SELECT count(*) FROM wide") == "0");
}

TEST_CASE("a narrower transform widens to its column") {
  struct table_of_two : om::table<"two", om::column<"id", om::bigint, om::primary_key>, om::column<"small", om::int2>> {
  };
  struct as_bigint : om::migration<"n", table_of_two, om::add_column<"wide", om::bigint, om::col<"small">>> {};
  struct as_double
      : om::migration<"n", table_of_two,
                      om::add_column<"wide", om::float8, om::computed<&same<std::int16_t>, "s/1">(om::col<"small">)>> {
  };
  connection on{""};
  auto run = [&]<class Migration>(Migration) {
    script(on, "DROP TABLE IF EXISTS two; CREATE TABLE two (id bigint PRIMARY KEY, small int2)");
    on.run_script(om::statements<Migration>::add_column);
    om::dual_writer<Migration>{on}.insert(om::key(1), om::set<"small">(std::int16_t{-3}));
    return ask(on, "SELECT wide FROM two");
  };
  CHECK(run(as_bigint{}) == "-3");
  CHECK(run(as_double{}) == "-3");
}
