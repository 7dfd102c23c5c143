// SPDX-License-Identifier: BSL-1.0
// C++ functions within a transform, as far as constant evaluation goes: what needs <string> is in tests/unit.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/transform/computed.hpp>
#include <online_migration/transform/null_functions.hpp>
#include <online_migration/transform/row.hpp>
#include <online_migration/transform/text_functions.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"email", om::text, om::not_null>, om::column<"cents", om::int8>> {};

constexpr std::string_view domain(std::string_view email) { return email.substr(email.find('@') + 1); }
constexpr std::int64_t twice(std::int64_t value) noexcept { return 2 * value; }
constexpr std::optional<std::int64_t> positive(const std::int64_t& value) {
  return value > 0 ? std::optional{value} : std::nullopt;
}
constexpr bool both(std::string_view email, std::int64_t cents) { return !email.empty() && cents > 0; }

constexpr auto domain_of = om::computed<&domain, "domain/1">(col<"email">);
constexpr auto doubled = om::computed<&twice, "twice/1">(col<"cents">);

template <class Node>
constexpr auto value(Node, std::string_view email, std::optional<std::int64_t> cents = std::nullopt) {
  return Node::evaluate(om::detail::source_row{om::assignment<"email", std::string_view>{email},
                                               om::assignment<"cents", std::optional<std::int64_t>>{cents}});
}

template <class Node>
constexpr om::expression_type type(Node) {
  return Node::type_over(om::describe_table<accounts>);
}

}  // namespace

static_assert(value(domain_of, "ada@example.org") == "example.org");
static_assert(std::same_as<decltype(value(domain_of, "")), om::text_value>);
static_assert(value(doubled, "", 21) == 42);
static_assert(value(doubled, "") == std::nullopt);  // not called for NULL
static_assert(value(om::computed<&positive, "positive/1">(col<"cents">), "", -1) == std::nullopt);
static_assert(value(om::computed<&positive, "positive/1">(col<"cents">), "", 1) == 1);
static_assert(value(om::computed<&both, "both/1">(col<"email">, col<"cents">), "a", 1) == true);
static_assert(value(om::computed<&both, "both/1">(col<"email">, col<"cents">), "a") == std::nullopt);

// within portable functions, and over them
static_assert(value(om::ascii_upper(om::trim(domain_of)), "ada@ example.org ") == "EXAMPLE.ORG");
static_assert(value(om::computed<&domain, "domain/1">(om::ascii_lower(col<"email">)), "A@B.ORG") == "b.org");
static_assert(value(om::coalesce(doubled, lit<5000000000>), "") == 5000000000);

// the type follows from the function, unless it is given
static_assert(type(domain_of).type == om::text::description && !type(domain_of).nullable);
static_assert(type(doubled).type == om::int8::description && type(doubled).nullable);
static_assert(type(om::computed<&positive, "positive/1">(lit<5000000000>)).nullable);
static_assert(type(om::computed<&domain, "domain/1", om::varchar<60>>(col<"email">)).type ==
              om::varchar<60>::description);
static_assert(!type(om::computed<&domain, "domain/1">(col<"nothing">)).valid);

// one argument for each parameter
template <class... Arguments>
concept callable = requires(Arguments... arguments) { om::computed<&both, "both/1">(arguments...); };
static_assert(callable<decltype(col<"email">), decltype(col<"cents">)>);
static_assert(!callable<decltype(col<"email">)>);
