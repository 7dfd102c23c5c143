// SPDX-License-Identifier: BSL-1.0
// A column is replaced by one from which the old value does not follow: contract asks for an acknowledgement.
#include "place.hpp"

namespace {

// clang-format off
struct users : om::table<"users", om::in_schema<"changes">,
    om::column<"id",    om::bigint, om::primary_key>,
    om::column<"email", om::text,   om::not_null>> {};

struct hashed_email : om::migration<"changes-replace-lossy", users,
    om::replace_column<"email", "email_hash", om::varchar<64>, om::sha256_hex(om::col<"email">), om::lossy, om::not_null>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.users (id bigint PRIMARY KEY, email text NOT NULL);"
      "INSERT INTO changes.users VALUES (1, 'ada@example.org')");
  om::expand<hashed_email>(here.toolkit);
  om::dual_writer<hashed_email> write{here.on};
  write.insert(om::key(2), om::set<"email">("grace@example.org"));
  om::expand_contract<hashed_email>{here.app}.run();
  here.stops("contract without an acknowledgement", [&] { here.contract<hashed_email>(); });
  here.contract<hashed_email>({om::risk::no_way_back});
  here.retire_and_drop<hashed_email>();
  here.finds("rows with the hash of their address",
             "SELECT count(*)::text FROM changes.users WHERE email_hash IN (encode(sha256('ada@example.org'), 'hex'), "
             "encode(sha256('grace@example.org'), 'hex'))",
             "2");
}

}  // namespace

int main(int count, char** words) { return show("A column is replaced, without a way back", count, words, walk); }
