// SPDX-License-Identifier: BSL-1.0
// What structural changes do to the table of a history: what comes is there at once, what is tightened or goes only
// when the migration is finished.
#include <concepts>

#include <online_migration/static.hpp>

namespace om = online_migration;

namespace {

struct users : om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"mail", om::text>,
                         om::column<"old", om::text>> {};
struct required : om::migration<"required", users, om::set_not_null<"mail">> {};
struct without_old : om::migration<"without-old", users, om::drop_column<"old">> {};
struct with_count
    : om::migration<"with-count", users, om::add_constant_column<"n", om::integer, om::lit<0>, om::not_null>> {};
struct all : om::history<required, without_old, with_count> {};

static_assert(om::same_columns<om::schema_after<users, om::finished<with_count, required, without_old>>,
                               om::table<"users", om::column<"id", om::bigint, om::primary_key>,
                                         om::column<"mail", om::text, om::not_null>,
                                         om::column<"n", om::integer, om::not_null, om::has_default>>>);
static_assert(om::same_columns<
              om::schema_after<users, all>,
              om::table<"users", om::column<"id", om::bigint, om::primary_key>, om::column<"mail", om::text>,
                        om::column<"old", om::text>, om::column<"n", om::integer, om::not_null, om::has_default>>>);

// A table gets another name: from then on it has that, and the old one is gone for those who come later.
struct people : om::migration<"users-people", users, om::rename_table<"people">> {};
struct people_now : om::schema_after<users, people> {};
static_assert(std::same_as<om::schema_after<users, people>,
                           om::table<"people", om::column<"id", om::bigint, om::primary_key>,
                                     om::column<"mail", om::text>, om::column<"old", om::text>>>);
static_assert(std::same_as<om::schema_after<users, om::finished<people>>, om::schema_after<users, people>>);

template <class... Entries>
using verdict =
    om::detail::check_history<om::detail::concatenate_t<typename om::detail::steps_of_entry<Entries>::type...>>;
template <class Expected, class... Entries>
concept gives = std::same_as<verdict<Entries...>, Expected>;

struct of_people : om::migration<"of-people", people_now, om::set_not_null<"mail">> {};
struct back_to_users : om::migration<"users-again", people_now, om::rename_table<"users">> {};
struct without_people : om::migration<"no-people", people_now, om::drop_table> {};
struct made_users : om::migration<"users-made", users, om::make_table> {};
struct reads_mail : om::migration<"reads-mail", users, om::add_column<"low", om::text, om::trim(om::col<"mail">)>> {};
static_assert(gives<om::accepted, users, om::finished<people>, of_people>);
static_assert(gives<om::history_misfit<required, "users", om::table_is_gone_since<people>>, users, people, required>);
static_assert(gives<om::history_misfit<required, "users", om::table_is_gone_since<people>>, users, om::finished<people>,
                    required>);
static_assert(gives<om::accepted, users, om::finished<people, back_to_users>, required>);
static_assert(gives<om::history_misfit<of_people, "people", om::table_is_gone_since<back_to_users>>, users,
                    om::finished<people, back_to_users>, of_people>);
// Nobody else is at work on the table meanwhile.
static_assert(gives<om::open_collision<reads_mail, people, "mail">, users, reads_mail, people>);
static_assert(gives<om::open_collision<people, of_people, "mail">, users, people, of_people>);

// It goes once that is over, and another one of its name may come.
static_assert(gives<om::open_collision<without_people, of_people, "mail">, users, om::finished<people>, without_people,
                    of_people>);
static_assert(gives<om::history_misfit<of_people, "people", om::table_is_gone_since<without_people>>, users,
                    om::finished<people, without_people>, of_people>);
struct people_made : om::migration<"people-made", people_now, om::make_table> {};
static_assert(gives<om::accepted, users, om::finished<people, without_people>, people_made, om::finished<of_people>>);
static_assert(gives<om::history_misfit<made_users, "users", om::table_is_there>, users, made_users>);
static_assert(gives<om::accepted, made_users, required>);
// The old name of a renamed table is free for another one.
static_assert(gives<om::accepted, users, om::finished<people>, made_users, required, of_people>);

}  // namespace
