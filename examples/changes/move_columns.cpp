// SPDX-License-Identifier: BSL-1.0
// A column moves to a table of its own, with one row there for each row here.
#include "place.hpp"

namespace {

// clang-format off
struct people : om::table<"people", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>,
    om::column<"bio",  om::text>> {};

struct profiles : om::table<"profiles", om::in_schema<"changes">,
    om::column<"person_id", om::bigint, om::primary_key>,
    om::column<"bio",       om::text>> {};

struct move_profile : om::migration<"changes-move-columns", people, om::move_columns<profiles, om::moved<"bio">>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.people (id bigint PRIMARY KEY, name text NOT NULL, bio text);"
      "INSERT INTO changes.people VALUES (1, 'Ada', 'Mathematician'), (2, 'Grace', NULL)");
  om::expand<move_profile>(here.toolkit);
  here.run("UPDATE changes.people SET bio = 'Admiral' WHERE id = 2");  // an old program
  om::dual_writer<move_profile> write{here.on};
  write.insert(om::key(3), om::set<"name">("Edsger"), om::set<"bio">("Walker"));  // both tables in one statement
  om::expand_contract<move_profile>{here.app}.run();
  here.finds("the other table", "SELECT string_agg(person_id || bio, ' ' ORDER BY person_id) FROM changes.profiles",
             "1Mathematician 2Admiral 3Walker");
  here.contract<move_profile>({om::risk::no_way_back});
  here.refuses("an old program after contract", "UPDATE changes.people SET bio = 'x' WHERE id = 1", "55000");
  here.run("UPDATE changes.profiles SET bio = 'Programmer' WHERE person_id = 1");  // a new one
  here.retire_and_drop<move_profile>();
  here.run("DELETE FROM changes.people WHERE id = 3");
  here.finds("a row goes with its first row", "SELECT string_agg(bio, ' ' ORDER BY person_id) FROM changes.profiles",
             "Programmer Admiral");
}

}  // namespace

int main(int count, char** words) { return show("A column moves to another table", count, words, walk); }
