// SPDX-License-Identifier: BSL-1.0
// A column whose value follows from another. Nothing that exists is changed.
#include "place.hpp"

namespace {

// clang-format off
struct users : om::table<"users", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

struct search_name : om::migration<"changes-add-column", users,
    om::add_column<"search_name", om::text, om::ascii_lower(om::trim(om::col<"name">)), om::not_null>> {};

static_assert(om::transform<search_name>("  Ada ") == "ada");
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY, name text NOT NULL);"
      "INSERT INTO changes.users VALUES (1, '  Ada '), (2, 'GRACE')");
  om::expand<search_name>(here.toolkit);
  here.run("INSERT INTO changes.users VALUES (3, 'Edsger ')");  // an old program, and the trigger
  om::dual_writer<search_name> write{here.on};
  write.insert(om::key(4), om::set<"name">("Barbara"));
  const char* names = "SELECT string_agg(coalesce(search_name, '-'), ' ' ORDER BY id) FROM changes.users";
  here.finds("after expand", names, "- - edsger barbara");

  om::expand_contract<search_name>{here.app}.run();  // the backfill, and the proof that every row is right
  here.finds("after the backfill", names, "ada grace edsger barbara");
  here.contract<search_name>();
  here.run("UPDATE changes.users SET name = 'ADA L.' WHERE id = 1");
  here.finds("after contract, when the trigger goes on", names, "ada l. grace edsger barbara");
}

}  // namespace

int main(int count, char** words) { return show("A column that follows from another", count, words, walk); }
