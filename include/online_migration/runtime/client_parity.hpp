// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/client_batch.hpp>
#include <online_migration/runtime/client_keys.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/client_verdict.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Compares rows, and puts them right, where only the client knows what follows from them. It computes outside of
/// transactions, so that nobody waits for a function of the user's own.
template <migration_like Migration>
class client_parity {
 public:
  explicit client_parity(const parity_options& options) : policy_{options.on_data_error} {}

  /// Rows that were read. `before` is what the pass has found until then.
  template <connection_like Connection, result_like Result>
  parity_counts check(Connection& on, const Result& read, const parity_pass& pass, std::int64_t before) {
    return compare(on, read, pass, before);
  }

  /// Rows that differed when they were looked at last.
  struct suspects {
    client_keys<Migration> keys;

    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(keys.size()); }
  };

  /// The next rows of a walk, of which nothing is recorded.
  template <connection_like Connection>
  suspects look(Connection& on, const walk_request& wanted, walk_step& step, parity_counts& found) {
    auto batch = computed(read_next(on, wanted, step));
    found = count(batch);
    return suspects_of(look_again(on, batch));
  }

  /// Those of them that differ still, and do not wait in the queue.
  template <connection_like Connection>
  suspects look_again(Connection& on, const suspects& before) const {
    return suspects_of(read_suspects(on, before.keys));
  }

  /// Looks at them once more, and records those that differ still, unless `may(on)` says that nobody is to be told. How
  /// many there are.
  template <connection_like Connection, class May>
  std::optional<std::int64_t> report(Connection& on, const suspects& all, const parity_pass& pass, std::int64_t before,
                                     May may) const {
    auto wrong = read_suspects(on, all.keys);
    transaction scope{on, parity_bounds()};
    if (!may(on)) {
      scope.rollback();
      return std::nullopt;
    }
    auto mismatches = static_cast<std::int64_t>(wrong.rows.size());
    if (mismatches > 0) {
      record(on, *wrong.now, wrong.rows, pass, before);
      pass.note_mismatches(on, before + mismatches);
    }
    scope.commit();
    return mismatches;
  }

  /// The rows at so many places of the table, drawn at random.
  template <connection_like Connection>
  parity_counts draw(Connection& on, std::int64_t places, const parity_pass& pass, std::int64_t before) {
    std::string count = std::to_string(places);
    parameter all[]{text_form_parameter(count)};
    return compare(on, read(on, sql::client_sample, all), pass, before);
  }

  /// Puts the next rows of a walk right, in a transaction that `fence` begins. `mismatches` are those that were put right.
  template <class Environment, connection_like Connection, class Fence>
  walk_step mend(Connection& on, const walk_request& wanted, const parity_pass& pass, const parity_report& so_far,
                 const pace& speed, Fence fence, parity_counts& found) {
    walk_step step;
    auto batch = computed(read_next(on, wanted, step));
    found = count(batch);
    auto wrong = look_again(on, batch);
    transaction scope{on, speed.bounds()};
    ask(on, state::constraints_now);
    fence(on);
    if (!wrong.rows.empty()) {
      found.mismatches = write_back_wrong<Environment>(on, wrong, pass, so_far, speed);
      if (found.mismatches > 0) pass.note_repaired(on, found.mismatches, so_far.rows_checked + found.rows);
    }
    scope.commit();
    return step;
  }

  /// Puts the rows of the last check for which the client has no value into the quarantine.
  template <class Paced>
  void quarantine(const Paced& at_own_pace, const pace& speed, const key_range&, const parity_pass& pass) {
    if (failed_.size() == 0) return;
    at_own_pace([&](auto& on) {
      transaction scope{on, speed.bounds()};
      ask(on, sql::parity_failed_keys, failed_.parameters(reasons_.as_parameter(), text_form_parameter(pass.id())));
      scope.commit();
    });
  }

 private:
  using sql = statements<Migration>;
  using rows = client_rows<Migration>;
  using target = typename Migration::change::type;
  static constexpr std::size_t queued = rows::keys + rows::sources + 1;

  /// In a transaction of its own.
  template <class Connection>
  static auto read(Connection& on, const statement& what, std::span<const parameter> parameters) {
    transaction scope{on, parity_bounds()};
    auto found = on.execute(what, parameters, result_format::binary);
    scope.commit();
    return found;
  }

  template <class Connection>
  static auto read_next(Connection& on, const walk_request& wanted, walk_step& step) {
    transaction scope{on, parity_bounds()};
    step = next_step<sql>(on, wanted.after, wanted.end, wanted.rows);
    auto found = on.execute(step.range.choose(sql::client_read_first, sql::client_read), step.range.parameters(),
                            result_format::binary);
    scope.commit();
    return found;
  }

  template <class Result>
  auto computed(Result found) const {
    auto batch = make_client_batch<Migration>(std::move(found));
    batch.compute(policy_);
    return batch;
  }

  /// Rows, and those without a value, which are remembered.
  template <class Batch>
  parity_counts count(const Batch& batch) {
    parity_counts found{batch.size(), 0, 0};
    failed_ = {};
    reasons_.clear();
    for (int row = 0; row < batch.size(); ++row) {
      if (batch.reason(row).empty()) continue;
      ++found.failed;
      failed_.add(batch.found(), row);
      reasons_.push(batch.reason(row));
    }
    return found;
  }

  template <class Batch>
  struct wrong_rows {
    std::optional<Batch> now;  ///< rows as they were read again
    std::vector<int> rows;     ///< those of them that are wrong
  };

  /// Reads the rows that differ again, and sorts out those that wait in the queue, because they were written by the old
  /// ways: the runner of the backfill puts them right.
  template <class Connection, class Batch>
  wrong_rows<Batch> look_again(Connection& on, const Batch& batch) const {
    client_keys<Migration> suspect;
    for (int row = 0; row < batch.size(); ++row) {
      if (!batch.is_settled(row)) suspect.add(batch.found(), row);
    }
    if (suspect.size() == 0) return wrong_rows<Batch>{};
    return read_suspects(on, suspect);
  }

  template <class Connection>
  auto read_suspects(Connection& on, const client_keys<Migration>& suspect) const {
    auto now = computed(read(on, sql::parity_look_again, suspect.parameters()));
    wrong_rows<decltype(now)> wrong;
    wrong.now.emplace(std::move(now));
    for (int row = 0; row < wrong.now->size(); ++row) {
      bool waits = rows::template value<boolean>(wrong.now->found(), row, queued).value_or(false);
      if (!wrong.now->is_settled(row) && !waits) wrong.rows.push_back(row);
    }
    return wrong;
  }

  template <class Wrong>
  static suspects suspects_of(const Wrong& wrong) {
    suspects all;
    for (int row : wrong.rows) all.keys.add(wrong.now->found(), row);
    return all;
  }

  template <class Connection, class Result>
  parity_counts compare(Connection& on, const Result& read, const parity_pass& pass, std::int64_t before) {
    client_keys<Migration> suspect;
    parity_counts found = judge(read, suspect);
    if (suspect.size() == 0) return found;
    auto wrong = read_suspects(on, suspect);
    if (wrong.rows.empty()) return found;
    found.mismatches = static_cast<std::int64_t>(wrong.rows.size());
    transaction scope{on, parity_bounds()};
    record(on, *wrong.now, wrong.rows, pass, before);
    pass.note_mismatches(on, before + found.mismatches);
    scope.commit();
    return found;
  }

  /// Most rows are right, so nothing is kept of a row unless it is not.
  template <class Result>
  parity_counts judge(const Result& read, client_keys<Migration>& suspect) {
    parity_counts found{read.rows(), 0, 0};
    failed_ = {};
    reasons_.clear();
    for (int row = 0; row < read.rows(); ++row) {
      client_verdict<Migration, Result> verdict{read, row, policy_, [](std::string_view) {}};
      if (!verdict.right) suspect.add(read, row);
      if (verdict.reason.empty()) continue;
      ++found.failed;
      failed_.add(read, row);
      reasons_.push(verdict.reason);
    }
    return found;
  }

  /// The number of rows that were put right.
  template <class Environment, class Connection, class Wrong>
  std::int64_t write_back_wrong(Connection& on, const Wrong& wrong, const parity_pass& pass,
                                const parity_report& so_far, const pace& speed) const {
    client_keys<Migration> keys;
    for (int row : wrong.rows) keys.add(wrong.now->found(), row);
    record(on, *wrong.now, wrong.rows, pass, so_far.mismatches);
    auto batch = computed(on.execute(sql::client_read_again, keys.parameters(), result_format::binary));
    auto begin = Environment::now();
    std::int64_t written = batch.send(on);
    while (!batch.all_settled()) {
      if (Environment::now() - begin > speed.longest_statement() / 4) {
        throw statement_error{sql::client_write_back.name, "40001"};
      }
      auto again = batch.read_again(on);
      batch = std::move(again);
      batch.compute(policy_);
      written += batch.send(on);
    }
    return written;
  }

  /// Records witnesses, as far as there is room.
  template <class Connection, class Batch>
  void record(Connection& on, const Batch& batch, const std::vector<int>& which, const parity_pass& pass,
              std::int64_t before) const {
    std::int64_t room = pass.room(before);
    for (int row : which) {
      if (room-- <= 0) return;
      record_one(on, batch, row, pass, std::make_index_sequence<rows::keys>{});
    }
  }

  template <class Connection, class Batch, std::size_t... Numbers>
  void record_one(Connection& on, const Batch& batch, int row, const parity_pass& pass,
                  std::index_sequence<Numbers...>) const {
    const auto& found = batch.found();
    std::tuple keys{wire<typename rows::template key_column<Numbers>::type>{
        rows::template value<typename rows::template key_column<Numbers>::type>(found, row, Numbers)}...};
    std::vector<parameter> all{text_form_parameter(pass.run()), text_form_parameter(pass.id()),
                               std::get<Numbers>(keys).as_parameter()...};
    if constexpr (describe_migration<Migration>.is_sensitive) {
      ask(on, sql::parity_witness_value, all);
    } else {
      // The value is computed once more: texts refer to it.
      std::optional<decltype(rows::computed(found, row))> value;
      if (batch.reason(row).empty()) value.emplace(rows::computed(found, row));
      wire<target> expected{expected_of(value)};
      wire<target> actual{rows::template value<target>(found, row, rows::keys + rows::sources)};
      all.push_back(expected.as_parameter());
      all.push_back(actual.as_parameter());
      ask(on, sql::parity_witness_value, all);
    }
  }

  template <class Computed>
  static std::optional<typename target::value_type> expected_of(const std::optional<Computed>& value) {
    if (!value.has_value()) return std::nullopt;
    if constexpr (is_optional<Computed>) {
      if (!value->has_value()) return std::nullopt;
      return rows::as_type(**value);
    } else {
      return rows::as_type(*value);
    }
  }

  data_error_policy policy_;
  client_keys<Migration> failed_;
  array_builder<text> reasons_;
};

}  // namespace online_migration::detail
