// SPDX-License-Identifier: BSL-1.0
// One column is split into two, with the way back. Programs that know either form live side by side.
#include "place.hpp"

namespace {

// clang-format off
struct people : om::table<"people", om::in_schema<"changes">,
    om::column<"id",        om::bigint, om::primary_key>,
    om::column<"full_name", om::text,   om::not_null>> {};

struct split_name : om::migration<"changes-split-column", people,
    om::replace_columns<
        om::from<"full_name", om::concat(om::col<"first_name">, om::lit<" ">, om::col<"last_name">)>,
        om::into<"first_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<1>), om::not_null>,
        om::into<"last_name", om::text, om::split_part(om::col<"full_name">, om::lit<" ">, om::lit<2>), om::not_null>,
        om::samples<"Ada Lovelace", "Grace Hopper">>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.people (id bigint PRIMARY KEY, full_name text NOT NULL);"
      "INSERT INTO changes.people VALUES (1, 'Ada Lovelace')");
  om::expand<split_name>(here.toolkit);
  here.run("INSERT INTO changes.people VALUES (2, 'Grace Hopper')");                                    // old
  here.run("INSERT INTO changes.people (id, first_name, last_name) VALUES (3, 'Edsger', 'Dijkstra')");  // new
  om::dual_writer<split_name> write{here.on};
  write.update(om::key(1), om::set<"first_name">("Augusta"), om::set<"last_name">("King"));
  om::expand_contract<split_name>{here.app}.run();
  here.finds(
      "both forms",
      "SELECT string_agg(concat_ws('|', full_name, first_name, last_name), ', ' ORDER BY id) FROM changes.people",
      "Augusta King|Augusta|King, Grace Hopper|Grace|Hopper, Edsger Dijkstra|Edsger|Dijkstra");
  here.refuses("what would not come back",
               "INSERT INTO changes.people (id, first_name, last_name) VALUES (4, 'Mary Ann', 'Evans')", "23514");
  here.contract<split_name>();
  here.retire_and_drop<split_name>();
  here.finds("after the drop", "SELECT string_agg(last_name, ' ' ORDER BY id) FROM changes.people",
             "King Hopper Dijkstra");
}

}  // namespace

int main(int count, char** words) { return show("One column becomes two", count, words, walk); }
