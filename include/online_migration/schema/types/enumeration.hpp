// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include <online_migration/base/fixed_string.hpp>
#include <online_migration/schema/type_description.hpp>
#include <online_migration/schema/types/domain.hpp>
#include <online_migration/schema/types/texts.hpp>

namespace online_migration {

/// An enum that the database has, with its labels: `om::enumeration<"mood", "sad", "ok", "happy">`, or `"app.mood"` in a
/// schema other than public. C++ `std::string_view` going in: a label. An `enum class` of the application's, whose
/// enumerators count the labels from 0, becomes one by `label(mood::ok)`, and comes back by `as<mood>("ok")`.
template <fixed_string Name, fixed_string... Labels>
  requires(sizeof...(Labels) > 0)
struct enumeration {
  using value_type = std::string_view;
  static constexpr std::size_t size = sizeof...(Labels);
  static constexpr std::string_view labels[size]{Labels.view()...};
  static constexpr type_description description{.name = detail::quoted_type_name<Name>.view(),
                                                .shape = type_shape::enumeration,
                                                .inner = &text::description,
                                                .labels = labels,
                                                .label_count = size};

  /// The position of a label; nothing for any other text.
  static constexpr std::optional<std::size_t> find(std::string_view label) {
    for (std::size_t i = 0; i < size; ++i) {
      if (labels[i] == label) return i;
    }
    return std::nullopt;
  }

  /// The label of an enumerator; empty, which is none, for a number that has no label.
  template <class Enum>
    requires std::is_enum_v<Enum>
  static constexpr std::string_view label(Enum value) {
    auto index = static_cast<std::size_t>(value);
    return index < size ? labels[index] : std::string_view{};
  }

  /// The enumerator of a label; nothing for any other text.
  template <class Enum>
    requires std::is_enum_v<Enum>
  static constexpr std::optional<Enum> as(std::string_view label) {
    auto index = find(label);
    if (!index.has_value()) return std::nullopt;
    return static_cast<Enum>(*index);
  }
};

}  // namespace online_migration
