// SPDX-License-Identifier: BSL-1.0
// What `om::sensitive` changes, and what it does not.
#include <online_migration/static.hpp>

#include "static/contains.hpp"

namespace om = online_migration;

namespace {

template <class... Properties>
struct people : om::table<"people", om::column<"id", om::bigint, om::primary_key>,
                          om::column<"name", om::text, om::not_null, Properties...>,
                          om::column<"address", om::text, om::sensitive>> {};

template <class Table, class... Options>
struct lower
    : om::migration<"lower", Table, om::add_column<"lower", om::text, om::ascii_lower(om::col<"name">), Options...>> {};

using plain = lower<people<>>;
using of_sensitive = lower<people<om::sensitive>>;
using into_sensitive = lower<people<>, om::sensitive>;

static_assert(om::describe_table<people<om::sensitive>>.columns[1].is_sensitive);
static_assert(!om::describe_table<people<>>.columns[1].is_sensitive);
static_assert(om::column<"a", om::text, om::not_null, om::sensitive>::is_required);

// Either end of it makes a migration sensitive; a column beside it does not.
static_assert(!om::describe_migration<plain>.is_sensitive);
static_assert(om::describe_migration<of_sensitive>.is_sensitive);
static_assert(om::describe_migration<into_sensitive>.is_sensitive);
static_assert(om::describe_migration<lower<people<>, om::not_null, om::sensitive>>.target_required);

// It decides nothing about what is written to which row: a run goes on when it is added.
static_assert(om::fingerprint<plain> == om::fingerprint<of_sensitive>);
static_assert(om::fingerprint<plain> == om::fingerprint<into_sensitive>);
static_assert(om::statements<plain>::backfill_chunk.view() == om::statements<of_sensitive>::backfill_chunk.view());
static_assert(om::statements<plain>::parity_count.view() == om::statements<into_sensitive>::parity_count.view());

// No statement that records something writes a value of it.
static_assert(contains(om::statements<plain>::parity_witness.view(), R"(t."lower"::text, false FROM)"));
static_assert(contains(om::statements<of_sensitive>::parity_witness.view(), "NULL, NULL, true FROM"));
static_assert(contains(om::statements<into_sensitive>::parity_repair.view(), "NULL, NULL, true FROM"));
static_assert(!contains(om::statements<into_sensitive>::parity_repair.view(), R"("lower"::text)"));
static_assert(!contains(om::statements<of_sensitive>::parity_sample.view(), R"("lower"::text)"));

/// A replaced column is read, so its property counts too.
struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"balance", om::integer, om::not_null, om::sensitive>> {};
struct wider : om::migration<"wider", accounts,
                             om::replace_column<"balance", "balance_v2", om::bigint, om::col<"balance">, om::lossy>> {};
static_assert(om::describe_migration<wider>.is_sensitive);

}  // namespace
