// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "migration.hpp"
#include "names.hpp"
#include "settings.hpp"

/// Holds the database for one run of this example; a second run is refused until the first one's connection ends.
/// Throws: `om::refused`.
void claim_database(om::connection& on);

/// Removes what an earlier run of this example made, and nothing else. Throws: `om::refused` where `public.users`, or a
/// run of a migration of that name, belongs to somebody else; nothing is changed then.
void clean(om::connection& on);

/// Makes the table that the application has had all along, and loads it. The database has to be clean.
void load(om::connection& on, const settings& chosen, const display_names& names);

/// Makes the state tables, and marks them if they were not there, so that `clean` may drop them.
void make_state_tables(om::connection& on, om::toolkit& toolkit);
