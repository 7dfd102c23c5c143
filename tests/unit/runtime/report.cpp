// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <online_migration/runtime/report.hpp>

using namespace online_migration;

TEST_CASE("nothing found and notices are accepted") {
  preflight_report report;
  CHECK(report.accepted({}));
  CHECK(report.text().empty());
  report.notice("a view reads the table");
  CHECK(report.accepted({}));
  CHECK(report.text() == "  notice: a view reads the table\n");
}

TEST_CASE("every risk has to be acknowledged by its own name") {
  preflight_report report;
  report.ask(risk::user_triggers, "a trigger fires");
  report.ask(risk::publications, "a publication carries the table");
  CHECK_FALSE(report.accepted({}));
  CHECK_FALSE(report.accepted({risk::user_triggers}));
  CHECK_FALSE(report.accepted({risk::pooler, risk::existing_column}));
  CHECK(report.accepted({risk::publications, risk::user_triggers}));
  CHECK(report.text() ==
        "  needs om::risk::user_triggers acknowledged: a trigger fires\n"
        "  needs om::risk::publications acknowledged: a publication carries the table\n");
}

TEST_CASE("a refusal cannot be acknowledged away") {
  preflight_report report;
  report.refuse("there is no key");
  CHECK_FALSE(report.accepted({risk::user_triggers, risk::publications, risk::pooler, risk::existing_column}));
  CHECK(report.text() == "  refused: there is no key\n");
}

TEST_CASE("risks are called in messages as they are in code") {
  CHECK(to_string(risk::user_triggers) == "user_triggers");
  CHECK(to_string(risk::publications) == "publications");
  CHECK(to_string(risk::pooler) == "pooler");
  CHECK(to_string(risk::existing_column) == "existing_column");
}
