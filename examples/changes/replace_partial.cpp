// SPDX-License-Identifier: BSL-1.0
// A column gets a type that does not take every value: text becomes an enum. Rows that have no label are found, and
// mended.
#include "place.hpp"

namespace {

// clang-format off
using mood = om::enumeration<"changes.mood", "sad", "ok">;

struct diary : om::table<"diary", om::in_schema<"changes">,
    om::column<"id",   om::bigint, om::primary_key>,
    om::column<"mood", om::text>> {};

// The way back follows: the label as a text.
struct mood_label : om::migration<"changes-replace-partial", diary,
    om::replace_column<"mood", "feeling", mood, om::cast<mood>(om::col<"mood">)>> {};

static_assert(om::transform<mood_label>("ok") == "ok");
// clang-format on

void walk(place& here) {
  here.run(
      "CREATE TYPE changes.mood AS ENUM ('sad', 'ok');"
      "CREATE TABLE changes.diary (id bigint PRIMARY KEY, mood text);"
      "INSERT INTO changes.diary VALUES (1, 'ok'), (2, 'so-so')");
  om::expand<mood_label>(here.toolkit);
  here.run("INSERT INTO changes.diary VALUES (3, 'sad')");               // an old program
  here.run("INSERT INTO changes.diary (id, feeling) VALUES (4, 'ok')");  // a new one
  here.toolkit.mark_phase<mood_label>(om::phase::backfill);
  om::backfill_options options;
  options.on_data_error = om::data_error_policy::go_on;
  om::backfill_runner<mood_label>{here.app, options}.run();
  for (const om::quarantined_row& row : here.toolkit.quarantine<mood_label>()) {
    here.tells("no label, in quarantine", "key " + row.key[0] + ", SQLSTATE " + row.sqlstate);
  }
  here.finds("rows without a label", "SELECT count(*)::text FROM changes.diary WHERE feeling IS NULL", "1");
  here.run("UPDATE changes.diary SET mood = 'ok' WHERE mood = 'so-so'");
  om::expand_contract<mood_label>{here.app}.run();
  here.finds("every row", "SELECT string_agg(feeling::text || '=' || mood, ' ' ORDER BY id) FROM changes.diary",
             "ok=ok ok=ok sad=sad ok=ok");
  here.finds("rows in quarantine",
             "SELECT count(*)::text FROM online_migration_quarantine WHERE migration = 'changes-replace-partial'", "0");
}

}  // namespace

int main(int count, char** words) { return show("Text becomes an enum", count, words, walk); }
