// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "support/hooked_database.hpp"
#include "support/lab.hpp"

namespace test {

/// Tables that a migration has filled, and ways to spoil and to check them.
struct filled : lab {
  hooks around;
  hooked_database hooked{around};

  filled() { tools.ensure_state_tables(); }

  template <class Migration>
  void fill(const std::string& table, const std::string& rows) {
    run(table);
    run(rows);
    expand<Migration>(tools);
    REQUIRE(backfill_runner<Migration>{source}.run().finished());
  }

  void hundred_people() {
    fill<lower_name>(make_people, "INSERT INTO people SELECT g, '  Ada ' || g FROM generate_series(1, 100) AS g");
  }

  /// Behind the back of the trigger.
  void corrupt(const std::string& table, const std::string& sql) {
    run("ALTER TABLE " + table + " DISABLE TRIGGER USER; " + sql);
    run("DO $$ DECLARE name name; BEGIN FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = '" + table +
        "'::regclass LOOP EXECUTE format('ALTER TABLE " + table +
        " ENABLE ALWAYS TRIGGER %I', name); END LOOP; END $$");
  }

  /// A trigger that fires after ours writes something wrong. It is gone afterwards, and ours was not touched.
  void spoil(const std::string& where, const std::string& value = "wrong", const std::string& column = "name_lower",
             const std::string& table = "people") {
    run("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW." + column + " := '" + value +
        "'; RETURN NEW; END$$; CREATE TRIGGER \"~~spoil\" BEFORE UPDATE ON " + table +
        " FOR EACH ROW EXECUTE FUNCTION spoil(); ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER \"~~spoil\"; UPDATE " +
        table + " SET " + column + " = " + column + " WHERE " + where + "; DROP TRIGGER \"~~spoil\" ON " + table +
        "; DROP FUNCTION spoil()");
  }

  /// Repairs in chunks of so many rows.
  template <class Migration = lower_name>
  parity_report repair(int rows = 10, parity_options some = {}) {
    some.retry = hasty;
    some.chunk = fixed_chunk(rows);
    return parity_checker<Migration, hooked_database>{hooked, some}.repair();
  }

  std::string pass_row(const parity_report& report) {
    return ask(
        "SELECT format('%s %s %s %s %s %s', kind, started_in, rows_checked, mismatches, rows_failed, "
        "finished_at IS NOT NULL) FROM online_migration_parity_passes WHERE pass_id = " +
        std::to_string(report.pass));
  }

  template <class Migration = lower_name>
  bool opens() {
    try {
      tools.mark_phase<Migration>(phase::contract_ready);
    } catch (const refused& problem) {
      INFO(problem.what());
      CHECK(tools.phase<Migration>() == phase::validate);
      return false;
    }
    return true;
  }

  template <class Migration = lower_name>
  parity_report check(parity_options some = {}) {
    some.retry = hasty;
    return parity_checker<Migration, hooked_database>{hooked, some}.check_all();
  }

  std::string witnesses(const parity_report& report) {
    return ask(
        "SELECT string_agg(format('%s:%L<>%L', array_to_string(key, ','), expected, actual), ' ' ORDER BY sample_id) "
        "FROM online_migration_parity_samples WHERE pass_id = " +
        std::to_string(report.pass));
  }
};

}  // namespace test
