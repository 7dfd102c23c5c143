// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

// What refuses a write comes first: a compiler begins an error with all files on the way to it.
// clang-format off
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/migration/migration.hpp>
// clang-format on
#include <online_migration/migration/settled.hpp>
#include <online_migration/migration/stage.hpp>
#include <online_migration/migration/write_rules.hpp>
#include <online_migration/postgres/concepts.hpp>
#include <online_migration/postgres/connection.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/batch_write.hpp>
#include <online_migration/runtime/bound_values.hpp>
#include <online_migration/runtime/key.hpp>
#include <online_migration/runtime/observer.hpp>
#include <online_migration/runtime/row_values.hpp>
#include <online_migration/runtime/timed_write.hpp>
#include <online_migration/sql/dual_write.hpp>

namespace online_migration {

/// Writes rows of a table that is being migrated: both representations, in one statement. It refers to a connection.
///
///     om::dual_writer<canonical_display_name> write{connection};
///     write.update(om::key(42), om::set<"display_name">("Ada Lovelace"));
///
/// Of a `replace_column` with an inverse either column may be set, and the other one follows from it.
///
/// Of a migration with stages (`om::staged`) it obeys `om::stage_of`: at `legacy` it does not compile, at `new_only` it
/// writes the new column of a `replace_column` alone, and naming the old one does not compile.
///
/// In a transaction that the caller has opened, the statement belongs to it; otherwise it is a transaction of its own.
/// The order of the assignments does not matter. A mistake in a call does not compile: see docs/errors.
///
/// The server computes the new value from the values that are given, so it knows nothing of a BEFORE trigger that
/// changes them afterwards; the sync trigger of the migration does, while it is in force.
///
/// Throws: `statement_error` (22021 for a text with a NUL byte or invalid UTF-8; nothing is written), `connection_error`,
/// `refused` for a text of a gigabyte or more. They carry the name of the migration.
/// Thread safety: as its connection.
/// Round trips: one for each write, on a connection that `om::database` made. A borrowed one asks the server about itself
/// once.
template <migration_like Migration, connection_like Connection = connection,
          stage Stage = detail::stage_in_use<Migration>>
class dual_writer {
 public:
  using rules = detail::checked<detail::check_not_legacy_stage<Migration, Stage>::raise()>;

  /// The observer hears of each write. Without one nothing is measured.
  explicit dual_writer(Connection& on, observer_ref observer = {}) : on_{&on}, observer_{observer} {
    detail::witness_stage<Migration, Stage>();
  }

  /// Changes columns of the row with this key. The number of rows written: 1, or 0 where there is no such row.
  /// Columns that the transform reads and that are not given keep their values, and are read from the row.
  template <class... Keys, fixed_string... Names, class... Values>
    requires(!detail::names_legacy<Migration, Stage, assignment<Names, Values>...>())
  std::int64_t update(const key_values<Keys...>& which, const assignment<Names, Values>&... given) {
    return write<detail::write_kind::update>(which, given...);
  }

  /// Adds a row. The number of rows written.
  template <class... Keys, fixed_string... Names, class... Values>
    requires(!detail::names_legacy<Migration, Stage, assignment<Names, Values>...>())
  std::int64_t insert(const key_values<Keys...>& which, const assignment<Names, Values>&... given) {
    return write<detail::write_kind::insert>(which, given...);
  }

  /// Adds a row whose key the server gives, or is among the assignments. The number of rows written.
  template <fixed_string... Names, class... Values>
    requires(!detail::names_legacy<Migration, Stage, assignment<Names, Values>...>())
  std::int64_t insert(const assignment<Names, Values>&... given) {
    return write<detail::write_kind::insert>(detail::no_key{}, given...);
  }

  /// Adds a row, or changes these columns of the one that has the key already. The number of rows written.
  template <class... Keys, fixed_string... Names, class... Values>
    requires(!detail::names_legacy<Migration, Stage, assignment<Names, Values>...>())
  std::int64_t upsert(const key_values<Keys...>& which, const assignment<Names, Values>&... given) {
    return write<detail::write_kind::upsert>(which, given...);
  }

  /// As `update`, for each row of a range, in one round trip: `make` gives the `om::row_of(key, set…)` of an element, and
  /// is not needed where the elements are those. All or nothing: in a transaction that the caller has opened the writes
  /// belong to it, otherwise they are one of their own. The number of rows written. Texts have to live until it is
  /// done; the deadline of the connection is for the range as a whole, which is sent from memory.
  ///
  /// Throws: as `update`; `index()` of the error is the number of the row, counted from 0, where one is to blame.
  template <class Rows, class Make = std::identity>
    requires(detail::sends_together<Connection> && detail::rows_from<Rows, Make>)
  std::int64_t update_many(Rows&& rows, Make make = {}) {
    return write_many<detail::write_kind::update>(rows, make);
  }

  /// As `insert`, for each row of a range; otherwise as `update_many`.
  template <class Rows, class Make = std::identity>
    requires(detail::sends_together<Connection> && detail::rows_from<Rows, Make>)
  std::int64_t insert_many(Rows&& rows, Make make = {}) {
    return write_many<detail::write_kind::insert>(rows, make);
  }

  /// As `upsert`, for each row of a range; otherwise as `update_many`.
  template <class Rows, class Make = std::identity>
    requires(detail::sends_together<Connection> && detail::rows_from<Rows, Make>)
  std::int64_t upsert_many(Rows&& rows, Make make = {}) {
    return write_many<detail::write_kind::upsert>(rows, make);
  }

  // The same, naming the column that this binary has left behind. One error comes with the rule, and a warning with
  // each further line, so that the compiler lists all that are not ready for a stage.
  template <class... Given>
    requires(detail::names_legacy<Migration, Stage, Given...>())
  [[deprecated("M033: at om::stage::new_only nothing writes the replaced column")]] std::int64_t update(
      const Given&...) {
    return refuse<Given...>();
  }
  template <class... Given>
    requires(detail::names_legacy<Migration, Stage, Given...>())
  [[deprecated("M033: at om::stage::new_only nothing writes the replaced column")]] std::int64_t insert(
      const Given&...) {
    return refuse<Given...>();
  }
  template <class... Given>
    requires(detail::names_legacy<Migration, Stage, Given...>())
  [[deprecated("M033: at om::stage::new_only nothing writes the replaced column")]] std::int64_t upsert(
      const Given&...) {
    return refuse<Given...>();
  }

  /// Deletes the row with this key. The number of rows deleted: 1, or 0 where there is no such row.
  template <class... Keys>
  std::int64_t erase(const key_values<Keys...>& which) {
    return write<detail::write_kind::erase>(which);
  }

  /// As `erase`, for each key of a range; otherwise as `update_many`, but that `make` gives an `om::key(…)`. The number of
  /// rows deleted.
  template <class Rows, class Make = std::identity>
    requires(detail::sends_together<Connection> && detail::keys_from<Rows, Make>)
  std::int64_t erase_many(Rows&& rows, Make make = {}) {
    auto row = [&make]<class Each>(Each&& each) {
      using made = std::remove_cvref_t<std::invoke_result_t<Make&, Each>>;
      return row_values<made>{std::invoke(make, std::forward<Each>(each)), {}};
    };
    return write_many<detail::write_kind::erase>(rows, row);
  }

 private:
  template <class... Given>
  static std::int64_t refuse() {
    legacy_at_new_only<Migration, detail::named_retired<Migration, Given...>()>::raise();
    return 0;
  }

  template <detail::write_kind Kind, class Key, class... Assignments>
  std::int64_t write(const Key& which, const Assignments&... given) {
    using direction = detail::direction_at_t<Migration, Stage, Assignments...>;
    using request =
        detail::write_request<direction, Kind, typename detail::key_types<Key>::type, detail::list<Assignments...>>;
    using verdict = detail::check_write<request>;
    if constexpr (accepts<verdict>) {
      return detail::with_key_assignments<typename direction::table>(
          which, [&](const auto&... keys) { return run<direction, Kind>(keys..., given...); });
    } else {
      verdict::raise();
      return 0;
    }
  }

  template <class Direction, detail::write_kind Kind, class... Assignments>
  std::int64_t run(const Assignments&... given) {
    using values = bound_values<Direction, Kind, Assignments...>;
    detail::timed_write timed{observer_, Migration::name.view(), detail::operation_of(Kind)};
    try {
      const values bound{given...};
      std::int64_t rows =
          on_->execute_prepared(detail::dual_write<Direction, Kind, values::columns>, bound.parameters()).affected();
      timed.succeeded();
      return rows;
    } catch (error& problem) {
      explain(problem);
      throw;
    }
  }

  template <detail::write_kind Kind, class Rows, class Make>
  std::int64_t write_many(Rows& rows, Make& make) {
    return write_made<Kind>(rows, make, std::type_identity<detail::made_of<Rows&, Make>>{});
  }

  template <detail::write_kind Kind, class Rows, class Make, class Key, class... Assignments>
  std::int64_t write_made(Rows& rows, Make& make, std::type_identity<row_values<Key, Assignments...>>) {
    using direction = detail::direction_at_t<Migration, Stage, Assignments...>;
    using request =
        detail::write_request<direction, Kind, typename detail::key_types<Key>::type, detail::list<Assignments...>>;
    using verdict = detail::check_write<request>;
    if constexpr (detail::names_legacy<Migration, Stage, Assignments...>()) {
      return refuse<Assignments...>();
    } else if constexpr (accepts<verdict>) {
      detail::timed_write timed{observer_, Migration::name.view(), detail::operation_of(Kind)};
      detail::batch_write<direction, Kind, row_values<Key, Assignments...>> batch;
      try {
        for (auto&& each : rows) batch.add(std::invoke(make, std::forward<decltype(each)>(each)));
        std::int64_t written = batch.send(*on_);
        timed.succeeded();
        return written;
      } catch (error& problem) {
        explain(problem);
        if (problem.index()) {
          problem.add("It was row " + std::to_string(*problem.index()) +
                      " of the range, counted from 0; nothing of the range is written.");
        }
        throw;
      }
    } else {
      verdict::raise();
      return 0;
    }
  }

  static void explain(error& problem) {
    problem.in_migration(Migration::name.view());
    if (problem.sqlstate() == "42703") {
      problem.add("If it is the new column that does not exist: has om::expand run on this database?");
    }
  }

  Connection* on_;
  observer_ref observer_;
};

}  // namespace online_migration
