// SPDX-License-Identifier: BSL-1.0
// fixed_string and what writes SQL: numbers, identifiers, literals. Expected texts as in PostgreSQL's manual, 4.1.
#include <cstdint>
#include <limits>
#include <string_view>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/sink.hpp>

using namespace online_migration;
using namespace std::string_view_literals;

namespace {

template <class Write>
constexpr bool writes(Write write, std::string_view expected) {
  char text[256]{};
  detail::sink out{text};
  write(out);
  return std::string_view{text, out.size} == expected && detail::size_of(write) == expected.size();
}

constexpr bool number(std::int64_t value, std::string_view expected) {
  return writes([=](detail::sink& out) { out.number(value); }, expected);
}
constexpr bool identifier(std::string_view name, std::string_view expected) {
  return writes([=](detail::sink& out) { out.identifier(name); }, expected);
}
constexpr bool literal(std::string_view text, std::string_view expected) {
  return writes([=](detail::sink& out) { out.literal(text); }, expected);
}

}  // namespace

static_assert(fixed_string{"users"}.size() == 5);
static_assert(fixed_string{"users"}.view() == "users");
static_assert(fixed_string{""}.view().empty());
static_assert(fixed_string{"ä"}.size() == 2);
static_assert(fixed_string{"a\0b"}.view() == "a\0b"sv);
static_assert(fixed_string{"a"} == fixed_string{"a"});
static_assert(same_text(fixed_string{"a"}, fixed_string{"a"}));
static_assert(!same_text(fixed_string{"a"}, fixed_string{"b"}));
static_assert(!same_text(fixed_string{"a"}, fixed_string{"ab"}));

static_assert(number(0, "0"));
static_assert(number(-7, "-7"));
static_assert(number(1'234'567'890, "1234567890"));
static_assert(number(std::numeric_limits<std::int64_t>::max(), "9223372036854775807"));
static_assert(number(std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"));

static_assert(identifier("users", R"("users")"));
static_assert(identifier("select", R"("select")"));
static_assert(identifier("Mixed Case", R"("Mixed Case")"));
static_assert(identifier(R"(a"b""c)", R"("a""b""""c")"));
static_assert(identifier(R"(back\slash)", R"("back\slash")"));
static_assert(identifier("ünï", R"("ünï")"));

static_assert(literal("", "''"));
static_assert(literal("it's", "'it''s'"));
static_assert(literal(R"(a\b)", R"(E'a\\b')"));
static_assert(literal(R"(\')", R"(E'\\''')"));
static_assert(literal("ß \"quoted\"", "'ß \"quoted\"'"));

static_assert(writes([](detail::sink& out) { out.all("a", std::string_view{"b"}, ""); }, "ab"));
static_assert(detail::piece{"four"}.size == 4);
static_assert(detail::piece{"äö"sv}.size == 4);
