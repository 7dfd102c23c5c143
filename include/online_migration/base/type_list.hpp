// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/hana/filter.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/size.hpp>
#include <boost/hana/transform.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>

#include <online_migration/base/list.hpp>

/// The one door to Boost.Hana. It serves the lists that people meet: the columns of a table made on demand, the
/// migrations of a program. Everything per column inside the library goes through plain packs, which cost compilers a
/// twentieth.
namespace online_migration {

namespace hana = boost::hana;

/// Several types as a `hana::tuple` of `hana::type`, so that all of Hana's algorithms apply.
template <class... Types>
using type_list = hana::tuple<hana::type<Types>...>;

namespace detail {

template <class... Types>
constexpr type_list<Types...> as_hana(list<Types...>) {
  return {};
}

}  // namespace detail
}  // namespace online_migration
