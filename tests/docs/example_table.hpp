// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

struct users : om::table<"users",
    om::column<"id",           om::bigint, om::primary_key>,
    om::column<"display_name", om::text,   om::not_null>> {};
