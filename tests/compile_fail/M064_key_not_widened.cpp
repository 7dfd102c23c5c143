// SPDX-License-Identifier: BSL-1.0
// EXPECT: key_not_widened<order_lines
// EXPECT: {"order_id"}
// EXPECT: M064: om::replace_key widens the one column that is the om::primary_key of its table, smallint to integer or bigint, integer to bigint; of a key of several columns no column can be replaced, and any other column takes om::replace_column. docs/errors/M064.md
#include <online_migration/static.hpp>

namespace om = online_migration;

#ifdef CONTROL
struct order_lines : om::table<"order_lines",
    om::column<"order_id", om::integer, om::primary_key>,
    om::column<"position", om::integer, om::not_null>> {};
#else
struct order_lines : om::table<"order_lines",
    om::column<"order_id", om::integer, om::primary_key>,
    om::column<"position", om::integer, om::primary_key>> {};
#endif

struct wide_order : om::migration<"lines-order-bigint", order_lines,
    om::replace_key<"order_id", "order_id_v2", om::bigint>> {};

static_assert(om::migration_like<wide_order>);
