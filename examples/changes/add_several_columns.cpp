// SPDX-License-Identifier: BSL-1.0
// Several columns that follow from others, in one ALTER TABLE, one trigger, one walk and one proof.
#include "place.hpp"

namespace {

// clang-format off
struct users : om::table<"users", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>> {};

struct name_facts : om::migration<"changes-add-several-columns", users,
    om::add_column<"initial", om::varchar<1>, om::left(om::col<"name">, om::lit<1>), om::not_null>,
    om::add_column<"letters", om::integer,    om::length(om::col<"name">),           om::not_null>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY, name text NOT NULL);"
      "INSERT INTO changes.users VALUES (1, 'Ada'), (2, 'Émilie')");
  om::expand<name_facts>(here.toolkit);
  here.run("INSERT INTO changes.users VALUES (3, 'Grace')");  // an old program
  om::dual_writer<name_facts> write{here.on};
  write.insert(om::key(4), om::set<"name">("Barbara"));
  om::expand_contract<name_facts>{here.app}.run();
  here.contract<name_facts>();
  here.finds("every row", "SELECT string_agg(initial || letters, ' ' ORDER BY id) FROM changes.users", "A3 É6 G5 B7");
  here.finds("both are NOT NULL",
             "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
             "WHERE attrelid = 'changes.users'::regclass AND attname IN ('initial', 'letters') AND attnotnull",
             "initial letters");
}

}  // namespace

int main(int count, char** words) {
  return show("Several columns that follow from another, as one unit", count, words, walk);
}
