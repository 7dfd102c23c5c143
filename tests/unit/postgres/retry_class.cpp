// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <online_migration/postgres/condition.hpp>
#include <online_migration/postgres/retry_class.hpp>

using namespace online_migration;

// The policy of docs/design: by SQLSTATE alone.
static_assert(classify("40001") == retry_class::retry);
static_assert(classify("40P01") == retry_class::retry);
static_assert(classify("55P03") == retry_class::retry);
static_assert(classify("53300") == retry_class::retry);
static_assert(classify("57P03") == retry_class::retry);
static_assert(classify("57014") == retry_class::retry);
static_assert(classify("") == retry_class::reconnect);
static_assert(classify("08006") == retry_class::reconnect);
static_assert(classify("57P01") == retry_class::reconnect);
static_assert(classify("57P02") == retry_class::reconnect);
static_assert(classify("25P03") == retry_class::reconnect);
static_assert(classify("25P04") == retry_class::reconnect);
static_assert(classify("40003") == retry_class::reconnect);
static_assert(classify("53100") == retry_class::pause);
static_assert(classify("53200") == retry_class::pause);
static_assert(classify("53400") == retry_class::pause);
static_assert(classify("25006") == retry_class::pause);
static_assert(classify("22021") == retry_class::data);
static_assert(classify("23505") == retry_class::data);
static_assert(classify("42501") == retry_class::stop);
static_assert(classify("28P01") == retry_class::stop);
static_assert(classify("0A000") == retry_class::stop);
static_assert(classify("25P02") == retry_class::stop);
static_assert(classify("XX001") == retry_class::stop);
static_assert(classify("ZZ999") == retry_class::stop);

TEST_CASE("every condition of the catalogue has words that end as sentences") {
  for (std::string_view code :
       {"08P01", "0A000", "22001", "22003", "22021", "22P02", "23502", "23503", "23505", "23514", "25006", "25P02",
        "26000", "28P01", "40001", "40P01", "42501", "42703", "42P01", "42P05", "53100", "55P03", "57014", "57P01"}) {
    CAPTURE(code);
    condition words = describe(code);
    CHECK(!words.meaning.empty());
    CHECK(words.advice.ends_with('.'));
    CHECK(!words.meaning.ends_with('.'));
  }
  CHECK(describe("ZZ999").meaning.empty());
  CHECK(describe("").meaning.empty());
}
