// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <online_migration/base/optional.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/client_verdict.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/stored_form.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Rows that were read, as `client_read` orders them, and what becomes of each: it is right already, or it is written
/// back and then *settled*, or it has changed meanwhile and is not. Sources are compared by the server, under its lock.
/// Owns the rows, because values refer to them.
template <migration_like Migration, class Result>
class client_batch {
  using sql = statements<Migration>;
  using rows = client_rows<Migration>;
  using target = typename Migration::change::type;
  using key_numbers = std::make_index_sequence<rows::keys>;

 public:
  explicit client_batch(Result found) : found_{std::move(found)}, rows_(static_cast<std::size_t>(found_.rows())) {}

  [[nodiscard]] const Result& found() const { return found_; }
  [[nodiscard]] int size() const { return found_.rows(); }

  /// Computes what each row has to be. Where rows may repeat, the same one is computed once; one that is gone has
  /// nothing to be.
  /// Throws under `stop` what a function of the transform throws, or `statement_error` for a value that the server would
  /// refuse; `quarantine` then knows that row. Under `go_on` such a row becomes NULL.
  void compute(data_error_policy policy, bool may_repeat = false) {
    std::map<std::string, int> seen;
    for (int row = 0; row < size(); ++row) {
      at(row).gone = found_.is_null(row, 0);
      bool compared = may_repeat && !at(row).gone;
      at(row).first = compared ? seen.try_emplace(key_bytes(row), row).first->second : row;
      if (at(row).gone) {
        at(row).settled = true;
      } else if (at(row).first == row) {
        compute_row(row, policy);
      }
    }
  }

  /// Writes back, under the fence. The number of rows that were written.
  template <class Connection>
  std::int64_t send(Connection& on) {
    std::int64_t written = 0;
    if (!sent_.empty()) {
      auto positions = batch_.send(on);
      written = positions.rows();
      for (int i = 0; i < positions.rows(); ++i) {
        at(sent_[static_cast<std::size_t>(positions.integer(i, 0) - 1)]).settled = true;
      }
    }
    return written;
  }

  /// Whether the row needs no more work.
  [[nodiscard]] bool is_settled(int row) const { return at(at(row).first).settled; }

  /// Why the row has no value; empty where it has one.
  [[nodiscard]] std::string_view reason(int row) const { return at(at(row).first).reason; }

  /// Whether each row that was written back still had the sources that it was computed from.
  [[nodiscard]] bool all_settled() const {
    for (int row : sent_) {
      if (!is_settled(row)) return false;
    }
    return true;
  }

  /// The rows that have changed since they were read, as they are now; those that are gone are not among them.
  template <class Connection>
  client_batch read_again(Connection& on) const {
    row_keys<key_numbers> keys;
    for (int row : sent_) {
      if (!is_settled(row)) keys.add(found_, row);
    }
    return client_batch{keys.read_again(on)};
  }

  /// Puts the rows without a value into the quarantine; how many there are, and why.
  template <class Connection>
  failed_rows quarantine(Connection& on) const {
    failed_rows noted;
    row_keys<key_numbers> keys;
    array_builder<text> reasons;
    for (int row = 0; row < size(); ++row) {
      if (!at(row).settled || at(row).reason.empty()) continue;
      keys.add(found_, row);
      reasons.push(at(row).reason);
      noted.add(1, at(row).reason);
    }
    if (noted.count > 0) keys.quarantine(on, reasons);
    return noted;
  }

  /// Takes the rows that have a value out of the quarantine.
  template <class Connection>
  void release(Connection& on) const {
    row_keys<key_numbers> keys;
    for (int row = 0; row < size(); ++row) {
      if (at(row).settled && !at(row).gone && at(row).reason.empty()) keys.add(found_, row);
    }
    if (keys.size() > 0) keys.release(on);
  }

 private:
  struct fate {
    bool gone = false;
    bool settled = false;     ///< needs no more work; of the first row with its key
    int first = 0;            ///< the first row with its key
    std::string_view reason;  ///< why it has no value
  };

  /// Keys of some rows as arrays.
  template <class Numbers>
  class row_keys;

  template <std::size_t... Numbers>
  class row_keys<std::index_sequence<Numbers...>> {
   public:
    void add(const Result& from, int row) {
      (std::get<Numbers>(keys_).push_optional(
           rows::template value<typename rows::template key_column<Numbers>::type>(from, row, Numbers)),
       ...);
    }
    [[nodiscard]] std::size_t size() const { return std::get<0>(keys_).size(); }
    template <class Connection>
    auto read_again(Connection& on) const {
      parameter all[]{std::get<Numbers>(keys_).as_parameter()...};
      return on.execute(sql::client_read_again, all, result_format::binary);
    }
    template <class Connection>
    void quarantine(Connection& on, const array_builder<text>& reasons) const {
      ask(on, sql::quarantine_keys, {std::get<Numbers>(keys_).as_parameter()..., reasons.as_parameter()});
    }
    template <class Connection>
    void release(Connection& on) const {
      ask(on, sql::release_keys, {std::get<Numbers>(keys_).as_parameter()...});
    }

   private:
    std::tuple<array_builder<typename rows::template key_column<Numbers>::type>...> keys_;
  };

  fate& at(int row) { return rows_[static_cast<std::size_t>(row)]; }
  [[nodiscard]] const fate& at(int row) const { return rows_[static_cast<std::size_t>(row)]; }

  /// The bytes of a row's key, one column after the other with their sizes.
  [[nodiscard]] std::string key_bytes(int row) const {
    std::string bytes;
    for (int column = 0; column < static_cast<int>(rows::keys); ++column) {
      std::string_view part = found_.text(row, column);
      bytes.append(std::to_string(part.size())).append(":").append(part);
    }
    return bytes;
  }

  void compute_row(int row, data_error_policy policy) {
    client_verdict<Migration, Result> verdict{found_, row, policy,
                                              [&](std::string_view reason) { stop_at(row, reason); }};
    at(row).reason = verdict.reason;
    at(row).settled = verdict.right;
    if (verdict.right) return;
    if (verdict.reason.empty()) {
      batch_.add(found_, row, *verdict.value);
    } else {
      batch_.add(found_, row, std::optional<typename target::value_type>{});
    }
    sent_.push_back(row);
  }

  /// Nothing of this batch is written: the row goes into the quarantine as it was read.
  void stop_at(int row, std::string_view reason) {
    rows_.assign(rows_.size(), fate{});
    at(row).settled = true;
    at(row).reason = reason;
  }

  Result found_;
  std::vector<fate> rows_;
  std::vector<int> sent_;  // the row of each position
  write_back<Migration, key_numbers, std::make_index_sequence<rows::sources>> batch_;
};

template <migration_like Migration, class Result>
client_batch<Migration, Result> make_client_batch(Result found) {
  return client_batch<Migration, Result>{std::move(found)};
}

}  // namespace online_migration::detail
