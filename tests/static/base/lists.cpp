// SPDX-License-Identifier: BSL-1.0
#include <concepts>
#include <optional>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/edit_distance.hpp>
#include <online_migration/base/optional.hpp>
#include <online_migration/base/type_list.hpp>

using namespace online_migration;
using detail::edit_distance;
using detail::list;

static_assert(std::same_as<detail::concatenate_t<>, list<>>);
static_assert(std::same_as<detail::concatenate_t<list<int, char>>, list<int, char>>);
static_assert(std::same_as<detail::concatenate_t<list<int>, list<>, list<char, int>>, list<int, char, int>>);
static_assert(list<int, char>::size == 2);
static_assert(std::same_as<detail::at_t<0, list<int, char, bool>>, int>);
static_assert(std::same_as<detail::at_t<2, list<int, char, bool>>, bool>);

static_assert(decltype(hana::size(detail::as_hana(list<int, char>{})))::value == 2);
static_assert(std::same_as<type_list<int>, hana::tuple<hana::type<int>>>);

static_assert(detail::is_optional<std::optional<int>>);
static_assert(!detail::is_optional<int>);
static_assert(std::same_as<detail::plain_t<std::optional<int>>, int>);
static_assert(std::same_as<detail::plain_t<int>, int>);

struct wrong {};
struct worse {};
static_assert(std::same_as<detail::first_failure<>::type, accepted>);
static_assert(std::same_as<detail::first_failure<accepted, accepted>::type, accepted>);
static_assert(std::same_as<detail::first_failure<accepted, wrong, accepted, worse>::type, wrong>);
static_assert(accepts<accepted>);
static_assert(!accepts<wrong>);

// Distances counted by hand: one per insertion, deletion, substitution or swap of neighbours.
static_assert(edit_distance("", "") == 0);
static_assert(edit_distance("name", "name") == 0);
static_assert(edit_distance("", "name") == 4);
static_assert(edit_distance("name", "") == 4);
static_assert(edit_distance("nmae", "name") == 1);
static_assert(edit_distance("nam", "name") == 1);
static_assert(edit_distance("namme", "name") == 1);
static_assert(edit_distance("nome", "name") == 1);
static_assert(edit_distance("kitten", "sitting") == 3);
static_assert(edit_distance("ca", "abc") == 3);  // optimal string alignment; unrestricted would be 2

constexpr char hundred[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static_assert(edit_distance(hundred, "") == 63);
static_assert(edit_distance(hundred, hundred) == 0);
