// SPDX-License-Identifier: BSL-1.0
// EXPECT: replaced_column_missing<price_label
// EXPECT: {"price"}
// EXPECT: M023: the new column would be computed from the replaced one as the row has it
#include <online_migration/runtime/dual_writer.hpp>
#include <online_migration/static.hpp>

namespace om = online_migration;

struct orders : om::table<"orders",
    om::column<"id",       om::bigint,  om::primary_key>,
    om::column<"price",    om::text,    om::not_null>,
    om::column<"currency", om::text,    om::not_null>> {};

struct price_label : om::migration<"orders-price-label", orders,
    om::replace_column<"price", "price_label", om::text,
        om::concat(om::col<"price">, om::lit<" ">, om::col<"currency">), om::lossy>> {};

void write_order(om::connection& connection) {
  om::dual_writer<price_label> write{connection};
#ifdef CONTROL
  write.update(om::key(42), om::set<"price">("9.50"), om::set<"currency">("EUR"));
#else
  write.update(om::key(42), om::set<"currency">("EUR"));
#endif
}
