// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/migration/rules/mixed_worlds.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/schema/table.hpp>

namespace online_migration {

/// M013: a function applied to arguments of types that it is not defined for, which are given in their order.
template <class Table, fixed_string Function, class... Given>
struct wrong_argument {
  static constexpr bool raise() {
    static_assert(accepts<wrong_argument>,
                  "M013: this function is not defined for the types of its arguments; see its page in the reference "
                  "for what it takes. docs/errors/M013.md");
    return true;
  }
};

namespace detail {

/// The innermost node without a type, as a diagnosis.
template <class Table, class Node, class Arguments = typename Node::arguments,
          bool Valid = Node::type_over(describe_table<Table>).valid>
struct arguments_agree {
  using type = accepted;
};

template <class Table, class Node, class... Arguments>
struct arguments_agree<Table, Node, list<Arguments...>, false>
    : first_failure<typename arguments_agree<Table, Arguments>::type...,
                    wrong_argument<Table, node_name<Node>(),
                                   given<as_fixed_string<type_text_of_expression<Arguments, Table>>()>...>> {};

/// The rule, over a transform all of whose columns exist.
template <class Table, class Transform>
using check_arguments = typename arguments_agree<Table, Transform>::type;

}  // namespace detail
}  // namespace online_migration
