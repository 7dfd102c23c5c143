// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "example_table.hpp"

struct canonical_display_name : om::migration<"users-display-name-canonical", users,
    om::add_column<"display_name_canonical", om::text,
        om::ascii_lower(om::trim(om::col<"display_name">))>> {};
