// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <online_migration/postgres/error.hpp>

namespace online_migration {

/// What to do about rows for which the transform has no value: a partial one fails on them, or a function of yours
/// throws. Whichever it is, the key of such a row is put into `online_migration_quarantine`.
enum class data_error_policy : unsigned char {
  stop,  ///< end with an error that says how many rows, why, and where to look
  go_on  ///< their new column is NULL; count them and go on
};

/// Rows without a value, under `data_error_policy::stop`. What was done before is committed: run it again to go on
/// behind them. `sqlstate()` is the reason of one of them.
class data_error : public error {
 public:
  data_error(std::string sentence, std::string_view sqlstate, std::int64_t rows)
      : error{std::move(sentence), retry_class::data, sqlstate, {}}, rows_{rows} {}

  /// How many.
  [[nodiscard]] std::int64_t rows() const { return rows_; }

 private:
  std::int64_t rows_;
};

namespace detail {

/// Rows without a value, and the reason of the first.
struct failed_rows {
  std::int64_t count = 0;
  std::string sqlstate;

  void add(std::int64_t more, std::string_view reason) {
    if (count == 0 && more > 0) sqlstate = reason;
    count += more;
  }
};

}  // namespace detail
}  // namespace online_migration
