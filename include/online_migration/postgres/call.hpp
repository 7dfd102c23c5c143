// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>

#include <online_migration/postgres/parameter.hpp>
#include <online_migration/postgres/result.hpp>
#include <online_migration/sql/statement.hpp>

namespace online_migration {

/// One statement of several that are sent together.
struct call {
  statement what;
  std::span<const parameter> parameters{};
  result_format format = result_format::text;
  bool often = false;  ///< it will be run often: prepared where `execute_prepared` would prepare it
};

}  // namespace online_migration
