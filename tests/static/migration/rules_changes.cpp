// SPDX-License-Identifier: BSL-1.0
// The verdicts about structural changes that stand side by side: M054.
#include <concepts>

#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"name", om::text>,
                         om::column<"a", om::text>> {};

template <class... Changes>
using verdict = om::detail::check_structure_of<"m", users, Changes...>;

template <class Verdict, class Expected>
concept is = std::same_as<Verdict, Expected>;

using clash = om::changes_clash<"m", 0, 1>;
template <om::fixed_string Name>
using identity = om::set_replica_identity<om::replica_identity_index<Name>>;

}  // namespace

static_assert(is<verdict<om::comment_column<"name", "x">, om::comment_column<"name", "y">>, clash>);
static_assert(is<verdict<om::comment_column<"name", "x">, om::comment_column<"a", "x">>, om::accepted>);
static_assert(is<verdict<om::comment_table<"x">, om::comment_table<"y">>, clash>);
static_assert(is<verdict<om::comment_table<"x">, om::comment_column<"a", "x">>, om::accepted>);
static_assert(is<verdict<om::comment_column<"city", "x">>, om::no_such_column<users, "city", om::no_similar_name>>);
static_assert(is<verdict<om::drop_column<"a">, om::comment_column<"a", "x">>, clash>);

static_assert(is<verdict<identity<"i">, om::set_replica_identity<om::replica_identity_full>>, clash>);
static_assert(
    is<verdict<om::create_index<"i", om::columns<"id">, om::unique, om::storage<"fillfactor", 70>>, identity<"i">>,
       om::accepted>);
static_assert(is<verdict<identity<"">>, om::name_length<"", 0>>);

static_assert(is<verdict<om::set_default<"a", om::lit<"x">>, om::drop_default<"a">>, clash>);
static_assert(is<verdict<om::set_default<"a", om::lit<"x">>, om::drop_default<"name">>, om::accepted>);
