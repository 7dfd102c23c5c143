// SPDX-License-Identifier: BSL-1.0
// The verdicts of the rules about a replaced column, M018 to M022, and those of older rules about an inverse.
#include <concepts>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::accepted, om::cast, om::col, om::did_you_mean, om::lossy;

namespace {

struct accounts
    : om::table<
          "accounts", om::column<"id", om::bigint, om::primary_key>, om::column<"balance", om::integer, om::not_null>,
          om::column<"spare", om::integer>, om::column<"name", om::text, om::not_null>, om::column<"nick", om::text>,
          om::column<"code", om::varchar<8>>, om::column<"fallback", om::integer, om::not_null, om::has_default>> {};

template <class Change, class Table = accounts>
using verdict_of = om::detail::check_migration<"m", Table, Change>;

template <class Change, class Expected, class Table = accounts>
concept gives = std::same_as<verdict_of<Change, Table>, Expected>;

/// balance -> balance_v2 as a bigint.
template <auto WayBack, class... Options>
using wide = om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">, WayBack, Options...>;
/// name -> name_v2 as a text.
template <auto Transform, auto WayBack, class... Options>
using renamed = om::replace_column<"name", "name_v2", om::text, Transform, WayBack, Options...>;

constexpr std::string_view plain(std::string_view text) { return text; }
constexpr std::string_view other(std::string_view text) { return text; }
constexpr auto client = om::computed<&plain, "plain/1">(col<"name">);
constexpr auto client_back = om::computed<&other, "other/1">(col<"name_v2">);
constexpr auto narrow = cast<om::integer>(col<"balance_v2">);

}  // namespace

// What is right: with an inverse, without one, and with every option.
static_assert(gives<wide<narrow, om::not_null>, accepted>);
static_assert(gives<wide<narrow, om::not_null, om::sensitive>, accepted>);
static_assert(gives<wide<lossy>, accepted> && gives<wide<lossy, om::not_null>, accepted>);
static_assert(
    gives<om::replace_column<"spare", "spare_v2", om::bigint, col<"spare">, cast<om::integer>(col<"spare_v2">)>,
          accepted>);
static_assert(gives<renamed<om::lower(col<"name">), col<"name_v2">, om::not_null>, accepted>);
static_assert(
    gives<renamed<om::sql<"{}", om::text>(col<"name">), om::coalesce(col<"name_v2">, om::lit<"">)>, accepted>);
static_assert(gives<renamed<om::concat(col<"name">, col<"nick">), lossy>, accepted>);
static_assert(gives<renamed<client, lossy>, accepted>);

// M018
static_assert(gives<om::replace_column<"balance", "balance_v2", om::bigint, col<"balance">>,
                    om::no_way_back<"balance", "balance_v2">>);
static_assert(gives<om::replace_column<"nick", "nick_v2", om::text, col<"nick">>, om::no_way_back<"nick", "nick_v2">>);
static_assert(gives<om::add_column<"copy", om::bigint, col<"balance">>, accepted>);

// M019, also where the transform reads nothing; before M018
using no_source = om::replaced_column_not_read<"nick", "new">;
static_assert(gives<om::replace_column<"nick", "new", om::text, col<"name">, lossy>, no_source>);
static_assert(gives<om::replace_column<"nick", "new", om::text, om::lit<"x">, lossy>, no_source>);
static_assert(gives<om::replace_column<"nick", "new", om::text, om::trim(col<"name">)>, no_source>);
static_assert(
    gives<om::replace_column<"nick", "new", om::text, om::coalesce(col<"name">, col<"nick">), lossy>, accepted>);

// M020: a third column, on either way
template <class Reason>
using name_back = om::unusable_inverse<"name", "name_v2", Reason>;
using third = name_back<om::reads_a_third_column>;
static_assert(gives<renamed<om::concat(col<"name">, col<"nick">), col<"name_v2">, om::not_null>, third>);
static_assert(gives<renamed<col<"name">, om::concat(col<"name_v2">, col<"nick">), om::not_null>, third>);
static_assert(gives<renamed<col<"name">, om::lit<"x">, om::not_null>, third>);
static_assert(gives<renamed<col<"name">, col<"code">>, third>);

// M020: what only the client computes, on either way
using by_client = name_back<om::only_the_client_computes>;
static_assert(gives<renamed<client, col<"name_v2">, om::not_null>, by_client>);
static_assert(gives<renamed<col<"name">, client_back, om::not_null>, by_client>);
static_assert(gives<renamed<client, client_back, om::not_null>, by_client>);
static_assert(gives<renamed<om::lower(col<"name">), client_back, om::not_null>, by_client>);

// M020: NULL into an old column that has none, because the new column is nullable or because the inverse is
using gives_null = name_back<om::gives_null_into_not_null>;
static_assert(gives<renamed<col<"name">, col<"name_v2">>, gives_null>);
static_assert(gives<renamed<col<"name">, om::sql<"{}", om::text>(col<"name_v2">), om::not_null>, gives_null>);
static_assert(
    gives<renamed<col<"name">, om::coalesce(om::sql<"{}", om::text>(col<"name_v2">), om::lit<"">), om::not_null>,
          accepted>);
static_assert(gives<om::replace_column<"fallback", "fallback_v2", om::bigint, col<"fallback">,
                                       cast<om::integer>(col<"fallback_v2">)>,
                    om::unusable_inverse<"fallback", "fallback_v2", om::gives_null_into_not_null>>);

// M021
template <class Reason>
using kept = om::maintenance_conflict<"new", Reason>;
template <auto Transform, class... Options>
using added = om::add_column<"new", om::text, Transform, Options...>;
static_assert(gives<added<col<"name">, om::kept_by_trigger, om::kept_by_application>, kept<om::both_are_said>>);
static_assert(
    gives<added<col<"name">, om::kept_by_application, om::sensitive, om::kept_by_trigger>, kept<om::both_are_said>>);
static_assert(gives<added<client, om::kept_by_trigger>, kept<om::only_the_client_computes>>);
static_assert(gives<added<client, om::kept_by_application>, accepted> && gives<added<client>, accepted>);
static_assert(gives<added<col<"name">, om::kept_by_trigger>, accepted>);
static_assert(gives<added<col<"name">, om::kept_by_application, om::not_null, om::sensitive>, accepted>);
static_assert(
    gives<wide<lossy, om::kept_by_trigger>, om::maintenance_conflict<"balance_v2", om::its_source_is_retired>>);
static_assert(gives<wide<narrow, om::not_null, om::kept_by_application>,
                    om::maintenance_conflict<"balance_v2", om::its_source_is_retired>>);

// M022
struct pairs
    : om::table<"pairs", om::column<"a", om::integer, om::primary_key>, om::column<"b", om::integer, om::primary_key>> {
};
static_assert(gives<om::replace_column<"id", "id_v2", om::bigint, col<"id">, col<"id_v2">, om::not_null>,
                    om::key_column_replaced<accounts, "id">>);
static_assert(
    gives<om::replace_column<"b", "b_v2", om::bigint, col<"b">, lossy>, om::key_column_replaced<pairs, "b">, pairs>);

// The older rules, over the change and over its way back
template <class Change>
using back = om::detail::reversed_table<accounts, Change>;
static_assert(gives<om::replace_column<"blance", "balance_v2", om::bigint, col<"balance">, lossy>,
                    om::no_such_column<accounts, "blance", did_you_mean<"balance">>>);
static_assert(gives<om::replace_column<"balance", "balance", om::bigint, col<"balance">, lossy>,
                    om::duplicate_column<accounts, "balance">>);
static_assert(gives<om::replace_column<"balance", "spare", om::bigint, col<"balance">, lossy>,
                    om::duplicate_column<accounts, "spare">>);
static_assert(gives<om::replace_column<"spare", "spare_v2", om::bigint, col<"spare">, lossy, om::not_null>,
                    om::nullable_into_not_null<accounts, "spare_v2", om::nullable_columns<"spare">>>);
// The way back has the new column, and not the old one.
using misspelt = wide<cast<om::integer>(col<"balance_2">), om::not_null>;
static_assert(gives<misspelt, om::no_such_column<back<misspelt>, "balance_2", did_you_mean<"balance_v2">>>);
using circular = wide<col<"balance">, om::not_null>;
static_assert(gives<circular, om::no_such_column<back<circular>, "balance", did_you_mean<"balance_v2">>>);
// M002: a bigint does not fit the old column by itself.
static_assert(gives<wide<col<"balance_v2">, om::not_null>,
                    om::type_mismatch<"balance", om::given<"bigint">, om::declared<"integer">>>);
static_assert(gives<wide<cast<om::smallint>(col<"balance_v2">), om::not_null>, accepted>);
static_assert(gives<om::replace_column<"code", "code_v2", om::text, col<"code">, col<"code_v2">>,
                    om::type_mismatch<"code", om::given<"text">, om::declared<"character varying(8)">>>);
// M013 and M008
using text_sum = renamed<col<"name">, om::abs(col<"name_v2">), om::not_null>;
static_assert(gives<text_sum, om::wrong_argument<back<text_sum>, "abs", om::given<"text">>>);
using clash = renamed<col<"name">, om::concat(om::lower(col<"name_v2">), client_back), om::not_null>;
static_assert(gives<clash, om::mixed_worlds<"lower", "other/1">>);

// One mistake at a time: names, types, maintenance, the column, whether it is read, the way back, the key, the inverse.
static_assert(gives<om::replace_column<"blance", "b2", om::bigint, col<"name">>,
                    om::type_mismatch<"b2", om::given<"text">, om::declared<"bigint">>>);
static_assert(gives<om::replace_column<"nick_", "n2", om::text, col<"name">, lossy, om::kept_by_trigger>,
                    om::maintenance_conflict<"n2", om::its_source_is_retired>>);
static_assert(gives<om::replace_column<"nick_", "n2", om::text, col<"name">>,
                    om::no_such_column<accounts, "nick_", did_you_mean<"nick">>>);
static_assert(gives<om::replace_column<"id", "id_v2", om::bigint, col<"id">>, om::no_way_back<"id", "id_v2">>);
static_assert(
    gives<om::replace_column<"id", "id_v2", om::bigint, col<"id">, col<"x">>, om::key_column_replaced<accounts, "id">>);

// What the options come to.
static_assert(om::add_column<"n", om::text, col<"name">>::trigger_keeps);
static_assert(!om::add_column<"n", om::text, client>::trigger_keeps);  // nobody but the application can
static_assert(!added<col<"name">, om::kept_by_application>::trigger_keeps &&
              added<col<"name">, om::kept_by_trigger>::trigger_keeps);
static_assert(!wide<lossy>::trigger_keeps && !wide<lossy>::is_required && wide<lossy, om::not_null>::is_required);
static_assert(wide<lossy, om::sensitive>::is_sensitive && !wide<lossy>::is_sensitive);
static_assert(!om::detail::has_inverse<wide<lossy>> && om::detail::has_inverse<wide<narrow>>);
static_assert(!om::detail::has_inverse<added<col<"name">>>);
static_assert(!om::derived_column_option<om::primary_key> && !om::derived_column_option<om::lossy_t>);

// What is sensitive: the new column, or one that it follows from, and no other.
struct secrets : om::table<"secrets", om::column<"id", om::bigint, om::primary_key>,
                           om::column<"plain", om::integer, om::not_null>,
                           om::column<"secret", om::integer, om::not_null, om::sensitive>> {};
template <class Change>
struct secret : om::migration<"s", secrets, Change> {};
template <class Change>
inline constexpr bool is_sensitive = om::describe_migration<secret<Change>>.is_sensitive;
static_assert(!is_sensitive<om::add_column<"n", om::integer, col<"plain">>>);
static_assert(is_sensitive<om::add_column<"n", om::integer, col<"plain">, om::sensitive>>);
static_assert(is_sensitive<om::add_column<"n", om::integer, col<"secret">>>);
static_assert(is_sensitive<om::replace_column<"secret", "n", om::bigint, col<"secret">, lossy>>);
static_assert(is_sensitive<om::replace_column<"plain", "n", om::bigint, col<"plain">, lossy, om::sensitive>>);

// A migration as a plain value.
template <class Change>
struct moved : om::migration<"moved", accounts, Change> {};
constexpr auto& there = om::describe_migration<moved<wide<narrow, om::not_null>>>;
static_assert(om::detail::replaces(there) && om::detail::has_way_back(there) && !there.trigger_keeps && there.total);
static_assert(om::detail::first_replaced(there).name == "balance" && there.target == "balance_v2" &&
              there.target_required);
static_assert(there.reverse->target == "balance" && there.reverse->target_required && there.reverse->may_fail);
static_assert(there.reverse->table.find("balance_v2") == there.table.find("balance"));
static_assert(there.reverse->table.find("balance") == om::table_description::none);
constexpr auto& lost = om::describe_migration<moved<wide<lossy>>>;
static_assert(om::detail::replaces(lost) && !om::detail::has_way_back(lost));
static_assert(!om::detail::replaces(om::describe_migration<moved<added<col<"name">>>>));
