// SPDX-License-Identifier: BSL-1.0
// Values that stand for PostgreSQL's. What the server makes of them is asked in tests/integration/type_codecs.cpp.
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <online_migration/schema/values.hpp>

using namespace online_migration;

constexpr bool reads(std::string_view given, std::string_view printed) {
  return numeric_value{given}.view() == printed;
}
static_assert(numeric_value{}.view() == "0");
static_assert(reads("1.10", "1.10") && reads("+001", "1") && reads("-0", "0") && reads("-0.00", "0.00"));
static_assert(reads(".5", "0.5") && reads("5.", "5") && reads("1e2", "100") && reads("1.25E+1", "12.5"));
static_assert(reads("1.5e-3", "0.0015") && reads("-12e-1", "-1.2") && reads("nan", "NaN") &&
              reads("-INF", "-Infinity"));
static_assert(numeric_value{std::numeric_limits<std::int64_t>::min()}.view() == "-9223372036854775808");
static_assert(!numeric_value{"x"}.is_number() && !numeric_value{""}.is_number() && !numeric_value{"1e"}.is_number());
static_assert(!numeric_value{"-nan"}.is_number() && !numeric_value{" 1"}.is_number());
static_assert(numeric_value{"1.10"} == numeric_value{"1.10"} && !(numeric_value{"1.10"} == numeric_value{"1.1"}));
static_assert(!std::convertible_to<double, numeric_value> && !std::convertible_to<bool, numeric_value> &&
              !std::convertible_to<std::uint64_t, numeric_value>);

constexpr bool rounds(std::string_view given, std::int32_t scale, std::string_view printed) {
  return numeric_value{given}.rounded(scale).view() == printed;
}
static_assert(rounds("1.005", 2, "1.01") && rounds("-9.995", 2, "-10.00") && rounds("-0.004", 2, "0.00"));
static_assert(rounds("1250", -2, "1300") && rounds("50", -2, "100") && rounds("49", -2, "0") && rounds("99", -3, "0"));
static_assert(rounds("1", 3, "1.000") && rounds("NaN", 2, "NaN"));
static_assert(numeric_value{"-120.5"}.whole_digits() == 3 && numeric_value{"0.5"}.whole_digits() == 0);

static_assert(inet_value::parse("10.1.2.3/8")->prefix == 8 && inet_value::parse("10.1.2.3")->prefix == 32);
static_assert(inet_value::parse("::1")->address[15] == 1 && inet_value::parse("::1")->version == 6);
static_assert(inet_value::parse("1:2::3:4")->address[13] == 3 && inet_value::parse("1:2::3:4")->address[5] == 0);
static_assert(inet_value::parse("::ffff:192.0.2.1")->address[12] == 192);
static_assert(inet_value::parse("2001:DB8::1") == inet_value::parse("2001:db8:0:0:0:0:0:1"));
static_assert(!inet_value::parse("1.2.3") && !inet_value::parse(":::") && !inet_value::parse("1::2::3"));
static_assert(!inet_value::parse("1.2.3.4/33") && !inet_value::parse("::/129") && !inet_value::parse(""));

static_assert(interval_value{1, 0, 0} != interval_value{0, 30, 0} && date_value{1} < date_value{2});

constexpr std::array<std::int32_t, 3> numbers{1, 2, 3};
static_assert(array_view<std::int32_t>{numbers}.size() == 3);
static_assert(std::convertible_to<std::array<std::optional<std::string_view>, 2>, array_view<std::string_view>>);
static_assert(std::convertible_to<std::array<const char*, 2>, array_view<std::string_view>>);
// No element may change in silence.
static_assert(!std::convertible_to<std::array<std::int64_t, 3>, array_view<std::int32_t>>);
static_assert(!std::convertible_to<std::array<double, 3>, array_view<float>>);
static_assert(!std::convertible_to<std::string_view, bytes_view> &&
              std::convertible_to<std::array<unsigned char, 2>, bytes_view>);
