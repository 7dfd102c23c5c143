// SPDX-License-Identifier: BSL-1.0
// Inverses that follow from a transform, and samples over which the compiler tries them.
#include <concepts>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::accepted, om::cast, om::col, om::derived_inverse, om::lit, om::lossy, om::not_null, om::samples;

namespace {

struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"balance", om::integer, om::not_null>, om::column<"spare", om::smallint>,
                            om::column<"name", om::text, om::not_null>, om::column<"code", om::varchar<8>>,
                            om::column<"flag", om::boolean, om::not_null>, om::column<"at", om::timestamp>> {};

template <om::fixed_string Old, class Type, auto Transform, auto WayBack = derived_inverse, class... Options>
using change = om::replace_column<Old, "new", Type, Transform, WayBack, Options...>;

template <class Change, class Expected>
concept gives =
    std::same_as<om::detail::check_migration<"m", accounts, om::detail::completed<accounts, Change>>, Expected>;

/// Whether the inverse that follows is the one that one would write.
template <om::fixed_string Old, class Type, auto Transform, auto Inverse, class... Options>
concept follows = std::same_as<
    typename om::detail::completed<accounts, change<Old, Type, Transform, derived_inverse, Options...>>::inverse,
    std::remove_const_t<decltype(Inverse)>>;

template <class Change>
concept none_follows = std::same_as<om::detail::completed<accounts, Change>, Change>;

struct wide
    : om::migration<"wide", accounts, change<"balance", om::bigint, col<"balance">, derived_inverse, not_null>> {};
struct by_hand : om::migration<"wide", accounts,
                               change<"balance", om::bigint, col<"balance">, cast<om::integer>(col<"new">), not_null>> {
};

}  // namespace

static_assert(follows<"balance", om::bigint, col<"balance">, cast<om::integer>(col<"new">), not_null>);
static_assert(follows<"spare", om::integer, col<"spare">, cast<om::smallint>(col<"new">)>);
static_assert(follows<"name", om::text, col<"name">, col<"new">, not_null>);
static_assert(follows<"code", om::varchar<8>, col<"code">, col<"new">>);
static_assert(follows<"name", om::text, om::reverse(col<"name">), om::reverse(col<"new">), not_null>);
static_assert(follows<"at", om::timestamptz, om::at_utc(col<"at">), om::at_utc(col<"new">)>);
static_assert(follows<"balance", om::integer, -(col<"balance"> + lit<2>), -col<"new"> - lit<2>, not_null>);
static_assert(follows<"spare", om::integer, col<"spare"> - lit<2>, cast<om::smallint>(col<"new"> + lit<2>)>);
static_assert(follows<"balance", om::text, cast<om::text>(col<"balance">), cast<om::integer>(col<"new">), not_null>);
static_assert(std::same_as<std::remove_const_t<decltype(om::inverse_of<wide>)>,
                           std::remove_const_t<decltype(cast<om::integer>(col<"new">))>>);
// The same declaration as one with the inverse by hand.
static_assert(om::fingerprint<wide> == om::fingerprint<by_hand>);

// None follows from what loses something, gives NULL into a column that takes none, or has no way into the old type.
static_assert(none_follows<change<"name", om::text, om::trim(col<"name">)>>);
static_assert(none_follows<change<"balance", om::bigint, col<"balance">>>);
static_assert(none_follows<change<"code", om::text, col<"code">>>);
static_assert(none_follows<change<"balance", om::bigint, col<"balance"> * lit<2>, derived_inverse, not_null>>);
static_assert(none_follows<change<"balance", om::integer, col<"balance"> + col<"balance">, derived_inverse, not_null>>);
static_assert(none_follows<change<"balance", om::bigint, col<"balance">, lossy>>);
static_assert(none_follows<change<"blance", om::bigint, col<"blance">>>);
static_assert(gives<change<"balance", om::bigint, col<"balance">>, om::no_way_back<"balance", "new">>);

// M025: samples
template <om::literal_value Value>
using wrong = om::round_trip_fails<"name", "new", om::does_not_lead_back<Value>>;
template <auto Transform, auto WayBack, class Samples>
using renamed = change<"name", om::text, Transform, WayBack, not_null, Samples>;
constexpr auto upper = om::ascii_upper(col<"name">);
constexpr auto lower_back = om::ascii_lower(col<"new">);
static_assert(gives<renamed<upper, lower_back, samples<"ada", "", "é">>, accepted>);
static_assert(gives<renamed<upper, lower_back, samples<"ada", "Ada">>, wrong<"Ada">>);
static_assert(gives<renamed<col<"name">, derived_inverse, samples<" x", "">>, accepted>);
static_assert(
    gives<change<"balance", om::bigint, col<"balance">, derived_inverse, not_null, samples<0, -2147483648, 7>>,
          accepted>);
// One that fails, in the transform or in the inverse.
static_assert(gives<change<"balance", om::integer, -col<"balance">, derived_inverse, not_null, samples<7, -2147483648>>,
                    om::round_trip_fails<"balance", "new", om::does_not_lead_back<-2147483648>>>);
static_assert(gives<change<"balance", om::text, cast<om::text>(col<"balance">), cast<om::smallint>(col<"new">),
                           not_null, samples<70'000>>,
                    om::round_trip_fails<"balance", "new", om::does_not_lead_back<70'000>>>);
// No value of the old column; nothing to try.
static_assert(gives<change<"balance", om::bigint, col<"balance">, derived_inverse, not_null, samples<2147483648>>,
                    om::round_trip_fails<"balance", "new", om::is_no_value_of_the_old_column<2147483648>>>);
static_assert(gives<change<"balance", om::bigint, col<"balance">, derived_inverse, not_null, samples<"1">>,
                    om::round_trip_fails<"balance", "new", om::is_no_value_of_the_old_column<"1">>>);
static_assert(gives<change<"code", om::varchar<8>, col<"code">, derived_inverse, samples<"123456789">>,
                    om::round_trip_fails<"code", "new", om::is_no_value_of_the_old_column<"123456789">>>);
static_assert(gives<renamed<om::trim(col<"name">), lossy, samples<"x">>,
                    om::round_trip_fails<"name", "new", om::has_no_inverse>>);
static_assert(gives<renamed<om::lower(col<"name">), col<"new">, samples<"x">>,
                    om::round_trip_fails<"name", "new", om::only_the_server_computes>>);
static_assert(gives<om::add_column<"copy", om::text, col<"name">, samples<"x">>,
                    om::round_trip_fails<"", "copy", om::has_no_inverse>>);
static_assert(gives<change<"flag", om::boolean, !col<"flag">, !col<"new">, not_null, samples<true, false>>, accepted>);
