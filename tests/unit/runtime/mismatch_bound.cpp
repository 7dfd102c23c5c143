// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <online_migration/runtime/mismatch_bound.hpp>

using namespace online_migration;

TEST_CASE("the bound is that of Clopper and Pearson") {
  struct expectation {
    std::int64_t rows;
    std::int64_t mismatches;
    double share;
  };
  // From the sums of the binomial distribution in decimals of 60 digits.
  for (auto [rows, mismatches, share] :
       {expectation{1, 0, 0.95}, expectation{10, 0, 0.258865550893}, expectation{10, 1, 0.394163302437},
        expectation{10, 9, 0.994883803108}, expectation{59, 0, 0.0495076098882}, expectation{100, 0, 0.029513049607},
        expectation{100, 1, 0.0465598114535}, expectation{100, 5, 0.102253377643}, expectation{299, 0, 0.0099691467929},
        expectation{1'000, 0, 0.0029912495451}, expectation{1'000, 3, 0.00773524471848},
        expectation{1'000, 500, 0.526482268764}, expectation{1'000, 999, 0.999948708021},
        expectation{3'000, 0, 0.000998079011997}, expectation{20'000, 7, 0.000657304647467},
        expectation{100'000, 250, 0.00277577040444}}) {
    CAPTURE(rows);
    CAPTURE(mismatches);
    CHECK(greatest_mismatch_share(rows, mismatches) == doctest::Approx(share).epsilon(1e-10));
  }
  CHECK(greatest_mismatch_share(100, 2, 0.99) == doctest::Approx(0.0814119463028).epsilon(1e-10));
}

TEST_CASE("the bound holds at its ends") {
  CHECK(greatest_mismatch_share(0, 0) == 1.0);
  CHECK(greatest_mismatch_share(5, 5) == 1.0);
  CHECK(greatest_mismatch_share(2'000'000'000, 0) == doctest::Approx(1.4978661367e-9).epsilon(1e-9));
  CHECK(greatest_mismatch_share(3'000'000, 1'500'000) == doctest::Approx(0.5004748).epsilon(1e-6));
}

TEST_CASE("more mismatches never give a smaller bound, more rows never a greater one") {
  for (std::int64_t rows : {7, 100, 5'000}) {
    for (std::int64_t seen = 1; seen <= rows; seen += 1 + rows / 50) {
      CHECK(greatest_mismatch_share(rows, seen) > greatest_mismatch_share(rows, seen - 1));
      CHECK(greatest_mismatch_share(rows + 1, seen - 1) < greatest_mismatch_share(rows, seen - 1));
      CHECK(greatest_mismatch_share(rows, seen - 1) > static_cast<double>(seen - 1) / static_cast<double>(rows));
    }
  }
}

TEST_CASE("a percentage is rounded up, to two digits") {
  CHECK(detail::percent_at_most(0.0) == "0");
  CHECK(detail::percent_at_most(0.000998079) == "0.10");
  CHECK(detail::percent_at_most(0.00299125) == "0.30");
  CHECK(detail::percent_at_most(0.00773524) == "0.78");
  CHECK(detail::percent_at_most(0.0465598) == "4.7");
  CHECK(detail::percent_at_most(0.258865) == "26");
  CHECK(detail::percent_at_most(0.5) == "50");
  CHECK(detail::percent_at_most(0.99994) == "100");
  CHECK(detail::percent_at_most(1.0) == "100");
  CHECK(detail::percent_at_most(1.49787e-9) == "0.00000015");
}
