// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string_view>

#include <online_migration/static.hpp>

// Laid out as tables.
// clang-format off

/// Declarations that between them lead to every form of every statement. Each has its file `<name>.sql` here.
namespace golden {

namespace om = online_migration;
using om::col, om::lit;

// The example of the documentation.
struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};

struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(col<"display_name">))>> {};

// A whole number into a wider column; NOT NULL.
struct display_name_length : om::migration<"users-display-name-length", users,
    om::add_column<"display_name_length", om::bigint, om::length(col<"display_name">), om::not_null>> {};

// A name so long that those of the trigger, the function and the constraint are cut, where bytes alone would cut a letter.
struct long_name : om::migration<"users-display-name-without-spaces-äöü-äöü-äöü-äöü", users,
    om::add_column<"display_name_solid", om::text,
        om::replace(col<"display_name">, lit<" ">, lit<"">), om::not_null>> {};

// A composite key of a uuid, a time and a text, in a schema of its own; several sources, some nullable; NOT NULL.
struct events : om::table<"events", om::in_schema<"app">,
    om::column<"tenant",      om::uuid,        om::primary_key>,
    om::column<"kind",        om::varchar<20>, om::not_null>,
    om::column<"happened_at", om::timestamptz, om::primary_key>,
    om::column<"title",       om::text>,
    om::column<"source",      om::text,        om::primary_key>,
    om::column<"detail",      om::text>,
    om::column<"seen",        om::boolean,     om::not_null>> {};

struct event_label : om::migration<"events-label", events,
    om::add_column<"label", om::text,
        om::concat(col<"kind">, lit<": ">, om::coalesce(col<"title">, col<"detail">)), om::not_null>> {};

// Several new columns of one table, server-only and portable ones, each with sources of its own; two of them NOT NULL. The
// application keeps them.
struct event_parts : om::migration<"events-parts", events,
    om::add_column<"shout", om::text, om::upper(col<"kind">), om::kept_by_application, om::not_null>,
    om::add_column<"title_or", om::text, om::coalesce(col<"title">, lit<"it's none">), om::kept_by_application>,
    om::add_column<R"(leng"t'h)", om::bigint, om::length(col<"kind">), om::not_null, om::kept_by_application>> {};

// One column split into two, and two merged into one: what is retired comes back by inverses. A column beside them that
// keeps its place.
struct people : om::table<"people",
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full name", om::text,   om::not_null>,
    om::column<"note",      om::text>> {};

struct split_name : om::migration<"people-split-name", people,
    om::replace_columns<
        om::from<"full name", om::concat(col<"first_name">, lit<" ">, col<"last's name">)>,
        om::into<"first_name", om::text, om::split_part(col<"full name">, lit<" ">, lit<1>), om::not_null>,
        om::into<"last's name", om::text, om::split_part(col<"full name">, lit<" ">, lit<2>), om::not_null>,
        om::samples<"Ada Lovelace", "Grace Hopper", " ">>> {};

struct parts : om::table<"parts", om::in_schema<"app">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"city", om::text,   om::not_null>,
    om::column<"note", om::text>,
    om::column<"zip",  om::text>> {};

struct merge_parts : om::migration<"parts-merge", parts,
    om::replace_columns<
        om::from<"zip", om::split_part(col<"place">, lit<" ">, lit<1>)>,
        om::from<"city", om::coalesce(om::split_part(col<"place">, lit<" ">, lit<2>), lit<"">)>,
        om::into<"place", om::text, om::concat(col<"zip">, lit<" ">, col<"city">)>>> {};

struct shuffle_parts : om::migration<"parts-shuffle", parts,
    om::replace_columns<
        om::from<"city", om::lossy>, om::from<"zip", om::lossy>,
        om::into<"place", om::text, om::concat(col<"zip">, lit<" ">, col<"city">)>,
        om::into<"note_of", om::text, om::coalesce(col<"note">, col<"zip">)>>> {};

// A varchar filled from texts that are known to be short; a key that the server fills.
struct customers : om::table<"customers",
    om::column<"id",      om::integer,     om::primary_key, om::has_default>,
    om::column<"name",    om::varchar<80>, om::not_null>,
    om::column<"country", om::varchar<2>>> {};

struct customer_code : om::migration<"customers-code", customers,
    om::add_column<"code", om::varchar<8>,
        om::concat(om::ascii_upper(om::substring(om::ltrim(col<"name">), lit<1>, lit<5>)), lit<"-">, col<"country">)>> {};

// A type whose equality is not identity: 0.0 = -0.0.
struct readings : om::table<"readings",
    om::column<"sensor", om::bigint,   om::primary_key>,
    om::column<"no",     om::smallint, om::primary_key>,
    om::column<"value",  om::float8>> {};

struct reading_copy : om::migration<"readings-value", readings,
    om::add_column<"value_v2", om::float8, col<"value">>> {};

// Server-only and total; server-only and partial, with a text and with a floating-point number.
struct accounts : om::table<"accounts",
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

struct lower_email : om::migration<"accounts-lower-email", accounts,
    om::add_column<"email_lower", om::text, om::lower(om::rtrim(col<"email">)), om::not_null>> {};

struct solid_email : om::migration<"accounts-solid-email", accounts,
    om::add_column<"email_solid", om::varchar<100>,
        om::sql<"pg_catalog.regexp_replace({}, '[[:space:]]{{1,}}', '', 'g')", om::varchar<100>>(om::trim(col<"email">))>> {};

struct email_weight : om::migration<"accounts-email-weight", accounts,
    om::add_column<"email_weight", om::float8,
        om::sql<"1 / pg_catalog.length({})::double precision", om::float8>(col<"email">)>> {};

// Client-only, over a composite key, with sources of two kinds of identity.
struct documents : om::table<"documents",
    om::column<"tenant", om::uuid,   om::primary_key>,
    om::column<"no",     om::bigint, om::primary_key>,
    om::column<"weight", om::float8>,
    om::column<"title",  om::text,   om::not_null>,
    om::column<"lang",   om::varchar<8>>> {};

constexpr std::string_view digest(std::string_view title, double weight) { return weight > 1 ? title.substr(0, 10) : ""; }

struct document_digest : om::migration<"documents-digest", documents,
    om::add_column<"digest", om::varchar<40>,
        om::computed<&digest, "digest/3", om::varchar<40>>(col<"title">, col<"weight">)>> {};

// Names that need quotes, in every place.
struct order_lines : om::table<R"(Order "Lines")", om::in_schema<R"(we"ird)">,
    om::column<"select",       om::bigint, om::primary_key>,
    om::column<R"(quo"te'd)",  om::text>,
    om::column<R"(back\slash)", om::text,  om::not_null>> {};

struct hostile_names : om::migration<R"(it's a "quoted" \ name)", order_lines,
    om::add_column<R"(New"'Col\umn)", om::text,
        om::replace(om::coalesce(col<R"(quo"te'd)">, col<R"(back\slash)">), lit<R"('\)">, lit<R"("$1)">), om::not_null>> {};

// A column that is replaced, with a way back: one that has a default, and one with names that need quotes.
struct balances : om::table<"balances", om::in_schema<"app">,
    om::column<"id",      om::bigint,  om::primary_key>,
    om::column<"balance", om::integer, om::not_null, om::has_default>,
    om::column<"note",    om::text>> {};

struct wide_balance : om::migration<"balances-wide", balances,
    om::replace_column<"balance", "balance_v2", om::bigint,
        col<"balance">, om::cast<om::integer>(col<"balance_v2">), om::not_null>> {};

struct hostile_replacement : om::migration<R"($tag$ \'"of" 'them' -- $$)", order_lines,
    om::replace_column<R"(quo"te'd)", R"(Ne"w'er)", om::text,
        om::replace(col<R"(quo"te'd)">, lit<R"('\$om$)">, lit<R"(")">), om::replace(col<R"(Ne"w'er)">, lit<R"(")">, lit<R"('\$om$)">)>> {};

// The key of a table, and the column that refers to it.
struct invoices : om::table<"invoices",
    om::column<"id",   om::integer, om::primary_key, om::has_default>,
    om::column<"note", om::text>> {};

struct invoice_items : om::table<"invoice_items",
    om::column<"item",       om::bigint,  om::primary_key>,
    om::column<"invoice_id", om::integer, om::not_null>> {};

struct wide_invoice_id : om::migration<"items-invoice-wide", invoice_items,
    om::replace_column<"invoice_id", "invoice_id_v2", om::bigint, col<"invoice_id">, om::derived_inverse, om::not_null>> {};

struct wide_key : om::migration<"invoices-id-wide", invoices,
    om::replace_key<"id", "id_v2", om::bigint, om::referenced_by<wide_invoice_id>>> {};

// The same without a way back.
struct solid_note : om::migration<"balances-solid-note", balances,
    om::replace_column<"note", "note_v2", om::text, om::replace(col<"note">, lit<" ">, lit<"">), om::lossy>> {};

// The same where neither way has a value for everything.
struct note_number : om::migration<"balances-note-number", balances,
    om::replace_column<"note", "note_number", om::integer,
        om::sql<"NULLIF(pg_catalog.regexp_replace({}, '[^0-9]', '', 'g'), '')::integer", om::integer>(col<"note">),
        om::sql<"({})::text", om::text>(col<"note_number">)>> {};

// A text that becomes an enum, and the way back that follows: choices among labels that need quotes.
using mood = om::enumeration<R"(app.mo"od)", "sad", "it's", R"($om$\)">;

struct diary : om::table<"diary", om::in_schema<"app">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"mood", om::text>> {};

struct diary_mood : om::migration<"diary-mood", diary,
    om::replace_column<"mood", "feeling", mood, om::cast<mood>(col<"mood">)>> {};

// A column that the application keeps after contract.
struct kept_email : om::migration<"accounts-kept-email", accounts,
    om::add_column<"email_kept", om::text, om::ascii_lower(col<"email">), om::kept_by_application>> {};

// Values that nobody else may see: keys are hashed, and witnesses have none.
struct patients : om::table<"patients",
    om::column<"number", om::text, om::primary_key, om::sensitive>,
    om::column<"name",   om::text, om::not_null,    om::sensitive>> {};

struct patient_initial : om::migration<"patients-initial", patients,
    om::add_column<"initial", om::text, om::sql<"pg_catalog.left({}, 1)", om::text>(col<"name">), om::sensitive>> {};

// Columns that move to another table, in another schema, under a key of two columns with other names there.
struct seats : om::table<"seats", om::in_schema<"app">,
    om::column<"hall",        om::varchar<20>, om::primary_key>,
    om::column<"seat",        om::integer,     om::primary_key>,
    om::column<"guest",       om::text>,
    om::column<R"(no"t'e\)",  om::text>> {};

struct guests : om::table<R"(g"uests')",
    om::column<R"(in"hall)",  om::varchar<20>, om::primary_key>,
    om::column<"on_seat",     om::integer,     om::primary_key>,
    om::column<"guest",       om::text>,
    om::column<"note",        om::text,        om::not_null>> {};

struct move_guests : om::migration<"seats-move-guests", seats,
    om::move_columns<guests, om::moved<"guest">,
        om::moved<"note", om::coalesce(om::col<R"(no"t'e\)">, om::lit<"">)>>> {};

// Columns that become rows of another table: some of which may be missing, one that is always there.
struct contacts : om::table<"contacts", om::in_schema<"app">,
    om::column<"book",        om::varchar<20>, om::primary_key>,
    om::column<"id",          om::integer,     om::primary_key>,
    om::column<"name",        om::text,        om::not_null>,
    om::column<R"(ho"me)",    om::text>,
    om::column<"home_since",  om::date>,
    om::column<"work",        om::varchar<40>>,
    om::column<"country",     om::text>> {};

struct numbers : om::table<R"(n"umbers')",
    om::column<"in_book",     om::varchar<20>, om::primary_key>,
    om::column<"contact",     om::integer,     om::primary_key>,
    om::column<R"(ki"nd)",    om::varchar<8>,  om::primary_key>,
    om::column<"number",      om::text,        om::not_null>,
    om::column<"since",       om::date>,
    om::column<"country",     om::text>> {};

struct extract_numbers : om::migration<"contacts-extract-numbers", contacts,
    om::extract_rows<numbers,
        om::row_at<"ho'me", om::moved<"number", om::coalesce(om::col<R"(ho"me)">, om::lit<"">)>,
            om::moved<"since", om::col<"home_since">>, om::moved<"country">>,
        om::row_at<"work", om::moved<"number", om::col<"work">>, om::moved<"country">>,
        om::row_at<"name", om::moved<"country">, om::moved<"number", om::col<"name">>>,
        om::from<R"(ho"me)", om::lossy>>> {};

// Elements of arrays that become rows.
struct posts : om::table<"posts", om::in_schema<"app">,
    om::column<"id",     om::bigint, om::primary_key>,
    om::column<R"(ta"gs)", om::array<om::varchar<9>>>,
    om::column<"since",  om::array<om::date>, om::not_null>> {};

struct post_tags : om::table<"post_tags",
    om::column<"post",   om::bigint, om::primary_key>,
    om::column<"number", om::bigint, om::primary_key>,
    om::column<R"(ta"g)", om::varchar<9>>,
    om::column<"since",  om::date>> {};

struct extract_tags : om::migration<"posts-extract-tags", posts,
    om::extract_rows<post_tags, om::row_each<om::moved<R"(ta"g)", om::col<R"(ta"gs)">>, om::moved<"since">>>> {};

// Looked up in another table, in another schema, by a key of two columns with other names there.
struct regions : om::table<R"(re"gions)",
    om::column<R"(co"de)",    om::varchar<20>, om::primary_key>,
    om::column<"no",          om::integer,     om::primary_key>,
    om::column<R"(na'me\)",   om::text>> {};

struct places : om::table<"places", om::in_schema<"app">,
    om::column<"id",          om::bigint,      om::primary_key>,
    om::column<R"(re"gion)",  om::varchar<20>>,
    om::column<"no",          om::integer>,
    om::column<"note",        om::text>> {};

struct region_name : om::migration<"places-region-name", places,
    om::add_column<"region_name", om::text,
        om::coalesce(om::lookup<regions, R"(na'me\)">(om::col<R"(re"gion)">, om::col<"no">), om::lit<"">), om::not_null,
        om::kept_by_application>> {};

// Structural changes: one of each kind.
struct orders : om::table<"orders", om::in_schema<"app">,
    om::column<"id",          om::bigint, om::primary_key>,
    om::column<"patient",     om::text>,
    om::column<"total",       om::integer>,
    om::column<R"(no"t'e\)",  om::text>,
    om::column<"state",       om::text>> {};

struct orderly : om::migration<"orders-orderly", orders,
    om::set_default<"state", lit<"it's new">>,
    om::create_index<"orders_by_total", om::columns<"total">, om::using_method<"brin">, om::storage<"pages_per_range", 64>,
        om::storage<"autosummarize", true>>,
    om::comment_column<R"(no"t'e\)", "it's $om$ said">, om::comment_table<"orders">,
    om::set_replica_identity<om::replica_identity_index<"orders_by_number">>,
    om::create_index<"orders_by_note", om::expressions<om::lower(col<R"(no"t'e\)">), col<"id">>, om::include<"total">,
        om::where<om::sql<"{} > 0", om::boolean>(col<"total">)>>,
    om::set_not_null<"patient">,
    om::add_check<"total_is_positive", om::sql<"{} >= 0", om::boolean>(col<"total">)>,
    om::add_unique<"orders_note_key", R"(no"t'e\)", "patient">,
    om::create_index<"orders_once", om::columns<"state", "total">, om::unique, om::where<om::sql<"{} > 0", om::boolean>(col<"total">)>>,
    om::add_foreign_key<"orders_patient_fkey", om::columns<"patient">, om::references<patients, "number">, om::on_delete_set_null>> {};

struct fewer_orders : om::migration<"orders-fewer", orders,
    om::drop_constraint<"orders_total_check">, om::drop_index<"orders_by_state">, om::drop_column<R"(no"t'e\)">> {};

struct looser_orders : om::migration<"orders-looser", orders,
    om::add_constant_column<"kind", om::text, lit<"it's a kind">, om::not_null>, om::drop_default<"state">,
    om::rename_constraint<"orders_a_check", R"(orders"b'check)">> {};

struct searched_orders : om::migration<"orders-searched", orders,
    om::add_column<"state_low", om::text, om::ascii_lower(col<"state">)>,
    om::create_index<"orders_by_state_low", om::columns<"state_low">, om::include<"total">>,
    om::comment_column<"state_low", "it's for the search">,
    om::add_unique<"orders_state_key", "state_low", "id">,
    om::add_check<"state_is_low", om::sql<"{} <> ''", om::boolean>(col<"state_low">)>,
    om::set_default<"total", om::lit<0>>, om::set_not_null<"total">, om::drop_default<"state">,
    om::rename_constraint<"orders_total_key", "one_total">, om::drop_constraint<"orders_total_check">,
    om::drop_index<"orders_by_state">> {};

struct wide_total : om::migration<"orders-total-wide", orders,
    om::replace_column<"total", "total_wide", om::bigint, col<"total">, om::cast<om::integer>(col<"total_wide">)>,
    om::create_index<"orders_by_total_wide", om::columns<"total_wide", "state">>,
    om::comment_column<"total_wide", "in cents">,
    om::add_unique<"orders_total_wide_key", "total_wide", "patient">,
    om::add_check<"total_wide_is_positive", om::sql<"{} >= 0", om::boolean>(col<"total_wide">)>> {};

struct strict_orders : om::table<"orders", om::in_schema<"app">,
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"total", om::integer, om::not_null>> {};

struct nullable_total : om::migration<"orders-nullable-total", strict_orders, om::drop_not_null<"total">> {};

struct renamed_orders : om::migration<"orders-renamed", orders, om::rename_table<R"(pur"chases')">> {};

struct new_orders : om::migration<"orders-new", orders, om::make_table> {};

struct no_orders : om::migration<"orders-none", orders, om::drop_table> {};

}  // namespace golden
