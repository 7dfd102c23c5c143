// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <type_traits>

#include <online_migration/base/diagnosis.hpp>
#include <online_migration/base/list.hpp>
#include <online_migration/transform/call.hpp>

namespace online_migration {

/// M008: a transform with one node that only the server can compute and another that only the client can.
template <fixed_string ServerOnly, fixed_string ClientOnly>
struct mixed_worlds {
  static constexpr bool raise() {
    static_assert(accepts<mixed_worlds>,
                  "M008: one transform mixes a server-only with a client-only function, so nobody could compute it; "
                  "use a portable function in place of one of them. docs/errors/M008.md");
    return true;
  }
};

namespace detail {

/// The name of a node in a diagnosis: its function's, or its own.
template <class Node>
constexpr auto node_name() {
  if constexpr (requires { Node::function::name; }) {
    return Node::function::name;
  } else {
    return Node::name;
  }
}

struct not_found {};

template <class First, class... Rest>
struct first_found {
  using type = First;
};

template <class Next, class... Rest>
struct first_found<not_found, Next, Rest...> : first_found<Next, Rest...> {};

/// The first node in a tree that by itself has no meaning in a world: a leaf or a function, not what contains it.
template <class Node, worlds Wanted, class Arguments = typename Node::arguments>
struct culprit;

template <class Node>
constexpr worlds own_worlds() {
  if constexpr (requires { Node::function::in; }) {
    return Node::function::in;
  } else if constexpr (requires { typename Node::shape; }) {
    return worlds::client_only;
  } else {
    return worlds::portable;
  }
}

template <class Node, worlds Wanted, class... Arguments>
struct culprit<Node, Wanted, list<Arguments...>>
    : first_found<std::conditional_t<(own_worlds<Node>() & Wanted) == worlds::none, Node, not_found>,
                  typename culprit<Arguments, Wanted>::type..., not_found> {};

template <class Transform, bool Mixed = Transform::in == worlds::none>
struct worlds_agree {
  using type = accepted;
};

template <class Transform>
struct worlds_agree<Transform, true> {
  using type = mixed_worlds<node_name<typename culprit<Transform, worlds::client_only>::type>(),
                            node_name<typename culprit<Transform, worlds::server_only>::type>()>;
};

/// The rule, over a transform.
template <class Transform>
using check_worlds = typename worlds_agree<Transform>::type;

}  // namespace detail
}  // namespace online_migration
