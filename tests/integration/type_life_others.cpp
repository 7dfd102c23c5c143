// SPDX-License-Identifier: BSL-1.0
// The whole life of a migration over times, addresses, arrays, domains over numbers and types of a user's own.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "integration/type_life.hpp"

using namespace test;

namespace {

template <class Integer>
using limits = std::numeric_limits<Integer>;

/// A type that the library does not know.
struct point_value {
  double x = 0;
  double y = 0;

  friend bool operator==(const point_value&, const point_value&) = default;
};

struct point {
  using value_type = point_value;
  static constexpr om::type_description description{
      .name = "point", .oid = 600, .array_oid = 1017, .identity = om::identity_form::image, .walks = false};

  struct codec {
    static constexpr std::size_t size = 16;
    static void store(const point_value& value, char* out) {
      om::store_binary(value.x, out);
      om::store_binary(value.y, out + 8);
    }
    static point_value load(const char* in) { return {om::load_binary<double>(in), om::load_binary<double>(in + 8)}; }
  };
};

/// One whose number no program knows, as of an extension, and whose binary form is its text.
struct name {
  using value_type = std::string_view;
  static constexpr om::type_description description{.name = "name",
                                                    .identity = om::identity_form::as_text,
                                                    .shape = om::type_shape::text_like,
                                                    .inner = &om::text::description};
};

}  // namespace

TEST_CASE("dates and times") {
  live_both<om::date, om::date_value>({{{0}, "'2000-01-01'"},
                                       {{-2451545}, "'4714-11-24 BC'"},
                                       {{limits<std::int32_t>::max()}, "'infinity'"},
                                       {{limits<std::int32_t>::min()}, "'-infinity'"}});
  live_both<om::time, om::time_value>({{{0}, "'00:00'"}, {{86'400'000'000}, "'24:00'"}, {{1}, "'00:00:00.000001'"}});
  live_both<om::timestamp, om::local_timestamp_value>({{{limits<std::int64_t>::max()}, "'infinity'"}});
}

TEST_CASE("intervals that are equal and not identical") {
  live_both<om::interval, om::interval_value>({{{1, 0, 0}, "'1 mon'"},
                                               {{0, 30, 0}, "'30 days'"},
                                               {{0, 0, 30 * 86'400'000'000}, "'720:00:00'"},
                                               {{-14, 3, -4}, "'-14 mons 3 days -0.000004 s'"}});
}

TEST_CASE("inet") {
  live_both<om::inet, om::inet_value>({{om::inet_value::parse("10.1.2.3/8").value(), "'10.1.2.3/8'"},
                                       {om::inet_value::parse("2001:db8::1").value(), "'2001:db8::1'"},
                                       {om::inet_value::parse("::/0").value(), "'::/0'"}});
}

TEST_CASE("arrays") {
  live<copied, om::array<om::int4>, std::vector<std::int32_t>>(
      {{{}, "'{}'"}, {{limits<std::int32_t>::min(), 7}, "'{-2147483648,7}'"}});
  live<copied, om::array<om::varchar<9>>, std::vector<std::optional<std::string>>>(
      {{{std::nullopt, "NULL", "a,\"b\"\\"}, R"(ARRAY[NULL, 'NULL', 'a,"b"\'])"}});
  live<copied, om::array<om::numeric<4, 1>>, std::vector<om::numeric_value>>({{{"1.0", -2}, "'{1.0,-2.0}'"}});
}

TEST_CASE("arrays of types whose numbers no program knows") {
  live<copied, om::array<om::enumeration<"size", "s", "m">>, std::vector<std::string>>(
      {{{"s", "m"}, "'{s,m}'"}}, "CREATE TYPE size AS ENUM ('s', 'm')");
  live<copied, om::array<om::domain<"cents", om::bigint>>, std::vector<std::int64_t>>(
      {{{limits<std::int64_t>::min()}, "'{-9223372036854775808}'"}}, "CREATE DOMAIN cents AS bigint");
}

TEST_CASE("domains over numbers, and over an array") {
  live_both<om::domain<"price", om::numeric<6, 2>>, std::string>({{"1.5", "1.5"}, {"2.005", "2.005"}},
                                                                 "CREATE DOMAIN price AS numeric(6,2)");
  live_both<om::domain<"app.cents", om::bigint>, std::int64_t>(
      {{limits<std::int64_t>::min(), "-9223372036854775808"}},
      "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE DOMAIN app.cents AS bigint");
  live<copied, om::domain<"tags", om::array<om::text>>, std::vector<std::string>>({{{"a", "b"}, "'{a,b}'"}},
                                                                                  "CREATE DOMAIN tags AS text[]");
}

TEST_CASE("types of a user's own") {
  live_both<point, point_value>({{{1.5, -0.0}, "'(1.5,-0)'"}, {{limits<double>::infinity(), 0}, "'(Infinity,0)'"}});
  live_both<name, std::string>({{"Ada", "'Ada'"}, {"", "''"}});
}
