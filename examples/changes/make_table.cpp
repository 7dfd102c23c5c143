// SPDX-License-Identifier: BSL-1.0
// A table comes, and goes: by its name first.
#include "place.hpp"

namespace {

// clang-format off
struct parcels : om::table<"parcels", om::in_schema<"changes">,
    om::column<"id",     om::bigint, om::primary_key>,
    om::column<"weight", om::integer, om::not_null>> {};

struct faxes : om::table<"faxes", om::in_schema<"changes">, om::column<"id", om::bigint, om::primary_key>> {};

struct with_parcels  : om::migration<"changes-make-table", parcels, om::make_table> {};
struct without_faxes : om::migration<"changes-drop-table", faxes, om::drop_table> {};
// clang-format on

void walk(place& here) {
  om::expand_contract<with_parcels>{here.app}.run();
  here.contract<with_parcels>();
  here.run("INSERT INTO changes.parcels VALUES (1, 7)");
  here.refuses("a parcel without weight", "INSERT INTO changes.parcels (id) VALUES (2)", "23502");

  here.run("CREATE TABLE changes.faxes (id bigint PRIMARY KEY); INSERT INTO changes.faxes VALUES (1)");
  om::expand_contract<without_faxes>{here.app}.run();
  here.contract<without_faxes>();
  om::retire<without_faxes>(here.toolkit, {.acknowledged = {om::risk::dual_writers}});
  here.refuses("a fax after it was retired", "INSERT INTO changes.faxes VALUES (2)", "42P01");
  om::drop_retired<without_faxes>(here.toolkit,
                                  {.acknowledged = {om::risk::dropped_table}, .least_age = std::chrono::seconds{0}});
  here.finds(
      "tables",
      "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'changes'::regnamespace AND relkind = 'r'",
      "parcels");
}

}  // namespace

int main(int count, char** words) { return show("A table comes, and another goes", count, words, walk); }
