// SPDX-License-Identifier: BSL-1.0
// Values of each type, up to its extremes, go to the server and come back; what the server makes of its own literal is
// what is expected.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/time.hpp>
#include <online_migration/runtime/stored_form.hpp>
#include <online_migration/transform/node.hpp>

#include "postgres_support.hpp"

namespace om = online_migration;
using namespace test;

namespace {

template <class Integer>
using limits = std::numeric_limits<Integer>;

using mood = om::enumeration<"app.Mood", "sad", "ok", "it's\\\"h\xc3\xa4ppy">;
using amount = om::domain<"amount", om::numeric<12, 2>>;
using short_text = om::domain<"short_text", om::varchar<5>>;

void make_types(connection& on) {
  script(on, R"(SET client_min_messages = warning; DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app;
CREATE TYPE app."Mood" AS ENUM ('sad', 'ok', E'it\'s\\"häppy');
DROP DOMAIN IF EXISTS amount, short_text; CREATE DOMAIN amount AS numeric(12,2); CREATE DOMAIN short_text AS varchar(5);
SET TimeZone = 'UTC'; SET DateStyle = 'ISO')");
}

template <class Write>
std::string written(Write write) {
  std::string text(om::detail::size_of(write), '\0');
  om::detail::sink out{text.data()};
  write(out);
  return text;
}

/// `$1::type`, as statements of the library write a parameter.
std::string parameter_of(const om::type_description& type) {
  return written([&](om::detail::sink& out) { om::detail::column_names::write_parameter(out, 1, type); });
}

std::string type_of(const om::type_description& type) {
  return written([&](om::detail::sink& out) { type.write(out); });
}

/// Sends a value by itself, and lets the server compare it with a literal of its own, by image; then reads that
/// literal.
template <class Type, class Value>
void travels(connection& on, const Value& value, const std::string& literal) {
  std::string name = type_of(Type::description);
  CAPTURE(name);
  CAPTURE(literal.substr(0, 100));
  std::string given = parameter_of(Type::description) + "::" + name;
  std::string wanted = "(" + literal + ")::" + name;
  std::string sql = "SELECT ROW(" + given + ")::record *= ROW(" + wanted + ")::record, " + given +
                    "::text = " + wanted + "::text, " + parameter_of(Type::description) + "::text";
  result sent = on.execute(statement{"sent", sql}, {om::wire<Type>{typename Type::value_type{value}}.as_parameter()});
  CHECK(sent.boolean(0, 0));
  CHECK(sent.boolean(0, 1));

  result none = on.execute(statement{"null", "SELECT " + parameter_of(Type::description) + " IS NULL"},
                           {om::wire<Type>{std::nullopt}.as_parameter()});
  CHECK(none.boolean(0, 0));

  result back = on.execute(statement{"back", "SELECT " + wanted}, {}, result_format::binary);
  auto read = om::decode<Type>(back.text(0, 0));
  if constexpr (Type::description.underlying().shape == om::type_shape::array) {
    const typename Type::value_type view{value};
    REQUIRE(read.size() == view.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      REQUIRE(read[i].has_value() == view[i].has_value());
      if (read[i].has_value()) CHECK(om::detail::same_value(*read[i], *view[i]));
    }
  } else {
    CHECK(om::detail::same_value(read, typename Type::value_type{value}));
  }
}

/// A value by itself, as an array of two and as the second of three values that the client sends for as many rows.
template <class Type, class Value>
void all_ways(connection& on, const Value& value, const std::string& literal) {
  travels<Type>(on, value, literal);
  using plain = typename Type::value_type;
  const plain one{value};
  std::string name = type_of(Type::description);
  std::string array = "ARRAY[(" + literal + ")::" + name + ", NULL]";
  travels<om::array<Type>>(on, std::vector<std::optional<plain>>{one, std::nullopt}, array);

  om::array_builder<Type> rows;
  rows.push_null();
  rows.push(one);
  rows.push_optional(std::nullopt);
  std::string many = written([&](om::detail::sink& out) {
    out.put("SELECT ROW((");
    om::detail::column_names::write_parameter(out, 1, Type::description.travels_as());
    out.put("[])[2]::");
    Type::description.write(out);
    out.put(")::record *= ROW((");
    out.put(std::string_view{literal});
    out.put(")::");
    Type::description.write(out);
    out.put(")::record");
  });
  CHECK(on.execute(statement{"many", many}, {rows.as_parameter()}).boolean(0, 0));
}

std::vector<std::byte> bytes(std::size_t count) {
  std::vector<std::byte> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<std::byte>(i % 256);
  return all;
}

}  // namespace

TEST_CASE("real") {
  connection on{""};
  all_ways<om::float4>(on, 0.1F, "'0.1'");
  all_ways<om::float4>(on, -0.0F, "'-0'");
  all_ways<om::float4>(on, limits<float>::max(), "'3.4028235e38'");
  all_ways<om::float4>(on, limits<float>::denorm_min(), "'1e-45'");
  all_ways<om::float4>(on, -limits<float>::infinity(), "'-Infinity'");
  all_ways<om::float4>(on, limits<float>::quiet_NaN(), "'NaN'");
}

TEST_CASE("numeric, exactly") {
  connection on{""};
  for (const char* text : {"0",
                           "0.00",
                           "-0",
                           "1",
                           "-1",
                           "1.10",
                           "10000",
                           "9999",
                           "0.0001",
                           "0.00001",
                           "-0.00010000",
                           "123456789.987654321",
                           "100000000",
                           "1e20",
                           "1.5e-10",
                           "12345e3",
                           "-9223372036854775808",
                           "NaN",
                           "Infinity",
                           "-inf",
                           "+7",
                           ".5",
                           "5."}) {
    all_ways<om::numeric<>>(on, std::string_view{text}, "'" + std::string{text} + "'");
  }
  all_ways<om::numeric<>>(on, limits<std::int64_t>::min(), "-9223372036854775808");
  all_ways<om::numeric<20, 5>>(on, std::string_view{"123456789012345.67890"}, "'123456789012345.67890'");
  all_ways<om::numeric<3>>(on, std::string_view{"-999"}, "'-999'");
}

TEST_CASE("numeric of the most digits that there are") {
  connection on{""};
  std::string digits;
  for (int i = 0; i < 131072; ++i) digits += static_cast<char>('1' + i % 9);
  std::string fraction(16383, '7');
  travels<om::numeric<>>(on, std::string_view{digits + "." + fraction}, "'" + digits + "." + fraction + "'");
  travels<om::numeric<>>(on, std::string_view{"-" + digits}, "'-" + digits + "'");
  travels<om::numeric<>>(on, std::string_view{"0." + std::string(16382, '0') + "1"}, "'1e-16383'");
  CHECK(!om::numeric_value{digits + "1"}.is_number());
}

TEST_CASE("numerics of every length are printed as the server prints them, and rounded as it rounds them") {
  connection on{""};
  // Halves, carries and groups of four digits at every place.
  std::string sql = R"(SELECT n, n::text, round(n, 2)::text, round(n, -2)::text, round(n, 0)::text FROM (
SELECT (sign * m * 10.0 ^ e)::numeric(60, 30) AS n FROM unnest(ARRAY[1, -1]) AS sign,
  unnest(ARRAY[5, 15, 25, 49, 50, 99, 995, 9995, 9999, 10001, 12345678, 99999999999995]::numeric[]) AS m, generate_series(-16, 12) AS e
UNION ALL SELECT trim_scale((m * 10.0 ^ e)::numeric(60, 30)) FROM unnest(ARRAY[5, 50, 9995, 10001]::numeric[]) AS m, generate_series(-16, 12) AS e
UNION ALL VALUES (0), (0.00)
) AS all_numbers)";
  result printed = on.execute(statement{"printed", sql});
  result binary = on.execute(statement{"binary", sql}, {}, result_format::binary);
  REQUIRE(printed.rows() == binary.rows());
  REQUIRE(printed.rows() > 700);
  for (int row = 0; row < printed.rows(); ++row) {
    auto read = om::decode<om::numeric<>>(binary.text(row, 0));
    CHECK(read.view() == printed.text(row, 1));
    CHECK(om::numeric_value{printed.text(row, 1)} == read);
    CHECK(read.rounded(2).view() == printed.text(row, 2));
    CHECK(read.rounded(-2).view() == printed.text(row, 3));
    CHECK(read.rounded(0).view() == printed.text(row, 4));
    std::string sent;
    om::detail::append_value<om::numeric<>>(read, sent);
    CHECK(sent == binary.text(row, 0));
  }
}

TEST_CASE("what is no number is not sent") {
  for (const char* text :
       {"", "-", ".", "1e", "1e+", "0x10", "1_000", "1 000", " 1", "1..2", "nan.", "-nan", "1e9999999"}) {
    CAPTURE(text);
    CHECK(!om::numeric_value{text}.is_number());
    CHECK_THROWS_AS(om::wire<om::numeric<>>{om::numeric_value{text}}, om::refused);
  }
}

TEST_CASE("char(n), json and jsonb") {
  connection on{""};
  all_ways<om::character<5>>(on, std::string_view{"ab"}, "'ab'");
  all_ways<om::character<5>>(on, std::string_view{""}, "''");
  all_ways<om::character<2>>(on, std::string_view{"\xc3\xa4\xe2\x82\xac"}, "U&'\\00e4\\20ac'");
  all_ways<om::json>(on, std::string_view{"{\"b\" : 1.0,\"a\":[ null ]}"}, "'{\"b\" : 1.0,\"a\":[ null ]}'");
  all_ways<om::jsonb>(on, std::string_view{"{\"a\": [null, 1.0], \"b\": \"\xe2\x82\xac\"}"},
                      "U&'{\"b\":\"\\20ac\", \"a\":[null,1.0]}'");
  all_ways<om::jsonb>(on, std::string_view{"null"}, "'null'");
}

TEST_CASE("bytea") {
  connection on{""};
  all_ways<om::bytea>(on, bytes(0), "''");
  all_ways<om::bytea>(
      on, bytes(256),
      "(SELECT string_agg(decode(lpad(to_hex(i), 2, '0'), 'hex'), '') FROM generate_series(0, 255) AS i)");
  std::vector<unsigned char> letters{'a', 0, 'b'};
  all_ways<om::bytea>(on, letters, "'\\x610062'");
}

TEST_CASE("dates, times and intervals") {
  using namespace std::chrono;
  connection on{""};
  all_ways<om::date>(on, to_date(sys_days{2024y / 2 / 29}), "'2024-02-29'");
  all_ways<om::date>(on, to_date(sys_days{year{-4713} / 11 / 24}), "'4714-11-24 BC'");
  all_ways<om::date>(on, om::date_value{2'145'031'948}, "'5874897-12-31'");
  all_ways<om::date>(on, om::date_value{limits<std::int32_t>::max()}, "'infinity'");
  all_ways<om::date>(on, om::date_value{limits<std::int32_t>::min()}, "'-infinity'");
  all_ways<om::time>(on, om::to_time(0us), "'00:00'");
  all_ways<om::time>(on, om::to_time(24h), "'24:00'");
  all_ways<om::time>(on, om::to_time(23h + 59min + 59s + 999'999us), "'23:59:59.999999'");
  all_ways<om::interval>(on, om::to_interval(months{14}, days{-3}, -4us), "'14 mons -3 days -0.000004 s'");
  all_ways<om::interval>(on, om::to_interval(days{30}), "interval '720 hours'");
  all_ways<om::interval>(on, om::interval_value{1, 0, 0}, "'1 mon'");
  all_ways<om::interval>(on, om::interval_value{0, 30, 0}, "'30 days'");
  if (on.facts().version >= 150'000) {  // older ones cannot read so long a time
    all_ways<om::interval>(
        on,
        om::interval_value{limits<std::int32_t>::min(), limits<std::int32_t>::min(), limits<std::int64_t>::min() + 1},
        "interval '-178956970 years -8 mons' + interval '-2147483647 days' - interval '1 day' + interval '-9223372036854775807 us'");
  }
  if (on.facts().version >= 170'000) {
    all_ways<om::interval>(
        on, om::interval_value{limits<std::int32_t>::max(), limits<std::int32_t>::max(), limits<std::int64_t>::max()},
        "'infinity'");
  }
  all_ways<om::timestamp>(on, to_local_timestamp(local_days{2024y / 2 / 29} + 1us), "'2024-02-29 00:00:00.000001'");
  all_ways<om::timestamptz>(on, om::timestamp_value{limits<std::int64_t>::min()}, "'-infinity'");
}

TEST_CASE("inet, and its texts") {
  connection on{""};
  for (const char* text :
       {"192.0.2.1", "192.0.2.1/24", "0.0.0.0/0", "255.255.255.255", "2001:db8::1", "::", "::1/128", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:7:8/3", "fe80::1:0:0:0", "1::", "2001:DB8:0:0:1::1", "64:ff9b::1.2.3.4/96"}) {
    CAPTURE(text);
    auto value = om::inet_value::parse(text);
    REQUIRE(value.has_value());
    all_ways<om::inet>(on, *value, "'" + std::string{text} + "'");
  }
  for (const char* text : {"", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1.2.3.4/33", "1.2.3.4/", ":::", "1::2::3",
                           "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::g", "::1/129", "12345::", "1.2.3.4::", "1:"}) {
    CAPTURE(text);
    CHECK(!om::inet_value::parse(text).has_value());
    CHECK_THROWS_AS(on.execute(statement{"no_inet", "SELECT '" + std::string{text} + "'::inet"}), om::statement_error);
  }
}

TEST_CASE("enums and domains, whose numbers no program knows") {
  connection on{""};
  make_types(on);
  all_ways<mood>(on, std::string_view{"sad"}, "'sad'");
  all_ways<mood>(on, mood::labels[2], "E'it\\'s\\\\\"häppy'");
  all_ways<amount>(on, std::string_view{"12.50"}, "'12.50'");
  all_ways<short_text>(on, std::string_view{"abcde"}, "'abcde'");
  CHECK(caught<om::statement_error>([&] {
          on.execute(statement{"label", "SELECT $1::app.\"Mood\""},
                     {om::wire<mood>{std::string_view{"glad"}}.as_parameter()});
        }).sqlstate() == "22P02");
}

TEST_CASE("arrays") {
  connection on{""};
  travels<om::array<om::int4>>(on, std::vector<std::int32_t>{}, "'{}'");
  travels<om::array<om::int4>>(on, std::vector<std::int32_t>{limits<std::int32_t>::min(), 0, 7}, "'{-2147483648,0,7}'");
  travels<om::array<om::text>>(on, std::vector<std::string>{"", "NULL", R"(a"b\c,{})"},
                               R"(ARRAY['', 'NULL', 'a"b\c,{}'])");
  travels<om::array<om::varchar<3>>>(on, std::vector<const char*>{"abc"}, "'{abc}'");
  result square = on.execute(statement{"square", "SELECT '{{1,2},{3,4}}'::integer[]"}, {}, result_format::binary);
  CHECK_THROWS_AS(om::decode<om::array<om::int4>>(square.text(0, 0)), om::refused);
  result other = on.execute(statement{"other", "SELECT '{1}'::bigint[]"}, {}, result_format::binary);
  CHECK_THROWS_AS(om::decode<om::array<om::int4>>(other.text(0, 0)), om::refused);
}

TEST_CASE("a column of another type than declared is noticed when it is read") {
  connection on{""};
  result row = on.execute(statement{"other", "SELECT 'abc'::text, 1::bigint, 1::smallint"}, {}, result_format::binary);
  CHECK_THROWS_AS(om::decode<om::numeric<>>(row.text(0, 0)), om::refused);
  CHECK_THROWS_AS(om::decode<om::inet>(row.text(0, 1)), om::refused);
  CHECK_THROWS_AS(om::decode<om::jsonb>(row.text(0, 1)), om::refused);
  CHECK_THROWS_AS(om::decode<om::date>(row.text(0, 2)), om::refused);
  CHECK_THROWS_AS(om::decode<om::array<om::text>>(row.text(0, 2)), om::refused);
}
