// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/array.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/postgres/whole_transaction.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/key_walk.hpp>
#include <online_migration/runtime/pace.hpp>
#include <online_migration/runtime/parity_options.hpp>
#include <online_migration/runtime/parity_pass.hpp>
#include <online_migration/sql/parity_state.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/statements.hpp>

namespace online_migration::detail {

/// Compares rows, and puts them right, where the server knows what follows from them.
template <migration_like Migration>
class server_parity {
 public:
  explicit server_parity(const parity_options&) {}

  /// The next rows of a walk, in a transaction of its own, and one round trip.
  template <connection_like Connection>
  static walk_step count_next(Connection& on, const walk_request& wanted, parity_counts& found) {
    count_request request{wanted};
    whole_transaction all{on, parity_bounds()};
    all.add(state::in_key_order, {}, true);
    auto number = all.add(request.choose(), request.parameters());
    auto answers = all.commit();
    return step_of(answers[number], wanted, found);
  }

  /// All rows of a range, the same way. Throws: what the server throws when that takes longer than `limit`.
  template <connection_like Connection>
  static parity_counts count_range(Connection& on, const key_range& range, std::chrono::milliseconds limit) {
    transaction_settings bounds = parity_bounds();
    bounds.statement_timeout = limit;
    whole_transaction all{on, bounds};
    auto number = all.add(range.choose(sql::parity_range_first, sql::parity_range), range.parameters());
    auto answers = all.commit();
    return counts_of(answers[number]);
  }

  /// Records witnesses of a range in which so many rows differ. `before` is what the pass has found elsewhere until then.
  template <connection_like Connection>
  static void record(Connection& on, const key_range& range, const parity_pass& pass, std::int64_t before,
                     std::int64_t mismatches) {
    witness_parameters more{pass, before, mismatches};
    transaction scope{on, parity_bounds()};
    ask(on, range.choose(sql::parity_witness_first, sql::parity_witness), range.parameters(more.all));
    pass.note_mismatches(on, before + mismatches);
    scope.commit();
  }

  /// Rows of a range that differed when they were looked at last.
  struct suspects {
    key_range range;
    array_builder<text> keys;

    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(keys.size()); }
  };

  /// The next rows of a walk, of which nothing is recorded.
  template <connection_like Connection>
  suspects look(Connection& on, const walk_request& wanted, walk_step& step, parity_counts& found) {
    suspects all;
    step = count_next(on, wanted, found);
    if (found.mismatches > 0) {
      all.range = step.range;
      transaction scope{on, parity_bounds()};
      differing(on, all, null_parameter());
      scope.commit();
    }
    return all;
  }

  /// Those of them that differ still.
  template <connection_like Connection>
  suspects look_again(Connection& on, const suspects& before) const {
    suspects now{before.range, {}};
    transaction scope{on, parity_bounds()};
    differing(on, now, before.keys.as_parameter());
    scope.commit();
    return now;
  }

  /// Looks at them once more, and records those that differ still, unless `may(on)` says that nobody is to be told. How
  /// many there are.
  template <connection_like Connection, class May>
  std::optional<std::int64_t> report(Connection& on, const suspects& all, const parity_pass& pass, std::int64_t before,
                                     May may) const {
    suspects now{all.range, {}};
    transaction scope{on, parity_bounds()};
    if (!may(on)) {
      scope.rollback();
      return std::nullopt;
    }
    differing(on, now, all.keys.as_parameter());
    if (now.size() > 0) {
      witness_parameters more{pass, before};
      parameter those[]{now.keys.as_parameter(), more.all[0], more.all[1], more.all[2]};
      ask(on, now.range.choose(sql::parity_suspects_witness_first, sql::parity_suspects_witness),
          now.range.parameters(those));
      pass.note_mismatches(on, before + now.size());
    }
    scope.commit();
    return now.size();
  }

  /// The rows at so many places of the table, drawn at random.
  template <connection_like Connection>
  parity_counts draw(Connection& on, std::int64_t places, const parity_pass& pass, std::int64_t before) {
    std::string count = std::to_string(places);
    witness_parameters more{pass, before};
    transaction scope{on, parity_bounds()};
    parity_counts found =
        counts_of(ask(on, sql::parity_sample, {text_form_parameter(count), more.all[0], more.all[1], more.all[2]}));
    if (found.mismatches > 0) pass.note_mismatches(on, before + found.mismatches);
    scope.commit();
    return found;
  }

  /// Puts the next rows of a walk right, in a transaction that `fence` begins. `mismatches` are those that were put right.
  template <class Environment, connection_like Connection, class Fence>
  walk_step mend(Connection& on, const walk_request& wanted, const parity_pass& pass, const parity_report& so_far,
                 const pace& speed, Fence fence, parity_counts& found) {
    transaction scope{on, speed.bounds()};
    ask(on, state::constraints_now);
    fence(on);
    count_request request{wanted};
    ask(on, state::in_key_order);
    walk_step step = step_of(ask(on, request.choose(), request.parameters()), wanted, found);
    if (found.mismatches > 0) {
      witness_parameters more{pass, so_far.mismatches};
      auto repaired =
          ask(on, step.range.choose(sql::parity_repair_first, sql::parity_repair), step.range.parameters(more.all));
      found.mismatches = repaired.integer(0, 0);
      if (found.mismatches > 0) pass.note_repaired(on, found.mismatches, so_far.rows_checked + found.rows);
    }
    scope.commit();
    return step;
  }

  /// Puts the rows of a range on which the transform fails into the quarantine, some at a time: writers report theirs,
  /// and must not wait long.
  template <class Paced>
  void quarantine(const Paced& at_own_pace, const pace& speed, const key_range& range, const parity_pass& pass) {
    key_text cursor = range.lower;
    for (bool more = true; more;) {
      walk_step step = at_own_pace([&](auto& on) {
        transaction scope{on, speed.bounds()};
        walk_step next = next_step<sql>(on, cursor, range.upper, speed.rows());
        parameter last[]{text_form_parameter(pass.id())};
        ask(on, next.range.choose(sql::parity_failures_first, sql::parity_failures), next.range.parameters(last));
        scope.commit();
        return next;
      });
      cursor = std::move(step.range.upper);
      more = !step.last;
    }
  }

 private:
  using sql = statements<Migration>;

  /// Run, pass, and the room for witnesses.
  struct witness_parameters {
    witness_parameters(const parity_pass& pass, std::int64_t before,
                       std::int64_t most = std::numeric_limits<std::int64_t>::max())
        : room{std::to_string(std::min(pass.room(before), most))},
          all{text_form_parameter(pass.run()), text_form_parameter(pass.id()), text_form_parameter(room)} {}
    witness_parameters(const witness_parameters&) = delete;
    witness_parameters& operator=(const witness_parameters&) = delete;

    std::string room;
    parameter all[3];
  };

  template <transactional Connection>
  static void differing(Connection& on, suspects& all, const parameter& among) {
    parameter more[]{among};
    auto keys = ask(on, all.range.choose(sql::parity_suspects_first, sql::parity_suspects), all.range.parameters(more));
    for (int row = 0; row < keys.rows(); ++row) all.keys.push(keys.text(row, 0));
  }

  /// What counts the next rows of a walk.
  class count_request {
   public:
    explicit count_request(const walk_request& wanted)
        : rest_{wanted.after, wanted.end}, most_{std::to_string(wanted.rows)} {}

    [[nodiscard]] const statement& choose() const { return rest_.choose(sql::parity_count_first, sql::parity_count); }
    [[nodiscard]] std::vector<parameter> parameters() const {
      parameter more[]{text_form_parameter(most_)};
      return rest_.parameters(more);
    }

   private:
    key_range rest_;
    std::string most_;
  };

  template <result_like Result>
  static walk_step step_of(const Result& row, const walk_request& wanted, parity_counts& found) {
    constexpr int first_key = has_total_function(describe_migration<Migration>) ? 3 : 2;
    found = counts_of(row);
    if (found.rows < wanted.rows) return {{wanted.after, wanted.end}, found.rows, true};
    key_text upper = read_key(row, 0, first_key, wanted.end.size());
    bool last = upper == wanted.end;
    return {{wanted.after, std::move(upper)}, found.rows, last};
  }

  template <result_like Result>
  static parity_counts counts_of(const Result& row) {
    parity_counts found{row.integer(0, 0), row.integer(0, 1), 0};
    if constexpr (has_total_function(describe_migration<Migration>)) found.failed = row.integer(0, 2);
    return found;
  }
};

}  // namespace online_migration::detail
