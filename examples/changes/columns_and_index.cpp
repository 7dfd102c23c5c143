// SPDX-License-Identifier: BSL-1.0
// A new column with an index and a constraint over it, as one unit: filled first, enforced at contract, when the
// constraint goes in whose place it comes.
#include "place.hpp"

namespace {

// clang-format off
struct users : om::table<"users", om::in_schema<"changes">,
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

struct low_email : om::migration<"changes-columns-and-index", users,
    om::add_column<"email_low", om::text, om::ascii_lower(om::col<"email">)>,
    om::create_index<"users_by_email_low", om::columns<"email_low">>,
    om::add_unique<"users_email_low_key", "email_low">,
    om::drop_constraint<"users_email_key">> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY, email text NOT NULL CONSTRAINT users_email_key UNIQUE);"
      "INSERT INTO changes.users VALUES (1, 'Ada@example.org'), (2, 'ADA@example.org')");
  here.stops("two rows are in the way of the constraint", [&] { om::expand_contract<low_email>{here.app}.run(); });
  here.run("DELETE FROM changes.users WHERE id = 2");
  om::expand_contract<low_email>{here.app}.run();
  here.finds("the index is there before contract",
             "SELECT count(*)::text FROM pg_indexes WHERE indexname = 'users_by_email_low'", "1");
  here.run("INSERT INTO changes.users VALUES (3, 'Grace@example.org')");  // an old program
  here.contract<low_email>();
  here.finds("every row", "SELECT string_agg(email_low, ' ' ORDER BY id) FROM changes.users",
             "ada@example.org grace@example.org");
  here.refuses("a second one like it", "INSERT INTO changes.users VALUES (4, 'GRACE@example.org')", "23505");
  here.finds("the constraint on the old column is gone",
             "SELECT count(*)::text FROM pg_constraint WHERE conname = 'users_email_key'", "0");
}

}  // namespace

int main(int count, char** words) {
  return show("A new column with an index and a constraint, as one unit", count, words, walk);
}
