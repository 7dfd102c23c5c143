// SPDX-License-Identifier: BSL-1.0
// The functions of the catalogue in constant evaluation: values on paper, types, totality, and what has no value.
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <online_migration/static.hpp>

namespace om = online_migration;
using om::col, om::lit;

namespace {

struct things : om::table<"things", om::column<"id", om::bigint, om::primary_key>,
                          om::column<"name", om::text, om::not_null>, om::column<"nick", om::text>,
                          om::column<"n", om::integer, om::not_null>, om::column<"s", om::smallint, om::not_null>,
                          om::column<"flag", om::boolean>, om::column<"at", om::timestamp, om::not_null>,
                          om::column<"tz", om::timestamptz, om::not_null>, om::column<"f8", om::float8>> {};

template <auto Transform, class Type>
struct as : om::migration<"m", things, om::add_column<"new", Type, Transform>> {};

template <auto Transform, class Type, class... Values>
constexpr auto value(const Values&... values) {
  return om::transform<as<Transform, Type>>(values...);
}

/// Whether the compiler can compute the new value: it cannot where PostgreSQL has none.
template <auto Transform, class Type, auto... Values>
concept has_value = requires { typename std::bool_constant<(value<Transform, Type>(Values...), true)>; };

template <class Node>
constexpr bool typed(Node, std::string_view type, bool nullable) {
  om::expression_type got = Node::type_over(om::describe_table<things>);
  char text[64]{};
  om::detail::sink out{text};
  got.type.write(out);
  return got.valid && got.nullable == nullable && std::string_view{text, out.size} == type;
}

template <class Node>
constexpr bool invalid(Node) {
  return !Node::type_over(om::describe_table<things>).valid;
}

template <class Node>
constexpr bool writes(Node, std::string_view sql) {
  char text[512]{};
  om::detail::sink out{text};
  om::detail::write_over<things, Node>(out, {"t."});
  return std::string_view{text, out.size} == sql;
}

constexpr auto name = col<"name">;
constexpr auto n = col<"n">;
constexpr auto s = col<"s">;
constexpr auto flag = col<"flag">;
constexpr auto at = col<"at">;
constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t greatest = std::numeric_limits<std::int32_t>::max();
constexpr om::local_timestamp_value time_of(std::int64_t days, std::int64_t microseconds = 0) {
  return {days * om::detail::day_length + microseconds};
}

}  // namespace

// Parts of texts
static_assert(value<om::left(name, lit<2>), om::varchar<2>>("äöü") == "äö");
static_assert(value<om::left(name, lit<-2>), om::text>("äöü") == "ä");
static_assert(value<om::right(name, lit<2>), om::varchar<2>>("äöü") == "öü");
static_assert(value<om::right(name, lit<-2>), om::text>("äöü") == "ü");
static_assert(value<om::split_part(name, lit<", ">, lit<2>), om::text>("a, b, c") == "b");
static_assert(value<om::split_part(name, lit<", ">, lit<4>), om::text>("a, b, c") == "");
static_assert(value<om::position(name, lit<"ü">), om::integer>("äöü") == 3);
static_assert(value<om::lpad(om::cast<om::text>(n), lit<5>, lit<"0">), om::varchar<5>>(42) == "00042");
static_assert(value<om::rpad(name, lit<5>, lit<"äb">), om::varchar<5>>("xy") == "xyäbä");
static_assert(value<om::lpad(name, lit<2>, lit<"0">), om::varchar<2>>("äöü") == "äö");
static_assert(value<om::reverse(name), om::text>("aéb") == "béa");
static_assert(value<om::overlay(name, lit<"XX">, lit<2>, lit<1>), om::text>("abc") == "aXXc");
static_assert(typed(om::left(name, n), "text", false) && typed(om::left(name, lit<3>), "text(3)", false));
static_assert(typed(om::split_part(name, col<"nick">, lit<1>), "text", true) && invalid(om::left(name, col<"id">)));
static_assert(writes(om::right(name, n), R"(pg_catalog.right(t."name", pg_catalog.int4larger(t."n", -2147483647)))"));

// Arithmetic: the wider type, and no value where the result does not fit
static_assert(value<n + lit<1>, om::integer>(41) == 42 && !has_value<n + lit<1>, om::integer, greatest>);
static_assert(value<n - s, om::integer>(1, std::int16_t{2}) == -1 && !has_value<n - lit<1>, om::integer, least>);
static_assert(!has_value<n * n, om::integer, 65536> && has_value<n * n, om::integer, 46340>);
static_assert(value<-n / lit<2>, om::integer>(41) == -20 && value<n % lit<-7>, om::integer>(-41) == -6);
static_assert(!has_value<lit<1> / n, om::integer, 0> && !has_value<lit<1> % n, om::integer, 0>);
static_assert(!has_value<n / lit<-1>, om::integer, least> && value<n % lit<-1>, om::integer>(least) == 0);
static_assert(!has_value<-n, om::integer, least> && !has_value<om::abs(n), om::integer, least>);
static_assert(value<om::abs(n), om::integer>(-3) == 3);
static_assert(typed(s + s, "smallint", false) && typed(s + n, "integer", false) &&
              typed(n * col<"id">, "bigint", false));
static_assert(invalid(n + name) && invalid(-flag) && invalid(n + col<"f8">));
static_assert((n / lit<2>).total && (n % lit<-1>).total && !(n / lit<-1>).total && !(n / lit<0>).total &&
              !(n / s).total);

// Comparison, truth, choice
static_assert(value<(name == lit<"a">), om::boolean>("a") && value<(name < lit<"é">), om::boolean>("z"));
static_assert(value<(col<"id"> > n), om::boolean>(std::int64_t{5'000'000'000}, 5));
static_assert(value<(flag && n == lit<1>), om::boolean>(1, std::nullopt) == std::nullopt);
static_assert(value<(flag && n == lit<1>), om::boolean>(2, std::nullopt) == false);
static_assert(value<(flag || n == lit<1>), om::boolean>(1, std::nullopt) == true);
static_assert(value<!flag, om::boolean>(true) == false && value<om::is_null(flag), om::boolean>(std::nullopt));
static_assert(value<om::nullif(name, lit<"">), om::text>("") == std::nullopt);
static_assert(value<om::case_when(n < lit<18>, lit<"minor">, lit<"adult">), om::text>(3) == "minor");
static_assert(value<om::case_when(n < lit<18>, lit<"minor">), om::text>(18) == std::nullopt);
static_assert(value<om::case_when(n != lit<0>, lit<7> / n), om::integer>(0) == std::nullopt);  // not computed
static_assert(value<om::coalesce(om::nullif(n, lit<0>), lit<1>), om::integer>(0) == 1);
static_assert(typed(om::case_when(flag, name, lit<"x">), "text", false) &&
              typed(om::case_when(flag, name), "text", true));
static_assert(typed(om::case_when(flag, lit<"ab">, lit<"x">), "text(2)", false) &&
              typed(flag || flag, "boolean", true));
static_assert(invalid(name == n) && invalid(om::case_when(n, name)) && invalid(om::case_when(flag, name, n)));
static_assert(invalid(flag && name) && invalid(!n) && invalid(col<"f8"> == col<"f8">));
static_assert(writes(name == col<"nick">, R"((t."name" COLLATE "C" = t."nick" COLLATE "C"))") &&
              writes(n >= lit<1>, R"((t."n" >= (1)::integer))"));
static_assert(writes(om::case_when(om::is_null(flag), n, -n),
                     R"sql((CASE WHEN (t."flag" IS NULL) THEN t."n" ELSE (- t."n") END))sql"));

// Times
static_assert(value<om::extract<om::time_part::year>(at), om::integer>(time_of(0)) == 2000);
static_assert(value<om::extract<om::time_part::week>(at), om::integer>(time_of(0)) == 52);  // a Saturday
static_assert(value<om::extract<om::time_part::year_day>(at), om::integer>(time_of(-1)) == 365);
static_assert(value<om::extract<om::time_part::second>(at), om::integer>(time_of(0, -1)) == 59);
static_assert(value<om::extract<om::time_part::day>(at), om::integer>(om::local_timestamp_value{
                  std::numeric_limits<std::int64_t>::max()}) == std::nullopt);
static_assert(value<om::date_trunc<om::time_part::week>(at), om::timestamp>(time_of(1, 7)) == time_of(-5));
static_assert(value<om::date_trunc<om::time_part::quarter>(at), om::timestamp>(time_of(100)) == time_of(91));
static_assert(value<om::date_trunc<om::time_part::hour>(at), om::timestamp>(time_of(0, -1)) ==
              time_of(0, -om::detail::hour_length));
static_assert(value<om::plus_microseconds(at, lit<-1>), om::timestamp>(time_of(0)) == time_of(0, -1));
static_assert(value<om::at_utc(col<"tz">), om::timestamp>(om::timestamp_value{5}) == om::local_timestamp_value{5});
static_assert(om::date_trunc<om::time_part::day>(at).total && !om::date_trunc<om::time_part::month>(at).total);
static_assert(invalid(om::extract<om::time_part::hour>(col<"tz">)) &&
              invalid(om::plus_microseconds(col<"tz">, lit<1>)));
static_assert(writes(om::plus_microseconds(at, lit<-90'061'000'001>), "(t.\"at\" + '-25:1:1.000001'::interval)"));

// Digests and encodings: the test vectors of RFC 1321 and FIPS 180-4
static_assert(value<om::md5(name), om::varchar<32>>("") == "d41d8cd98f00b204e9800998ecf8427e");
static_assert(value<om::md5(name), om::varchar<32>>("abcdefghijklmnopqrstuvwxyz") ==
              "c3fcd3d76192e4007dfb496cca67e13b");
static_assert(value<om::md5(name), om::text>(
                  "12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
              "57edf4a22be3c955ac49da2e2107b67a");
static_assert(value<om::sha256_hex(name), om::varchar<64>>("abc") ==
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
static_assert(value<om::sha256_hex(name), om::text>("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
static_assert(value<om::encode_hex(name), om::text>("aé") == "61c3a9");
static_assert(value<om::encode_base64(name), om::text>("foob") == "Zm9vYg==");

// Bytes
static_assert(value<om::decode<om::encoding::hex>(name), om::bytea>(" 61 C3a9\n").letters() == "aé");
static_assert(value<om::decode<om::encoding::base64>(name), om::bytea>("Zm9v\nYg==").letters() == "foob");
static_assert(value<om::decode<om::encoding::escape>(name), om::bytea>(R"(a\\\303\251)").letters() == R"(a\é)");
template <auto Transform>
concept decodes = requires { typename std::bool_constant<(value<Transform, om::bytea>("6 1"), true)>; };
static_assert(!decodes<om::decode<om::encoding::hex>(name)> && !decodes<om::decode<om::encoding::base64>(name)> &&
              decodes<om::decode<om::encoding::escape>(name)>);
static_assert(value<om::encode<om::encoding::escape>(om::decode<om::encoding::hex>(name)), om::text>("00615cff") ==
              R"(\000a\\\377)");
static_assert(value<om::encode<om::encoding::hex>(om::sha256(om::decode<om::encoding::escape>(name))), om::text>(
                  "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
static_assert(typed(om::decode<om::encoding::hex>(name), "bytea", false) && invalid(om::sha256(name)) &&
              invalid(om::encode<om::encoding::hex>(name)) && invalid(om::decode<om::encoding::hex>(n)));

// Server-only
static_assert(om::upper(name).in == om::worlds::server_only && om::initcap(name).total);
static_assert(writes(om::regexp_replace(name, lit<"a+">, lit<"">, lit<"g">),
                     R"(pg_catalog.regexp_replace(t."name", 'a+'::text, ''::text, 'g'::text))"));
static_assert(invalid(om::json_text<"a">(name)));
