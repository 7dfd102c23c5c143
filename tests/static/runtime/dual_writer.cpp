// SPDX-License-Identifier: BSL-1.0
// What a dual write is made of, as far as the compiler knows it: texts, types, and what refers to what.
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <online_migration/runtime/assignments.hpp>
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                         om::column<"first", om::text, om::not_null>, om::column<"last", om::varchar<5>>> {};
struct full_name : om::migration<"n", users, om::add_column<"name", om::text, om::concat(col<"first">, col<"last">)>> {
};
inline std::string twice(std::string_view text) { return std::string{text} + std::string{text}; }
struct doubled
    : om::migration<"n", users, om::add_column<"doubled", om::text, om::computed<&twice, "twice/1">(col<"last">)>> {};

// Texts are referred to, so that no call copies one.
static_assert(std::same_as<decltype(om::set<"first">("Ada")), om::assignment<"first", std::string_view>>);
static_assert(std::same_as<decltype(om::set<"first">(std::string{})), om::assignment<"first", std::string_view>>);
static_assert(std::same_as<decltype(om::set<"first">(std::optional<std::string>{})),
                           om::assignment<"first", std::optional<std::string_view>>>);
static_assert(std::same_as<decltype(om::set<"first">(om::text_value{})), om::assignment<"first", std::string_view>>);
static_assert(std::same_as<decltype(om::set<"id">(7)), om::assignment<"id", int>>);
static_assert(std::same_as<decltype(om::set<"last">(std::nullopt)), om::assignment<"last", std::nullopt_t>>);
static_assert(std::same_as<decltype(om::set<"last">(nullptr)), om::assignment<"last", std::nullptr_t>>);
static_assert(
    std::same_as<decltype(om::key(7, "a", std::string{})), om::key_values<int, std::string_view, std::string_view>>);
static_assert(om::set<"last">(std::optional<const char*>{"Ada"}).value == "Ada");

// Fragments: constants, numbered from where the user wants, in the table's order whatever the order of the names.
using assign = om::assignments<full_name>;
static_assert(assign::fragment<"first"> == R"("first" = $1::text, "name" = )"
                                           R"((COALESCE($1::text, ''::text) || COALESCE("last", ''::text)))");
static_assert(assign::fragment<"last", "first"> == assign::fragment<"first", "last">);
static_assert(assign::fragment_from<3, "last"> ==
              R"("last" = $3::character varying, "name" = )"
              R"((COALESCE("first", ''::text) || COALESCE($3::character varying(5), ''::text)))");
static_assert(assign::parameter_count<"first", "last"> == 2);
static_assert(om::assignments<doubled>::fragment<"last"> == R"("last" = $1::character varying, "doubled" = $2::text)");
static_assert(om::assignments<doubled>::fragment<"first"> == R"("first" = $1::text)");
static_assert(om::assignments<doubled>::parameter_count<"last"> == 2);
static_assert(om::assignments<doubled>::parameter_count<"first"> == 1);

// Parameters refer into the object that holds them.
using bound = decltype(assign::bind(om::set<"first">("Ada")));
static_assert(!std::is_copy_constructible_v<bound> && !std::is_move_constructible_v<bound>);

// A varchar as it is stored: blanks past its length are dropped, and nothing else is.
struct stored : om::column<"last", om::varchar<5>> {};
constexpr std::string_view as_stored(std::string_view text) { return om::detail::as_stored<stored>(text); }
static_assert(as_stored("") == "");
static_assert(as_stored("Ada  ") == "Ada  ");
static_assert(as_stored("Ada    ") == "Ada  ");
static_assert(as_stored("Adalove") == "Adalove");
static_assert(as_stored("Adalo e") == "Adalo e");
static_assert(as_stored("\xC3\x84\xC3\x96\xC3\x9C    ") == "\xC3\x84\xC3\x96\xC3\x9C  ");

}  // namespace
