// SPDX-License-Identifier: BSL-1.0
// Type names and OIDs as in pg_type.dat; the server test of the golden SQL proves them again.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <online_migration/schema/pg_type.hpp>

using namespace online_migration;

template <class Type, class Value>
constexpr bool is(std::string_view written, std::uint32_t oid, std::uint32_t array, identity_form identity) {
  char text[64]{};
  detail::sink out{text};
  Type::description.write(out);
  const type_description& type = Type::description;
  return pg_type<Type> && std::same_as<typename Type::value_type, Value> &&
         std::string_view{text, out.size} == written && type.oid == oid && type.array_oid == array &&
         type.identity == identity;
}

static_assert(is<boolean, bool>("boolean", 16, 1000, identity_form::plain));
static_assert(is<int2, std::int16_t>("smallint", 21, 1005, identity_form::plain));
static_assert(is<int4, std::int32_t>("integer", 23, 1007, identity_form::plain));
static_assert(is<int8, std::int64_t>("bigint", 20, 1016, identity_form::plain));
static_assert(is<float8, double>("double precision", 701, 1022, identity_form::image));
static_assert(is<text, std::string_view>("text", 25, 1009, identity_form::collated));
static_assert(is<varchar<40>, std::string_view>("character varying(40)", 1043, 1015, identity_form::collated));
static_assert(is<uuid, uuid_value>("uuid", 2950, 2951, identity_form::plain));
static_assert(is<timestamptz, timestamp_value>("timestamp with time zone", 1184, 1185, identity_form::plain));
static_assert(is<timestamp, local_timestamp_value>("timestamp without time zone", 1114, 1115, identity_form::plain));
static_assert(!std::convertible_to<local_timestamp_value, timestamp_value>);
static_assert(is<float4, float>("real", 700, 1021, identity_form::image));
static_assert(is<numeric<>, numeric_value>("numeric", 1700, 1231, identity_form::image));
static_assert(is<numeric<10, 2>, numeric_value>("numeric(10,2)", 1700, 1231, identity_form::image));
static_assert(is<numeric<3>, numeric_value>("numeric(3,0)", 1700, 1231, identity_form::image));
static_assert(is<numeric<3, -2>, numeric_value>("numeric(3,-2)", 1700, 1231, identity_form::image));
static_assert(is<character<7>, std::string_view>("character(7)", 1042, 1014, identity_form::as_text));
static_assert(is<json, std::string_view>("json", 114, 199, identity_form::as_text));
static_assert(is<jsonb, std::string_view>("jsonb", 3802, 3807, identity_form::image));
static_assert(is<bytea, bytes_view>("bytea", 17, 1001, identity_form::plain));
static_assert(is<inet, inet_value>("inet", 869, 1041, identity_form::plain));
static_assert(is<date, date_value>("date", 1082, 1182, identity_form::plain));
static_assert(is<online_migration::time, time_value>("time without time zone", 1083, 1183, identity_form::plain));
static_assert(is<interval, interval_value>("interval", 1186, 1187, identity_form::image));
static_assert(is<array<varchar<3>>, array_view<std::string_view>>("character varying(3)[]", 1015, 0,
                                                                  identity_form::image));

// Types of a database: by their names.
using mood = enumeration<"Mood", "sad", "ok">;
static_assert(is<mood, std::string_view>("\"public\".\"Mood\"", 0, 0, identity_form::plain));
static_assert(is<enumeration<"my app.mo\"od", "a">, std::string_view>("\"my app\".\"mo\"\"od\"", 0, 0,
                                                                      identity_form::plain));
static_assert(is<domain<"email", text>, std::string_view>("\"public\".\"email\"", 0, 0, identity_form::collated));
static_assert(is<array<mood>, array_view<std::string_view>>("\"public\".\"Mood\"[]", 0, 0, identity_form::image));
static_assert(domain<"outer", domain<"inner", varchar<5>>>::description.underlying() == varchar<5>::description);
static_assert(domain<"feeling", mood>::description.identity == identity_form::image);
static_assert(domain<"email", text>::description == domain<"email", text>::description);
static_assert(!(domain<"email", text>::description == domain<"mail", text>::description));
static_assert(!(domain<"email", text>::description == text::description));
static_assert(!(array<varchar<3>>::description == array<varchar<4>>::description));
static_assert(array<varchar<3>>::description.same_kind(array<varchar<4>>::description));
static_assert(!(numeric<5, 2>::description == numeric<5, 3>::description));

enum class feeling { sad, ok, more };
static_assert(mood::label(feeling::ok) == "ok" && mood::label(feeling::more).empty());
static_assert(mood::as<feeling>("ok") == feeling::ok && !mood::as<feeling>("Ok").has_value());
static_assert(mood::find("sad") == 0u && !mood::find("").has_value());

// A precision has 1 to 1000 digits.
template <std::int32_t Precision, std::int32_t Scale>
concept numeric_of = requires { typename numeric<Precision, Scale>; };
static_assert(numeric_of<1000, 1000> && !numeric_of<1001, 0> && !numeric_of<-1, 0> && !numeric_of<0, 1>);

static_assert(std::same_as<smallint, int2> && std::same_as<integer, int4> && std::same_as<bigint, int8>);
static_assert(varchar<3>::description == varchar<3>::description);
static_assert(!(varchar<3>::description == varchar<4>::description));
static_assert(!pg_type<int> && !pg_type<std::string_view>);

// varchar(n) takes 1 to 10485760 characters.
template <std::int32_t Length>
concept varchar_of = requires { typename varchar<Length>; };
static_assert(varchar_of<1> && varchar_of<10485760>);
static_assert(!varchar_of<0> && !varchar_of<-1> && !varchar_of<10485761>);

static_assert(uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff")->bytes[1] == 0x11);
static_assert(uuid_value::parse("00112233-4455-6677-8899-AABBCCDDEEFF")->bytes[15] == 0xff);
static_assert(uuid_value::parse("00112233-4455-6677-8899-aabbccddeeff") <
              uuid_value::parse("00112233-4455-6677-8899-aabbccddef00"));
static_assert(!uuid_value::parse(""));
static_assert(!uuid_value::parse("00112233-4455-6677-8899-aabbccddeef"));
static_assert(!uuid_value::parse("00112233-4455-6677-8899-aabbccddeefff"));
static_assert(!uuid_value::parse("00112233-4455-6677-8899-aabbccddeefg"));
static_assert(!uuid_value::parse("0011223344556677-8899-aabb-ccddeeff-"));
static_assert(timestamp_value{-1} < timestamp_value{0});
