// SPDX-License-Identifier: BSL-1.0
#pragma once

// The one door to libpq: no other header of the library includes its headers.
#include <libpq-events.h>

#include <libpq-fe.h>
