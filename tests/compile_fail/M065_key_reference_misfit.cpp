// SPDX-License-Identifier: BSL-1.0
// EXPECT: key_reference_misfit<
// EXPECT: wide_order
// EXPECT: M065: om::referenced_by takes migrations that replace a referring column by one of the key's new type, its value as it is: om::replace_column<"order_id", "order_id_v2", om::bigint, om::col<"order_id">>. docs/errors/M065.md
#include <online_migration/static.hpp>

namespace om = online_migration;

struct orders : om::table<"orders",
    om::column<"id", om::integer, om::primary_key, om::has_default>> {};
struct order_lines : om::table<"order_lines",
    om::column<"line",     om::bigint, om::primary_key>,
    om::column<"order_id", om::integer>> {};

#ifdef CONTROL
struct wide_order : om::migration<"lines-order-bigint", order_lines,
    om::replace_column<"order_id", "order_id_v2", om::bigint, om::col<"order_id">>> {};
#else
struct wide_order : om::migration<"lines-order-bigint", order_lines,
    om::replace_column<"order_id", "order_id_v2", om::bigint, om::col<"order_id"> + om::lit<1>>> {};
#endif

struct wide_id : om::migration<"orders-id-bigint", orders,
    om::replace_key<"id", "id_v2", om::bigint, om::referenced_by<wide_order>>> {};

static_assert(om::migration_like<wide_id>);
