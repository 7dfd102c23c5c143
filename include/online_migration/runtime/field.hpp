// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <online_migration/base/optional.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/representation.hpp>
#include <online_migration/migration/transform.hpp>
#include <online_migration/postgres/codec.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/runtime/client_batch.hpp>
#include <online_migration/runtime/client_rows.hpp>
#include <online_migration/runtime/stored_form.hpp>

namespace online_migration {

/// What a read found: whether there is such a row, and the value in it. `Value` owns what it holds, and is a
/// `std::optional` where the new column can be NULL.
template <class Value>
class field {
 public:
  /// No such row.
  constexpr explicit field(representation from) : from_{from} {}
  constexpr field(representation from, Value value) : value_{std::move(value)}, from_{from} {}

  [[nodiscard]] constexpr bool has_row() const { return value_.has_value(); }

  /// The value. Throws: `refused` where there is no such row.
  [[nodiscard]] constexpr const Value& value() const& { return check(*this); }
  [[nodiscard]] constexpr Value value() && { return std::move(check(*this)); }

  /// Where it was read.
  [[nodiscard]] constexpr representation from() const { return from_; }

 private:
  template <class Self>
  static constexpr auto& check(Self& self) {
    if (!self.value_.has_value()) throw refused{"There is no row with this key: ask field.has_row() first."};
    return *self.value_;
  }

  std::optional<Value> value_;
  representation from_;
};

namespace detail {

/// The C++ value of a migration's field.
template <class Migration, class Type = typename Migration::change::type>
using field_value = std::conditional_t<Migration::change::is_required, owned_of<Type>, std::optional<owned_of<Type>>>;

inline constexpr const char* not_null_is_null =
    "A column that is declared om::not_null holds NULL: declare it as it is.";

/// A value, or one that may be missing, as that of the field.
template <class Migration, class Given>
field_value<Migration> as_field_value(const Given& given) {
  using type = typename Migration::change::type;
  auto owned = [](const auto& value) {
    if constexpr (type::description.underlying().shape == type_shape::array) {
      return own<owned_of<type>>(value);
    } else {
      return own<owned_of<type>>(stored_form<type>(static_cast<typename type::value_type>(value)));
    }
  };
  if constexpr (is_optional<Given>) {
    if (given.has_value()) return owned(*given);
    if constexpr (Migration::change::is_required) {
      throw refused{not_null_is_null};
    } else {
      return std::nullopt;
    }
  } else {
    return owned(given);
  }
}

/// A source of the transform in the result of `read_legacy` or `read_both`.
template <class Migration, std::size_t Number, class Result>
auto read_source(const Result& found) {
  using column = source_column<Migration, Number>;
  auto value = client_rows<Migration>::template value<typename column::type>(found, 0, Number);
  if constexpr (column::is_required) {
    if (!value.has_value()) throw refused{not_null_is_null};
    return *value;
  } else {
    return value;
  }
}

/// What follows from the sources in such a result, computed here: nothing where the transform has no value, as the
/// backfill has it.
template <class Migration, class Result, std::size_t... Numbers>
auto computed_field(const Result& found, std::index_sequence<Numbers...>) {
  using computed = decltype(transform<Migration>(read_source<Migration, Numbers>(found)...));
  using given = std::conditional_t<is_optional<computed>, computed, std::optional<computed>>;
  if constexpr (Migration::change::is_required) {
    return given{transform<Migration>(read_source<Migration, Numbers>(found)...)};
  } else {
    try {
      given value{transform<Migration>(read_source<Migration, Numbers>(found)...)};
      return refusal<typename Migration::change::type>(value).empty() ? value : given{};
    } catch (const error&) {  // the declaration is not what the table has
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (...) {
      return given{};
    }
  }
}

/// The legacy representation in such a result, which texts refer to: what the server computed, or what is computed
/// here.
template <class Migration, class Result>
auto legacy_value(const Result& found) {
  if constexpr (is_client_only<Migration>) {
    return computed_field<Migration>(found, std::make_index_sequence<source_count<Migration>>{});
  } else {
    return client_rows<Migration>::template value<typename Migration::change::type>(found, 0, 0);
  }
}

}  // namespace detail
}  // namespace online_migration
