// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>
#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/migration/rules/type_mismatch.hpp>
#include <online_migration/transform/server_only.hpp>
#include <online_migration/transform/volatile_words.hpp>

namespace online_migration {

/// M026: SQL of the user's own whose value depends on more than its arguments.
template <fixed_string Word>
struct volatile_sql {
  static constexpr bool raise() {
    static_assert(
        accepts<volatile_sql>,
        "M026: the text of om::sql uses something whose value depends on the time, on chance, on a sequence or "
        "on settings, so the same row would get different values; use what follows from its arguments alone. "
        "docs/errors/M026.md");
    return true;
  }
};

namespace detail {

template <class Node>
inline constexpr std::string_view volatile_word_of{};

template <fixed_string Text, class Type, class... Arguments>
inline constexpr std::string_view volatile_word_of<call_node<function::raw_sql<Text, Type>, Arguments...>> =
    sql_words{Text.view()}.find_volatile();

template <class Node>
struct text_of_volatile_word {
  static constexpr void write(sink& out) { out.put(volatile_word_of<Node>); }
};

/// The first node of a tree with such a text, as a diagnosis.
template <class Node, class Arguments = typename Node::arguments, bool Accepted = volatile_word_of<Node>.empty()>
struct sql_is_immutable;

template <class Node, class... Arguments>
struct sql_is_immutable<Node, list<Arguments...>, true> : first_failure<typename sql_is_immutable<Arguments>::type...> {
};

template <class Node, class Arguments>
struct sql_is_immutable<Node, Arguments, false> {
  using type = volatile_sql<as_fixed_string<text_of_volatile_word<Node>>()>;
};

/// The rule, over a transform.
template <class Transform>
using check_sql_words = typename sql_is_immutable<Transform>::type;

}  // namespace detail
}  // namespace online_migration
