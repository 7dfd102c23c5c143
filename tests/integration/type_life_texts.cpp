// SPDX-License-Identifier: BSL-1.0
// The whole life of a migration over texts, documents, bytes, enums and domains over texts.
#include <cstddef>
#include <string>
#include <vector>

#include "integration/type_life.hpp"

using namespace test;

namespace {

using mood = om::enumeration<"app.Mood", "sad", "it's \"ok\"", "h\xc3\xa4ppy">;
const char* make_mood = R"(DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app;
CREATE TYPE app."Mood" AS ENUM ('sad', 'it''s "ok"', U&'h\00e4ppy'))";

}  // namespace

TEST_CASE("char(n)") {
  live_both<om::character<4>, std::string>(
      {{"ab", "'ab'"}, {"", "''"}, {"abc   ", "'abc'"}, {"\xc3\xa4\xe2\x82\xac  ", "U&'\\00e4\\20ac'"}});
}

TEST_CASE("json, which stays as it was written") {
  live_both<om::json, std::string>({{"{\"b\" : 1.0,\"a\":[ null ]}", "'{\"b\" : 1.0,\"a\":[ null ]}'"},
                                    {"{\"a\":1}", "'{\"a\":1}'"},
                                    {" 1", "' 1'"}});
}

TEST_CASE("jsonb, which the server writes anew") {
  live<copied, om::jsonb, std::string>({{"{\"b\" : 1.0,\"a\":[ null ]}", "'{\"a\": [null], \"b\": 1.0}'"},
                                        {"1.00", "'1.00'"},
                                        {"\"\\u20ac\"", "U&'\"\\20ac\"'"}});
}

TEST_CASE("bytea") {
  std::vector<std::byte> all(100'000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::byte>(i % 251);
  live_both<om::bytea, std::vector<std::byte>>(
      {{{}, "''"},
       {{std::byte{0}, std::byte{255}, std::byte{'a'}}, "'\\x00ff61'"},
       {all,
        "(SELECT string_agg(decode(lpad(to_hex(i % 251), 2, '0'), 'hex'), '' ORDER BY i) FROM generate_series(0, 99999) i)"}});
}

TEST_CASE("an enum in a schema of its own") {
  live_both<mood, std::string>(
      {{"sad", "'sad'"}, {"it's \"ok\"", "'it''s \"ok\"'"}, {"h\xc3\xa4ppy", "U&'h\\00e4ppy'"}}, make_mood);
}

TEST_CASE("domains over texts") {
  std::string make = "CREATE DOMAIN short AS varchar(5); CREATE DOMAIN shorter AS short; CREATE DOMAIN code AS char(3)";
  live_both<om::domain<"shorter", om::domain<"short", om::varchar<5>>>, std::string>(
      {{"abc", "'abc'"}, {"abcde  ", "'abcde'"}, {"ab ", "'ab '"}}, make);
  live_both<om::domain<"code", om::character<3>>, std::string>({{"a", "'a'"}, {"abc", "'abc'"}}, make);
  live_both<om::domain<"code", om::text>, std::string>({{"a ", "'a '"}},
                                                       "CREATE DOMAIN code AS text CHECK (value <> '')");
}

TEST_CASE("a domain over an enum") {
  live_both<om::domain<"feeling", mood>, std::string>(
      {{"sad", "'sad'"}}, std::string{make_mood} + "; CREATE DOMAIN feeling AS app.\"Mood\" CHECK (value <> 'häppy')");
}
