// SPDX-License-Identifier: BSL-1.0
#pragma once

/// PostgreSQL's types, as declarations name them.

#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/types/array.hpp>
#include <online_migration/schema/types/bytes.hpp>
#include <online_migration/schema/types/domain.hpp>
#include <online_migration/schema/types/enumeration.hpp>
#include <online_migration/schema/types/numbers.hpp>
#include <online_migration/schema/types/texts.hpp>
#include <online_migration/schema/types/times.hpp>
