// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/libpq.hpp>

namespace online_migration {

/// How the server is asked to send the values of a result.
enum class result_format : int { text = 0, binary = 1 };

/// What the server answered to one statement. Views into it are good as long as it lives.
/// Throws: `refused` for a row or column that is not there, and for a value that is not of the asked form.
/// Thread safety: may be read by several threads.
class result {
 public:
  result() = default;

  /// Takes ownership.
  explicit result(PGresult* raw) : raw_{raw} {}

  [[nodiscard]] int rows() const { return PQntuples(raw_.get()); }
  [[nodiscard]] int columns() const { return PQnfields(raw_.get()); }

  [[nodiscard]] bool is_null(int row, int column) const {
    check(row, column);
    return PQgetisnull(raw_.get(), row, column) == 1;
  }

  /// The bytes of a value as they came, in whatever format was asked for; empty for NULL.
  [[nodiscard]] std::string_view text(int row, int column) const {
    check(row, column);
    return {PQgetvalue(raw_.get(), row, column), static_cast<std::size_t>(PQgetlength(raw_.get(), row, column))};
  }

  /// An integer of a result in text format.
  [[nodiscard]] std::int64_t integer(int row, int column) const { return number(text(row, column)); }

  /// A boolean of a result in text format.
  [[nodiscard]] bool boolean(int row, int column) const {
    std::string_view value = text(row, column);
    if (value != "t" && value != "f") throw refused{"A value of a result is no boolean in text format."};
    return value == "t";
  }

  /// The command tag, as in `UPDATE 3` or `COMMIT`.
  [[nodiscard]] std::string_view tag() const {
    return raw_ ? std::string_view{PQcmdStatus(raw_.get())} : std::string_view{};
  }

  /// The number of rows in the command tag; 0 for a command without one.
  [[nodiscard]] std::int64_t affected() const {
    std::string_view words = tag();
    std::uint64_t count = 0;
    std::uint64_t place = 1;
    for (std::size_t i = words.size(); i-- > 0 && words[i] >= '0' && words[i] <= '9'; place *= 10) {
      count += place * static_cast<std::uint64_t>(words[i] - '0');
    }
    return static_cast<std::int64_t>(count);
  }

  [[nodiscard]] PGresult* native() const { return raw_.get(); }

 private:
  struct closer {
    void operator()(PGresult* raw) const { PQclear(raw); }
  };

  static std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc{} || end != digits.data() + digits.size()) {
      throw refused{"A value of a result is no integer in text format."};
    }
    return value;
  }

  void check(int row, int column) const {
    if (row < 0 || row >= rows() || column < 0 || column >= columns()) {
      throw refused{"A result of " + std::to_string(rows()) + " rows and " + std::to_string(columns()) +
                    " columns was asked for row " + std::to_string(row) + ", column " + std::to_string(column) + "."};
    }
  }

  std::unique_ptr<PGresult, closer> raw_;
};

}  // namespace online_migration
