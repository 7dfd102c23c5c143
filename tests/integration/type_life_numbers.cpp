// SPDX-License-Identifier: BSL-1.0
// The whole life of a migration over numbers, up to their extremes.
#include <limits>
#include <string>
#include <string_view>

#include "integration/type_life.hpp"

using namespace test;

TEST_CASE("real") {
  using limits = std::numeric_limits<float>;
  live_both<om::float4, float>(
      {{0.1F, "0.1"}, {-0.0F, "'-0'"}, {limits::infinity(), "'Infinity'"}, {limits::quiet_NaN(), "'NaN'"}});
}

TEST_CASE("numeric") {
  live_both<om::numeric<>, std::string>({{"1.10", "1.10"},
                                         {"-0.000", "0.000"},
                                         {"1e20", "1e20"},
                                         {"NaN", "'NaN'"},
                                         {"-Infinity", "'-Infinity'"},
                                         {std::string(131072, '9'), "repeat('9', 131072)::numeric"}});
}

TEST_CASE("numeric(p, s), which rounds") {
  live_both<om::numeric<6, 2>, std::string>({{"1.1", "1.1"}, {"2.005", "2.005"}, {"-9999.994", "-9999.994"}});
}
