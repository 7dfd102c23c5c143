// SPDX-License-Identifier: BSL-1.0
// Types as parameters and results of the library's functions in the database, and in both directions of a replacement.
#include <string>
#include <vector>

#include "integration/type_life.hpp"

using namespace test;

namespace {

template <class Type, class Value>
void live_there(const std::vector<example<Value>>& examples, const std::string& before = "SELECT 1") {
  live<sql_copy, Type>(examples, before);
  live<replaced_copy, Type>(examples, before);
}

}  // namespace

TEST_CASE("char(n)") { live_there<om::character<4>, std::string>({{"ab ", "'ab'"}, {"", "''"}}); }

TEST_CASE("numeric(p, s)") { live_there<om::numeric<6, 2>, std::string>({{"1.005", "1.005"}, {"1.10", "1.10"}}); }

TEST_CASE("jsonb") { live_there<om::jsonb, std::string>({{"[1.0,2]", "'[1.0, 2]'"}}); }

TEST_CASE("json") { live_there<om::json, std::string>({{"[1.0,2]", "'[1.0,2]'"}}); }

TEST_CASE("an enum") {
  live_there<om::enumeration<"mood", "sad", "ok">, std::string>({{"ok", "'ok'"}},
                                                                "CREATE TYPE mood AS ENUM ('sad', 'ok')");
}

TEST_CASE("a domain") {
  live_there<om::domain<"short", om::varchar<3>>, std::string>({{"abc ", "'abc'"}, {"a ", "'a '"}},
                                                               "CREATE DOMAIN short AS varchar(3)");
}

TEST_CASE("an array of enums") {
  live_there<om::array<om::enumeration<"mood", "sad", "ok">>, std::vector<std::string>>(
      {{{"ok", "sad"}, "'{ok,sad}'"}, {{}, "'{}'"}}, "CREATE TYPE mood AS ENUM ('sad', 'ok')");
}
