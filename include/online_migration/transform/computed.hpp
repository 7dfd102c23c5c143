// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/transform/call.hpp>

namespace online_migration {

namespace detail {

/// The PostgreSQL type that a C++ result type stands for.
template <class Value>
struct natural_type;

template <class Value>
struct natural_type<std::optional<Value>> : natural_type<Value> {};
template <>
struct natural_type<bool> {
  using type = boolean;
};
template <>
struct natural_type<std::int16_t> {
  using type = int2;
};
template <>
struct natural_type<std::int32_t> {
  using type = int4;
};
template <>
struct natural_type<std::int64_t> {
  using type = int8;
};
template <>
struct natural_type<double> {
  using type = float8;
};
template <>
struct natural_type<uuid_value> {
  using type = uuid;
};
template <>
struct natural_type<timestamp_value> {
  using type = timestamptz;
};
template <>
struct natural_type<local_timestamp_value> {
  using type = timestamp;
};
template <>
struct natural_type<float> {
  using type = float4;
};
template <>
struct natural_type<numeric_value> {
  using type = numeric<>;
};
template <>
struct natural_type<date_value> {
  using type = date;
};
template <>
struct natural_type<time_value> {
  using type = time;
};
template <>
struct natural_type<interval_value> {
  using type = interval;
};
template <>
struct natural_type<inet_value> {
  using type = inet;
};
template <class Value>
  requires std::convertible_to<const Value&, bytes_view>
struct natural_type<Value> {
  using type = bytea;
};
template <class Value>
  requires std::convertible_to<const Value&, std::string_view>
struct natural_type<Value> {
  using type = text;
};

template <class Function>
struct signature;

template <class Result, class... Parameters>
struct signature<Result (*)(Parameters...)> {
  using result = Result;
  static constexpr std::size_t arity = sizeof...(Parameters);

  template <auto Function, class... Values>
  static constexpr Result call(const Values&... values) {
    return Function(static_cast<std::remove_cvref_t<Parameters>>(values)...);
  }
};

template <class Result, class... Parameters>
struct signature<Result (*)(Parameters...) noexcept> : signature<Result (*)(Parameters...)> {};

}  // namespace detail

/// A C++ function of the user's own within a transform.
template <auto Function, fixed_string Version, class Type, class... Arguments>
struct computed_node {
  using shape = detail::signature<decltype(Function)>;
  static constexpr worlds in = (worlds::client_only & ... & Arguments::in);
  static constexpr bool total = (true && ... && Arguments::total);
  using columns = detail::concatenate_t<typename Arguments::columns...>;
  using arguments = detail::list<Arguments...>;
  static constexpr auto name = Version;

  static constexpr expression_type type_over(const table_description& table) {
    constexpr std::size_t count = sizeof...(Arguments);
    const expression_type given[count + 1]{Arguments::type_over(table)...};
    bool nullable = detail::is_optional<typename shape::result>;
    for (std::size_t i = 0; i < count; ++i) {
      if (!given[i].valid) return expression_type::invalid();
      nullable = nullable || given[i].nullable;
    }
    return {Type::description, nullable};
  }

  static constexpr void write(detail::sink&, const detail::column_names&) {}

  static constexpr void describe(detail::sink& out) {
    out.put("computed ");
    out.identifier(Version.view());
    out.put(' ');
    Type::description.write(out);
    out.put('(');
    ((Arguments::describe(out), out.put(' ')), ...);
    out.put(')');
  }

  struct strict {
    template <class... Values>
    static constexpr auto apply(const Values&... values) {
      return owned(shape::template call<Function>(values...));
    }

    /// Texts of any C++ type become the one that the other nodes work on.
    template <class Result>
    static constexpr auto owned(Result result) {
      if constexpr (detail::is_optional<Result>) {
        using value = decltype(owned(*result));
        return result.has_value() ? std::optional<value>{owned(*result)} : std::optional<value>{};
      } else if constexpr (std::convertible_to<const Result&, std::string_view>) {
        return text_value{std::string_view{result}};
      } else {
        return result;
      }
    }
  };

  template <class Row>
  static constexpr auto evaluate(const Row& row) {
    return detail::apply_strict<strict>(Arguments::evaluate(row)...);
  }
};

/// A value computed by a C++ function, for what SQL cannot say: a meaning in C++ only.
///
///     om::computed<&normalise_email, "normalise_email/2">(om::col<"email">)
///
/// The compiler cannot see whether the body of a function has changed, so it carries a name with a version, which is
/// part of the fingerprint: raise the version with every change of what the function answers. The function must depend
/// on its arguments only and be callable from several threads. It is not called for NULL: NULL in gives NULL out.
/// `Type` is the PostgreSQL type of the result where it is not the natural one of the C++ type.
template <auto Function, fixed_string Version,
          pg_type Type = typename detail::natural_type<typename detail::signature<decltype(Function)>::result>::type,
          expression... Arguments>
  requires(detail::signature<decltype(Function)>::arity == sizeof...(Arguments))
consteval computed_node<Function, Version, Type, Arguments...> computed(Arguments...) {
  return {};
}

}  // namespace online_migration
