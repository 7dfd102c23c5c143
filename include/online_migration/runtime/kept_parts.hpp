// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/alone.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/contract_state.hpp>

namespace online_migration::detail {

/// The list of what contract took away and keeps in its run.
struct legacy_parts {
  const std::string& run;

  template <transactional Connection>
  auto operator()(Connection& on) const {
    return ask(on, state::legacy_constraints, {text_form_parameter(run)});
  }
};

/// Constraints, indexes and their comments, as statements that the server wrote down: what contract took away and
/// keeps in its run, or another `List`, which is called with the connection and always has as many rows. `Hold` is
/// called in each transaction, with the connection, and throws where the run has moved on.
template <database_like Database, environment_like Environment, class Hold, class List = legacy_parts>
class kept_parts {
 public:
  kept_parts(basic_toolkit<Database, Environment>& tools, std::string_view migration, const std::string& run, Hold hold,
             const std::stop_token& stop)
      : kept_parts{tools, migration, run, hold, stop, legacy_parts{run}} {}

  kept_parts(basic_toolkit<Database, Environment>& tools, std::string_view migration, const std::string& run, Hold hold,
             const std::stop_token& stop, List list)
      : tools_{tools}, migration_{migration}, run_{run}, hold_{hold}, stop_{stop}, list_{list} {}

  /// Puts all of it back. What is there is left as it is, so it may be interrupted anywhere.
  void restore() {
    std::size_t count = tools_.session().retrying([&](auto& on) { return this->read(on).size(); }, stop_);
    for (std::size_t i = 0; i < count; ++i) {
      bool spent = true;
      try {
        spent = tools_.session().retrying([&](auto& on) { return this->restore_one(on, i); }, stop_);
      } catch (...) {
        tools_.session().drop();
        throw;
      }
      if (spent) tools_.session().drop();
    }
  }

 private:
  struct part {
    std::string kind;
    bool there = false;
    std::string text;
    std::string drop;
  };

  template <class Connection>
  std::vector<part> read(Connection& on) {
    std::vector<part> parts;
    transaction scope{on, tools_.settings()};
    hold_(on);
    auto rows = list_(on);
    for (int row = 0; row < rows.rows(); ++row) {
      parts.push_back({std::string{rows.text(row, 1)}, rows.boolean(row, 3), std::string{rows.text(row, 4)},
                       std::string{rows.text(row, 5)}});
    }
    return parts;
  }

  /// Whether the session's settings were changed for it.
  template <class Connection>
  bool restore_one(Connection& on, std::size_t number) {
    part next = read(on).at(number);
    if (next.there) return false;
    bool scans = next.kind == "index" || next.kind == "validate";
    longer_deadline patience{on, scans ? long_scan : connection_options{}.deadline};
    if (next.kind == "index") {
      work_alone<Environment>(on, migration_, run_, stop_);
      if (read(on).at(number).there) return true;
      // One that is not valid is left over from a try that was interrupted.
      run_text(on, "restore_index", next.drop);
      run_text(on, "restore_index", next.text);
      return true;
    }
    transaction_settings bounds = tools_.settings();
    if (next.kind == "validate") bounds.statement_timeout = long_scan;
    transaction scope{on, bounds};
    if (next.kind != "validate") hold_(on);  // that one takes long, and does no harm to anybody
    restore_or_look_again(on, next.text);
    scope.commit();
    return false;
  }

  /// Another process may be at the same step, and have come further: then a retry finds it done.
  template <class Connection>
  static void restore_or_look_again(Connection& on, const std::string& text) {
    try {
      run_text(on, "restore_constraint", text);
    } catch (const statement_error& problem) {
      std::string_view state = problem.sqlstate();
      // There already; not there any more, as the index that has become a constraint's.
      if (state != "42710" && state != "42P07" && state != "42704" && state != "55000") throw;
      throw statement_error{problem.statement_name(), state, std::string{problem.object()}, retry_class::retry};
    }
  }

  /// A statement that the server wrote from its own catalog.
  template <class Connection>
  static void run_text(Connection& on, std::string_view name, const std::string& text) {
    ask(on, statement{name, text});
  }

  basic_toolkit<Database, Environment>& tools_;
  std::string_view migration_;
  const std::string& run_;
  Hold hold_;
  const std::stop_token& stop_;
  List list_;
};

}  // namespace online_migration::detail
