// SPDX-License-Identifier: BSL-1.0
// A column gets another name. Programs that know either of them live side by side until contract.
#include "place.hpp"

namespace {

// clang-format off
struct orders : om::table<"orders", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"note", om::text>> {};

struct remark : om::migration<"changes-rename-column", orders, om::rename_column<"note", "remark", om::text>> {};
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TABLE changes.orders (id bigint PRIMARY KEY, note text);"
      "INSERT INTO changes.orders VALUES (1, 'by hand'), (2, NULL)");
  om::expand<remark>(here.toolkit);
  here.run("UPDATE changes.orders SET note = 'old' WHERE id = 2");        // an old program
  here.run("INSERT INTO changes.orders (id, remark) VALUES (3, 'new')");  // a new one
  om::expand_contract<remark>{here.app}.run();
  here.finds("both names", "SELECT string_agg(concat(note, '=', remark), ', ' ORDER BY id) FROM changes.orders",
             "by hand=by hand, old=old, new=new");
  here.contract<remark>();
  here.refuses("the old name after contract", "UPDATE changes.orders SET note = 'x' WHERE id = 1", "55000");
  om::revive<remark>(here.toolkit);  // contract can be undone until the drop
  here.run("UPDATE changes.orders SET note = 'again' WHERE id = 1");
  here.finds("the old name after revive", "SELECT remark FROM changes.orders WHERE id = 1", "again");
}

}  // namespace

int main(int count, char** words) { return show("A column of another name", count, words, walk); }
