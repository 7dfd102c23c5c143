// SPDX-License-Identifier: BSL-1.0
// C++ functions of the user's own that take and give std::string, which floors 0-4 know nothing of.
#include <cctype>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

std::string normalise(const std::string& email) {
  std::string result;
  for (char letter : email) result += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

std::optional<std::string> host(std::string_view email) {
  std::size_t at = email.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  return std::string{email.substr(at + 1)};
}

std::string repeat(std::string_view text, std::int32_t times) {
  std::string result;
  for (std::int32_t i = 0; i < times; ++i) result += text;
  return result;
}

const char* constant(std::string_view) { return "constant"; }

struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"email", om::text, om::not_null>, om::column<"times", om::int4>> {};

template <auto Transform>
struct adds : om::migration<"m", accounts, om::add_column<"new", om::text, Transform>> {};

using normal = adds<om::computed<&normalise, "normalise/1">(col<"email">)>;
using host_of = adds<om::ascii_upper(om::trim(om::computed<&host, "host/1">(col<"email">)))>;
using repeated = adds<om::computed<&repeat, "repeat/1">(om::trim(col<"email">), col<"times">)>;
using known = adds<om::coalesce(om::computed<&host, "host/1">(col<"email">), lit<"nowhere">)>;
using fixed = adds<om::computed<&constant, "constant/1">(col<"email">)>;

}  // namespace

TEST_CASE("a function of strings computes the new value") {
  CHECK(om::is_client_only<normal>);
  CHECK(om::transform<normal>("Ada@Example.ORG") == "ada@example.org");
  CHECK(om::transform<normal>(std::string(1000, 'A')) == std::string(1000, 'a'));
  CHECK(om::transform<normal>(std::string{}) == "");
  CHECK(om::transform<fixed>("x") == "constant");
}

TEST_CASE("a function may give NULL, and portable functions go on with what it gives") {
  CHECK(om::transform<host_of>("ada@ example.org ") == "EXAMPLE.ORG");
  CHECK(om::transform<host_of>("nobody") == std::nullopt);
  CHECK(om::transform<known>("nobody") == "nowhere");
  CHECK(om::transform<known>("ada@a-host-with-a-name-that-no-small-buffer-holds.example.org") ==
        "a-host-with-a-name-that-no-small-buffer-holds.example.org");
}

TEST_CASE("several arguments; NULL in any of them gives NULL without a call") {
  CHECK(om::transform<repeated>(" ab ", 3) == "ababab");
  CHECK(om::transform<repeated>(" ab ", std::nullopt) == std::nullopt);
  CHECK(om::transform<repeated>(std::string{"x"}, std::optional{20}) == std::string(20, 'x'));
}

TEST_CASE("the result owns its bytes") {
  auto value = om::transform<normal>(std::string{"A temporary that is gone when the value is read"});
  CHECK(value == "a temporary that is gone when the value is read");
}
