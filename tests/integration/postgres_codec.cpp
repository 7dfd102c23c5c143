// SPDX-License-Identifier: BSL-1.0
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/time.hpp>

#include "postgres_support.hpp"

using namespace test;
using namespace std::string_view_literals;

namespace {

std::string name_of(const type_description& type) {
  return std::string{type.name} + (type.length != 0 ? "(" + std::to_string(type.length) + ")" : "");
}

template <class Value>
bool same(const Value& left, const Value& right) {
  if constexpr (std::is_same_v<Value, double>) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);  // -0.0 is not 0.0
  } else {
    return left == right;
  }
}

/// Sends the value, and lets the server compare it with a literal; then reads the literal back in binary.
template <class Type>
void travels(connection& on, typename Type::value_type value, const std::string& literal) {
  std::string name = name_of(Type::description);
  CAPTURE(name);
  CAPTURE(literal);
  std::string sql = "SELECT $1::" + name + ", " + literal + "::" + name + ", pg_typeof($1)::text";
  result printed = on.execute(statement{"to_server", sql}, {wire<Type>{value}.as_parameter()});
  CHECK(printed.text(0, 0) == printed.text(0, 1));
  CHECK(printed.text(0, 2) == Type::description.name);

  sql = "SELECT " + literal + "::" + name;
  result binary = on.execute(statement{"from_server", sql}, {}, result_format::binary);
  CHECK(same(decode<Type>(binary.text(0, 0)), value));
}

template <class Type>
void array_travels(connection& on, const std::vector<std::optional<typename Type::value_type>>& values,
                   const std::string& literal) {
  std::string name = name_of(Type::description) + "[]";
  CAPTURE(name);
  array_builder<Type> array;
  for (const auto& value : values) array.push_optional(value);
  std::string sql = "SELECT $1::" + name + "::text, " + literal + "::" + name + "::text, $1::" + name + " = " +
                    literal + "::" + name + ", coalesce(array_length($1, 1), 0)";
  result printed = on.execute(statement{"array", sql}, {array.as_parameter()});
  CHECK(printed.text(0, 0) == printed.text(0, 1));
  CHECK(printed.boolean(0, 2));
  CHECK(printed.integer(0, 3) == static_cast<std::int64_t>(values.size()));
}

template <class Type>
void null_travels(connection& on) {
  std::string sql = "SELECT $1::" + name_of(Type::description) + " IS NULL, pg_typeof($1)::text, $1";
  result printed = on.execute(statement{"null", sql}, {wire<Type>{std::nullopt}.as_parameter()});
  CHECK(printed.boolean(0, 0));
  CHECK(printed.text(0, 1) == Type::description.name);
  CHECK(printed.is_null(0, 2));
}

template <class Integer>
using limits = std::numeric_limits<Integer>;

}  // namespace

TEST_CASE("descriptions agree with the catalogue of the server") {
  connection on{""};
  auto check = [&on](const type_description& type) {
    CAPTURE(type.name);
    std::string sql =
        "SELECT format_type(t.oid, NULL), t.typarray FROM pg_type t WHERE t.oid = " + std::to_string(type.oid);
    result row = on.execute(statement{"type", sql});
    CHECK(row.text(0, 0) == type.name);
    CHECK(row.integer(0, 1) == type.array_oid);
  };
  check(boolean::description);
  check(int2::description);
  check(int4::description);
  check(int8::description);
  check(float8::description);
  check(online_migration::text::description);
  check(varchar<1>::description);
  check(uuid::description);
  check(timestamptz::description);
  check(timestamp::description);
}

TEST_CASE("integers and booleans travel both ways") {
  connection on{""};
  travels<boolean>(on, true, "'t'");
  travels<boolean>(on, false, "'f'");
  for (std::int16_t value :
       {std::int16_t{0}, std::int16_t{-1}, limits<std::int16_t>::min(), limits<std::int16_t>::max()}) {
    travels<int2>(on, value, "'" + std::to_string(value) + "'");
  }
  for (std::int32_t value : {0, -1, 258, limits<std::int32_t>::min(), limits<std::int32_t>::max()}) {
    travels<int4>(on, value, "'" + std::to_string(value) + "'");
  }
  for (std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, limits<std::int64_t>::min(), limits<std::int64_t>::max()}) {
    travels<bigint>(on, value, "'" + std::to_string(value) + "'");
  }
}

TEST_CASE("doubles travel both ways, bit for bit") {
  connection on{""};
  travels<float8>(on, 0.0, "'0'");
  travels<float8>(on, -0.0, "'-0'");
  travels<float8>(on, 0.1, "'0.1'");
  travels<float8>(on, limits<double>::max(), "'1.7976931348623157e308'");
  travels<float8>(on, limits<double>::denorm_min(), "'5e-324'");
  travels<float8>(on, limits<double>::infinity(), "'Infinity'");
  travels<float8>(on, -limits<double>::infinity(), "'-Infinity'");
  travels<float8>(on, limits<double>::quiet_NaN(), "'NaN'");
}

TEST_CASE("texts travel both ways") {
  connection on{""};
  travels<online_migration::text>(on, "", "''");
  travels<online_migration::text>(on, R"(a"b\c'd{},NULL)", R"('a"b\c''d{},NULL')");
  travels<online_migration::text>(on, "Z\u00fcrich \u20ac \U0001f600", "U&'Z\\00fcrich \\20ac \\+01f600'");
  std::string longest(1'000'000, 'x');
  travels<online_migration::text>(on, longest, "repeat('x', 1000000)");
  travels<varchar<5>>(on, "\u00e4\u00e4\u00e4\u00e4\u00e4", "U&'\\00e4\\00e4\\00e4\\00e4\\00e4'");
}

TEST_CASE("uuids travel both ways") {
  connection on{""};
  for (std::string_view form : {"00112233-4455-6677-8899-aabbccddeeff", "00000000-0000-0000-0000-000000000000",
                                "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
    travels<uuid>(on, *uuid_value::parse(form), "'" + std::string{form} + "'");
  }
}

TEST_CASE("timestamps travel both ways, from the first to the last and to infinity") {
  using namespace std::chrono;
  connection on{""};
  auto at = [](sys_time<microseconds> time) { return to_timestamp(time); };
  travels<timestamptz>(on, at(sys_days{2000y / 1 / 1}), "'2000-01-01 00:00:00+00'");
  travels<timestamptz>(on, at(sys_days{1970y / 1 / 1} - 1us), "'1969-12-31 23:59:59.999999+00'");
  travels<timestamptz>(on, at(sys_days{2024y / 2 / 29} + 12h + 34min + 56s + 789012us),
                       "'2024-02-29 12:34:56.789012+00'");
  // The year 0 of C++ is 1 BC: 4714 BC is -4713.
  travels<timestamptz>(on, at(sys_days{year{-4713} / 11 / 24}), "'4714-11-24 00:00:00+00 BC'");
  travels<timestamptz>(on, timestamp_value{limits<std::int64_t>::max()}, "'infinity'");
  travels<timestamptz>(on, timestamp_value{limits<std::int64_t>::min()}, "'-infinity'");
  travels<timestamp>(on, local_timestamp_value{0}, "'2000-01-01 00:00:00'");
  travels<timestamp>(on, local_timestamp_value{-1}, "'1999-12-31 23:59:59.999999'");
  travels<timestamp>(on, local_timestamp_value{limits<std::int64_t>::max()}, "'infinity'");
  travels<timestamp>(on, local_timestamp_value{limits<std::int64_t>::min()}, "'-infinity'");
}

TEST_CASE("arrays arrive element by element") {
  connection on{""};
  array_travels<boolean>(on, {true, std::nullopt, false}, "'{t,NULL,f}'");
  array_travels<int2>(on, {limits<std::int16_t>::min(), limits<std::int16_t>::max()}, "'{-32768,32767}'");
  array_travels<int4>(on, {std::nullopt}, "'{NULL}'");
  array_travels<bigint>(on, {limits<std::int64_t>::min(), 0, std::nullopt, limits<std::int64_t>::max()},
                        "'{-9223372036854775808,0,NULL,9223372036854775807}'");
  array_travels<bigint>(on, {}, "'{}'");
  array_travels<float8>(on, {0.5, -limits<double>::infinity()}, "'{0.5,-Infinity}'");
  array_travels<online_migration::text>(on, {"", "NULL", std::nullopt, R"(a"b\c,{})", "\u20ac"},
                                        R"(ARRAY['', 'NULL', NULL, 'a"b\c,{}', U&'\20ac'])");
  array_travels<online_migration::text>(on, {}, "'{}'");
  array_travels<varchar<3>>(on, {"abc", std::nullopt}, "'{abc,NULL}'");
  array_travels<uuid>(on, {*uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff")},
                      "'{00112233-4455-6677-8899-aabbccddeeff}'");
  array_travels<timestamptz>(on, {timestamp_value{0}}, "'{2000-01-01 00:00:00+00}'");
}

TEST_CASE("a varchar array may be read as text[]") {
  connection on{""};
  array_builder<varchar<3>> array;
  array.push("abc");
  result row = on.execute(statement{"cast", "SELECT ($1::text[])[1]"}, {array.as_parameter()});
  CHECK(row.text(0, 0) == "abc");
}

TEST_CASE("an array is used again after clear") {
  connection on{""};
  array_builder<bigint> array;
  for (int i = 0; i < 1000; ++i) array.push(i);
  array.clear();
  array.push(7);
  result row = on.execute(statement{"reuse", "SELECT $1::bigint[]::text"}, {array.as_parameter()});
  CHECK(row.text(0, 0) == "{7}");
}

TEST_CASE("NULL of every type is NULL") {
  connection on{""};
  null_travels<boolean>(on);
  null_travels<int2>(on);
  null_travels<int4>(on);
  null_travels<bigint>(on);
  null_travels<float8>(on);
  null_travels<online_migration::text>(on);
  null_travels<varchar<9>>(on);
  null_travels<uuid>(on);
  null_travels<timestamptz>(on);
  null_travels<timestamp>(on);
}

TEST_CASE("a cursor goes in as the text form of its type") {
  connection on{""};
  std::string form = "2024-02-29 12:34:56.789012+00";
  result row = on.execute(statement{"cursor", "SELECT $1::timestamptz = '2024-02-29 12:34:56.789012+00'"},
                          {text_form_parameter(form)});
  CHECK(row.boolean(0, 0));
}

TEST_CASE("a NUL byte and invalid UTF-8 are refused by the server, in plain words and without the value") {
  connection on{""};
  for (std::string_view value : {"secret\0tail"sv, "secret\xff"sv, "secret\xed\xa0\x80"sv, "secret\xc3"sv}) {
    for (bool in_array : {false, true}) {
      array_builder<online_migration::text> array;
      array.push(value);
      auto problem = caught<statement_error>([&] {
        if (in_array) {
          on.execute(statement{"keep_texts", "SELECT $1::text[]"}, {array.as_parameter()});
        } else {
          on.execute(statement{"keep_text", "SELECT $1::text"}, {wire<online_migration::text>{value}.as_parameter()});
        }
      });
      CHECK(problem.sqlstate() == "22021");
      CHECK(problem.retry() == retry_class::data);
      CHECK(says(problem, "NUL byte or is not valid UTF-8"));
      CHECK(!says(problem, "secret"));
      CHECK(!says(problem, "0x"));
    }
  }
  CHECK(on.usable());
}

TEST_CASE("a column of another type than declared is noticed when it is read") {
  connection on{""};
  result row = on.execute(statement{"narrow", "SELECT 1::integer"}, {}, result_format::binary);
  CHECK_THROWS_AS(decode<bigint>(row.text(0, 0)), refused);
}
