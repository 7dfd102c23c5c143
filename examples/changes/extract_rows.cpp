// SPDX-License-Identifier: BSL-1.0
// Two columns become rows of a table of their own, one for each number that there is.
#include <optional>

#include "place.hpp"

namespace {

// clang-format off
struct clients : om::table<"clients", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"name", om::text,   om::not_null>,
    om::column<"home", om::text>,
    om::column<"work", om::text>> {};

struct phones : om::table<"phones", om::in_schema<"changes">,
    om::column<"client_id", om::bigint, om::primary_key>,
    om::column<"kind",      om::text,   om::primary_key>,
    om::column<"number",    om::text,   om::not_null>> {};

struct extract_phones : om::migration<"changes-extract-rows", clients,
    om::extract_rows<phones,
        om::row_at<"home", om::moved<"number", om::col<"home">>>,
        om::row_at<"work", om::moved<"number", om::col<"work">>>>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.clients (id bigint PRIMARY KEY, name text NOT NULL, home text, work text);"
      "INSERT INTO changes.clients VALUES (1, 'Ada', '11', '12'), (2, 'Grace', NULL, NULL), (3, 'Alan', '31', NULL)");
  om::expand<extract_phones>(here.toolkit);
  here.run("UPDATE changes.clients SET work = '22' WHERE id = 2");  // an old program
  om::dual_writer<extract_phones> write{here.on};
  write.update(om::key(3), om::set<"home">(std::nullopt));  // both tables in one statement
  write.insert(om::key(4), om::set<"name">("Edsger"), om::set<"work">("42"));
  om::expand_contract<extract_phones>{here.app}.run();
  const char* all = "SELECT string_agg(client_id || kind || number, ' ' ORDER BY client_id, kind) FROM changes.phones";
  here.finds("the other table", all, "1home11 1work12 2work22 4work42");
  here.contract<extract_phones>({om::risk::no_way_back});
  here.refuses("an old program after contract", "UPDATE changes.clients SET home = '33' WHERE id = 3", "55000");
  here.run("INSERT INTO changes.phones VALUES (3, 'boat', '39')");  // a new one
  here.retire_and_drop<extract_phones>();
  here.run("DELETE FROM changes.clients WHERE id = 1");
  here.finds("rows go with their first row", all, "2work22 3boat39 4work42");
}

}  // namespace

int main(int count, char** words) { return show("Two columns become rows of another table", count, words, walk); }
