// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the source files of one program share. Their stage is given on the command line, as a stale object would have
// it.

#include <online_migration/static.hpp>

namespace online_migration {
class connection;
}
namespace om = online_migration;

struct accounts : om::table<"accounts", om::column<"id", om::bigint, om::primary_key>,
                            om::column<"balance", om::integer, om::not_null>> {};

struct wide_balance : om::migration<"accounts-balance-bigint", accounts,
                                    om::replace_column<"balance", "balance_v2", om::bigint, om::col<"balance">,
                                                       om::cast<om::integer>(om::col<"balance_v2">), om::not_null>>,
                      om::staged {};

template <>
inline constexpr om::stage om::stage_of<wide_balance> = om::stage::STAGE;
