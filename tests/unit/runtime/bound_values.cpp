// SPDX-License-Identifier: BSL-1.0
// The parameters of a write: in the table's order whatever the order of the call, then the key of an update, then what
// the client computed.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <online_migration/postgres/codec.hpp>
#include <online_migration/runtime/assignments.hpp>
#include <online_migration/runtime/bound_values.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;
using om::detail::write_kind;

namespace {

struct items : om::table<"items", om::column<"code", om::text, om::primary_key>, om::column<"name", om::text>,
                         om::column<"tenant", om::int4, om::primary_key>, om::column<"nick", om::varchar<3>>> {};
struct trimmed : om::migration<"trimmed", items, om::add_column<"new", om::text, om::trim(om::col<"name">)>> {};
std::string joined(std::string_view name, std::string_view nick) { return std::string{name} + '|' + std::string{nick}; }
struct computed
    : om::migration<"computed", items,
                    om::add_column<"new", om::text, om::computed<&joined, "j/1">(om::col<"name">, om::col<"nick">)>> {};

/// What a parameter says, for people.
std::string shown(const om::parameter& given) {
  if (given.data == nullptr) return "NULL";
  std::string_view bytes{given.data, static_cast<std::size_t>(given.size)};
  if (given.oid == om::int4::description.oid) return std::to_string(om::decode<om::int4>(bytes));
  return '\'' + std::string{bytes} + '\'';
}

template <class Values>
std::string shown(const Values& values) {
  std::string all;
  for (const om::parameter& each : values.parameters()) {
    CHECK((each.data == nullptr || each.format == 1));
    all += (all.empty() ? "" : " ") + shown(each);
  }
  return all;
}

template <class Migration, write_kind Kind, class... Assignments>
std::string bound(const Assignments&... given) {
  return shown(om::bound_values<Migration, Kind, Assignments...>{given...});
}

const auto code = om::set<"code">("c");
const auto tenant = om::set<"tenant">(7);
const auto name = om::set<"name">("n");
const auto nick = om::set<"nick">("k");

}  // namespace

TEST_CASE("an update has the columns first, then the key") {
  CHECK(bound<trimmed, write_kind::update>(code, tenant, nick, name) == "'n' 'k' 'c' 7");
  CHECK(bound<trimmed, write_kind::update>(code, tenant, name, nick) == "'n' 'k' 'c' 7");
  CHECK(bound<trimmed, write_kind::update>(code, tenant, nick) == "'k' 'c' 7");
}

TEST_CASE("a new row has all columns in the table's order") {
  CHECK(bound<trimmed, write_kind::insert>(nick, tenant, name, code) == "'c' 'n' 7 'k'");
  CHECK(bound<trimmed, write_kind::upsert>(code, tenant, nick) == "'c' 7 'k'");
}

TEST_CASE("a row is deleted by its key alone") { CHECK(bound<trimmed, write_kind::erase>(code, tenant) == "'c' 7"); }

TEST_CASE("what the client computes comes last, and only where it can change") {
  CHECK(bound<computed, write_kind::update>(code, tenant, nick, name) == "'n' 'k' 'c' 7 'n|k'");
  CHECK(bound<computed, write_kind::insert>(code, tenant, nick, name) == "'c' 'n' 7 'k' 'n|k'");
  CHECK(bound<computed, write_kind::insert>(code, tenant, name) == "'c' 'n' 7 NULL");
  CHECK(bound<computed, write_kind::upsert>(code, tenant) == "'c' 7 NULL");
  CHECK(bound<computed, write_kind::erase>(code, tenant) == "'c' 7");
}

TEST_CASE("the client computes from what is stored") {
  CHECK(bound<computed, write_kind::assignments>(om::set<"nick">("k    "), name) == "'n' 'k    ' 'n|k  '");
}

TEST_CASE("NULL") {
  CHECK(bound<trimmed, write_kind::assignments>(om::set<"name">(std::nullopt), om::set<"nick">(std::optional{"k"})) ==
        "NULL 'k'");
  CHECK(bound<trimmed, write_kind::assignments>(om::set<"name">(std::optional<std::string>{})) == "NULL");
  CHECK(bound<trimmed, write_kind::assignments>(om::set<"name">(std::string_view{})) == "''");
}

TEST_CASE("texts are referred to, and not copied") {
  const std::string text(100, 'x');
  auto values = om::assignments<trimmed>::bind(om::set<"name">(text));
  CHECK(values.parameters()[0].data == text.data());
}

TEST_CASE("parameters of the caller's own stand behind") {
  auto values = om::assignments<trimmed>::bind(name);
  om::wire<om::int4> more{42};
  auto all = values.followed_by(more.as_parameter(), om::null_parameter());
  REQUIRE(all.size() == 3);
  CHECK(shown(all[0]) == "'n'");
  CHECK(shown(all[1]) == "42");
  CHECK(shown(all[2]) == "NULL");
}
