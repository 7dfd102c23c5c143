// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/migration/rules/column_set_twice.hpp>
#include <online_migration/migration/rules/derived_column_written.hpp>
#include <online_migration/migration/rules/key_column_changed.hpp>
#include <online_migration/migration/rules/legacy_at_new_only.hpp>
#include <online_migration/migration/rules/missing_not_null_column.hpp>
#include <online_migration/migration/rules/missing_source.hpp>
#include <online_migration/migration/rules/no_such_column.hpp>
#include <online_migration/migration/rules/nothing_to_write.hpp>
#include <online_migration/migration/rules/partial_client_update.hpp>
#include <online_migration/migration/rules/replaced_column_missing.hpp>
#include <online_migration/migration/rules/wrong_key.hpp>
#include <online_migration/migration/rules/wrong_value_type.hpp>
#include <online_migration/migration/write_request.hpp>

namespace online_migration::detail {

/// Runs checks until one fails, so that each may rely on those before it.
template <class Request, class Verdict, template <class> class... Checks>
struct first_failing_check {
  using type = Verdict;
};

template <class Request, template <class> class Next, template <class> class... Rest>
struct first_failing_check<Request, accepted, Next, Rest...> : first_failing_check<Request, Next<Request>, Rest...> {};

template <class Request, class Assignment>
using check_name_of_assignment =
    typename first_failure<check_not_derived<Request, Assignment>, check_not_legacy<Request, Assignment>,
                           typename column_exists<typename Request::table, Assignment::name>::type>::type;

template <class Request>
using check_assigned_names = typename each_assignment<check_name_of_assignment, Request>::type;

/// Every rule over a write, in their order: `accepted` or the first diagnosis.
template <class Request>
using check_write =
    typename first_failing_check<Request, accepted, check_assigned_names, check_not_empty, check_set_once,
                                 check_key_count, check_key_kept, check_values, check_complete, check_sources,
                                 check_all_sources, check_replaced_given>::type;

}  // namespace online_migration::detail
