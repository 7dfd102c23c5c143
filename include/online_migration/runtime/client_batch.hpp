// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
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
#include <online_migration/runtime/client_keys.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/client_verdict.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/stored_form.hpp>
#include <online_migration/runtime/try_part.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Some rows of a batch: so many from the first on, each `step`th.
struct some_rows {
  int first = 0;
  int step = 1;
  int count = 0;
};

/// Keys of rows without a value, and why.
template <migration_like Migration>
struct keys_without_value {
  client_keys<Migration> keys;
  array_builder<text> reasons;
  failed_rows rows;

  /// They refer to what is in here.
  [[nodiscard]] std::vector<parameter> parameters() const { return keys.parameters(reasons.as_parameter()); }
};

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

  /// The same for some rows, none of which repeats. Only these are sent, and what is known of the others stays.
  void compute(data_error_policy policy, const some_rows& which) {
    batch_.clear();
    sent_.clear();
    for (int number = 0, row = which.first; number < which.count && row < size(); ++number, row += which.step) {
      at(row).first = row;
      compute_row(row, policy);
    }
  }

  /// How many rows there are to write back.
  [[nodiscard]] std::size_t to_send() const { return sent_.size(); }

  /// What a write-back takes; it refers to what is in here.
  [[nodiscard]] std::vector<parameter> parameters() const { return batch_.parameters(); }

  /// All of them will have been written when the cursor passes them: where some are not, the span is read again.
  void assume_settled() {
    for (int row : sent_) at(row).settled = true;
  }

  /// Writes back, under the fence. The number of rows that were written.
  template <class Connection>
  std::int64_t send(Connection& on) {
    return sent_.empty() ? 0 : settle(batch_.send(on), 0);
  }

  /// The same with savepoints: what the table refuses as a whole is tried in halves, down to the row. That one is
  /// settled then, with the SQLSTATE as its reason.
  template <class Connection>
  std::int64_t send_in_parts(Connection& on) {
    return send_part(on, 0, sent_.size());
  }

  /// Whether the table has refused a row.
  [[nodiscard]] bool has_refused() const { return !refusals_.empty(); }

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
    client_keys<Migration> keys;
    for (int row : sent_) {
      if (!is_settled(row)) keys.add(found_, row);
    }
    auto all = keys.parameters();
    return client_batch{on.execute(sql::client_read_again, std::span<const parameter>{all}, result_format::binary)};
  }

  /// The settled rows without a value.
  [[nodiscard]] keys_without_value<Migration> without_value() const {
    keys_without_value<Migration> some;
    for (int row = 0; row < size(); ++row) {
      if (!at(row).settled || at(row).reason.empty()) continue;
      some.keys.add(found_, row);
      some.reasons.push(at(row).reason);
      some.rows.add(1, at(row).reason);
    }
    return some;
  }

  /// The settled rows that have one.
  [[nodiscard]] client_keys<Migration> with_value() const {
    client_keys<Migration> keys;
    for (int row = 0; row < size(); ++row) {
      if (at(row).settled && !at(row).gone && at(row).reason.empty()) keys.add(found_, row);
    }
    return keys;
  }

  /// Puts the rows without a value into the quarantine; how many there are, and why.
  template <class Connection>
  failed_rows quarantine(Connection& on) const {
    auto some = without_value();
    if (some.rows.count > 0) ask(on, sql::quarantine_keys, std::span<const parameter>{some.parameters()});
    return some.rows;
  }

  /// Takes the rows that have a value out of the quarantine.
  template <class Connection>
  void release(Connection& on) const {
    auto keys = with_value();
    if (keys.size() > 0) ask(on, sql::release_keys, std::span<const parameter>{keys.parameters()});
  }

 private:
  struct fate {
    bool gone = false;
    bool settled = false;     ///< needs no more work; of the first row with its key
    int first = 0;            ///< the first row with its key
    std::string_view reason;  ///< why it has no value
  };

  /// Rows of which the answer to a write-back has the positions, behind the first so many that were to be sent.
  template <class Positions>
  std::int64_t settle(const Positions& written, std::size_t behind) {
    for (int i = 0; i < written.rows(); ++i) {
      at(sent_[behind + static_cast<std::size_t>(written.integer(i, 0) - 1)]).settled = true;
    }
    return written.rows();
  }

  template <class Connection>
  std::int64_t send_part(Connection& on, std::size_t first, std::size_t count) {
    if (count == 0) return 0;
    std::int64_t written = 0;
    auto refusal = try_part(on, [&] { written = settle(batch_.part(first, count).send(on), first); });
    if (!refusal.has_value()) return written;
    if (count == 1) {
      at(sent_[first]).settled = true;
      at(sent_[first]).reason = refusals_.emplace_back(std::move(*refusal));
      return 0;
    }
    written = send_part(on, first, count / 2);
    return written + send_part(on, first + count / 2, count - count / 2);
  }

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
  std::vector<int> sent_;             // the row of each position
  std::deque<std::string> refusals_;  // to which reasons refer
  write_back<Migration, key_numbers, std::make_index_sequence<rows::sources>> batch_;
};

template <migration_like Migration, class Result>
client_batch<Migration, Result> make_client_batch(Result found) {
  return client_batch<Migration, Result>{std::move(found)};
}

}  // namespace online_migration::detail
