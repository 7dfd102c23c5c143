// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/type_list.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// The columns of a table as a `hana::tuple` of `hana::type<om::column<…>>`, made only where it is asked for: the door
/// through which all of Boost.Hana's algorithms reach a declaration.
template <table_like Table>
inline constexpr auto columns_of = detail::as_hana(typename Table::columns{});

}  // namespace online_migration
