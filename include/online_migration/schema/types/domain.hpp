// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/base/sink.hpp>
#include <online_migration/schema/type_description.hpp>

namespace online_migration {

namespace detail {

/// The name of a user's type, `mood` in the schema public or `app.mood`, as quoted SQL.
template <fixed_string Name>
constexpr auto quote_type_name() {
  constexpr auto write = [](sink& out) {
    std::string_view name = Name.view();
    std::size_t dot = 0;
    while (dot < name.size() && name[dot] != '.') ++dot;
    bool in_public = dot == name.size();
    out.identifier(in_public ? std::string_view{"public"} : name.substr(0, dot));
    out.put('.');
    out.identifier(in_public ? name : name.substr(dot + 1));
  };
  text_constant<size_of(write)> result;
  sink out{result.text};
  write(out);
  return result;
}

template <fixed_string Name>
inline constexpr auto quoted_type_name = quote_type_name<Name>();

}  // namespace detail

/// A domain that the database has: `om::domain<"email", om::text>`, or `"app.email"` in a schema other than public. Its
/// C++ value is that of the type it is over. What its constraints say only the server knows.
template <fixed_string Name, pg_type Base>
struct domain {
  using value_type = typename Base::value_type;
  using base_type = Base;
  /// PostgreSQL finds no comparison for a domain over an enum.
  static constexpr bool is_enum = Base::description.shape == type_shape::enumeration;
  static constexpr type_description description{.name = detail::quoted_type_name<Name>.view(),
                                                .identity = is_enum ? identity_form::image : Base::description.identity,
                                                .shape = type_shape::domain,
                                                .inner = &Base::description,
                                                .walks = Base::description.walks && !is_enum};
};

}  // namespace online_migration
