// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The C++ values of PostgreSQL types that C++ has no type of its own for.

#include <online_migration/schema/values/array_view.hpp>
#include <online_migration/schema/values/bytes_view.hpp>
#include <online_migration/schema/values/inet_value.hpp>
#include <online_migration/schema/values/numeric_value.hpp>
#include <online_migration/schema/values/time_values.hpp>
#include <online_migration/schema/values/uuid_value.hpp>
