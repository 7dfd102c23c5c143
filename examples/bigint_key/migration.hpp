// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/online_migration.hpp>

namespace om = online_migration;

// Laid out as a table.
// clang-format off

// Two tables of a shop: an order, and its lines.
struct orders : om::table<"orders", om::in_schema<"bigint_key">,
                          om::column<"id",   om::integer, om::primary_key, om::has_default>,
                          om::column<"note", om::text>> {};

struct order_lines : om::table<"order_lines", om::in_schema<"bigint_key">,
                               om::column<"line",     om::bigint,  om::primary_key, om::has_default>,
                               om::column<"order_id", om::integer, om::not_null>,
                               om::column<"amount",   om::integer, om::not_null>> {};

// The column that refers to the key, and the key itself, which names the migrations of all such columns.
struct wide_order_id
    : om::migration<
          "bigint-key-lines", order_lines,
          om::replace_column<"order_id", "order_id_v2", om::bigint, om::col<"order_id">, om::derived_inverse, om::not_null>> {};

struct wide_id
    : om::migration<
          "bigint-key", orders,
          om::replace_key<"id", "id_v2", om::bigint, om::referenced_by<wide_order_id>>> {};

// clang-format on
