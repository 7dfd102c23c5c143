// SPDX-License-Identifier: BSL-1.0
// Two columns are merged into one, without a way back.
#include "place.hpp"

namespace {

// clang-format off
struct couples : om::table<"couples", om::in_schema<"changes">,
    om::column<"id",     om::bigint, om::primary_key>,
    om::column<"street", om::text,   om::not_null>,
    om::column<"town",   om::text,   om::not_null>> {};

struct merge_address : om::migration<"changes-merge-columns", couples,
    om::replace_columns<
        om::from<"street", om::lossy>, om::from<"town", om::lossy>,
        om::into<"address", om::text, om::concat(om::col<"street">, om::lit<", ">, om::col<"town">), om::not_null>>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.couples (id bigint PRIMARY KEY, street text NOT NULL, town text NOT NULL);"
      "INSERT INTO changes.couples VALUES (1, 'Main St 1', 'London'), (2, 'Elm St 2', 'Paris')");
  om::expand<merge_address>(here.toolkit);
  here.run("UPDATE changes.couples SET town = 'Rome' WHERE id = 2");  // an old program
  om::dual_writer<merge_address> write{here.on};
  write.insert(om::key(3), om::set<"street">("Oak St 3"), om::set<"town">("Bern"));
  om::expand_contract<merge_address>{here.app}.run();
  here.contract<merge_address>({om::risk::no_way_back});
  here.run("INSERT INTO changes.couples (id, address) VALUES (4, 'Ash St 4, Oslo')");  // a new program
  here.finds("every address", "SELECT string_agg(address, '; ' ORDER BY id) FROM changes.couples",
             "Main St 1, London; Elm St 2, Rome; Oak St 3, Bern; Ash St 4, Oslo");
  here.retire_and_drop<merge_address>();
}

}  // namespace

int main(int count, char** words) { return show("Two columns become one", count, words, walk); }
