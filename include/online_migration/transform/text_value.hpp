// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/text_value.hpp>
