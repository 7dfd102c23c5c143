// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <online_migration/migration/migration.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/data_error_policy.hpp>
#include <online_migration/runtime/stored_form.hpp>

namespace online_migration::detail {

/// SQLSTATE external_routine_exception: a function of the user's own threw.
inline constexpr std::string_view function_threw = "38000";

/// What stands for a statement in the error of a value that is not sent, because the server would refuse it.
inline constexpr std::string_view refused_value = "refused_value";

/// What the new column of a row has to be, and whether it is. Refers to the row.
template <migration_like Migration, class Result>
struct client_verdict {
  using rows = client_rows<Migration>;
  using target = typename Migration::change::type;

  std::optional<decltype(rows::computed(std::declval<const Result&>(), 0))> value;
  std::string_view reason;  ///< why the row has no value; empty where it has one
  bool right = false;

  /// Throws under `stop` what a function of the transform throws, or `statement_error` for a value that the server would
  /// refuse, and before that it calls `at_stop` with the reason.
  template <class AtStop>
  client_verdict(const Result& from, int row, data_error_policy policy, AtStop at_stop) {
    const auto stored = rows::template value<target>(from, row, rows::keys + rows::sources);
    try {
      value.emplace(rows::computed(from, row));
      // What the column holds the server has taken, and most rows are right: only the others have to be asked about.
      if constexpr (textual<target>) right = rows::same(*value, stored);
      if (right) return;
      reason = refusal<target>(*value);
    } catch (const error&) {  // the declaration is not what the table has
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      reason = function_threw;
      if (policy == data_error_policy::stop) {
        at_stop(reason);
        throw;
      }
    }
    if (!reason.empty() && policy == data_error_policy::stop) {
      at_stop(reason);
      throw statement_error{refused_value, reason};
    }
    right = reason.empty() ? rows::same(*value, stored) : !stored.has_value();
  }
};

}  // namespace online_migration::detail
