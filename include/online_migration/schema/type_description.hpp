// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <online_migration/base/sink.hpp>

namespace online_migration {

/// How two values of a type are compared for *identity*. Equality is not enough: 0.0 = -0.0, 1.10 = 1.1, and a
/// nondeterministic collation calls different texts equal.
enum class identity_form : unsigned char {
  plain,     ///< equality is identity: `a IS DISTINCT FROM b`
  collated,  ///< texts, compared byte by byte: `a COLLATE "C" IS DISTINCT FROM b COLLATE "C"`
  image,     ///< compared by their stored form: `NOT (ROW(a) *= ROW(b))`
  as_text    ///< compared as the texts that they are cast to, byte by byte
};

/// How a type is made from another, which `type_description::inner` points to.
enum class type_shape : unsigned char {
  base,         ///< it is not
  domain,       ///< a domain over `inner`
  array,        ///< an array of `inner`
  enumeration,  ///< labels; arrays of them travel as arrays of `inner`, which is `text`
  text_like     ///< a type of an extension whose binary form is its text; `inner` is `text`
};

/// What the library knows about a PostgreSQL type, as a plain value.
struct type_description {
  /// As SQL, without the length: for PostgreSQL's own types what `format_type()` prints, for others quoted and with the
  /// schema, as `"public"."mood"`. Empty for arrays, which are named after their elements.
  std::string_view name{};
  std::uint32_t oid = 0;  ///< 0 where only the database knows it
  std::uint32_t array_oid = 0;
  identity_form identity = identity_form::plain;
  std::int32_t length = 0;  ///< n of `varchar(n)` in characters, p of `numeric(p, s)`; 0 where there is none
  std::int32_t scale = 0;   ///< s of `numeric(p, s)`
  type_shape shape = type_shape::base;
  const type_description* inner = nullptr;
  bool walks = true;                         ///< whether a table can be walked by a key of it
  const std::string_view* labels = nullptr;  ///< of an enumeration
  std::size_t label_count = 0;

  /// The type as a column has it, which is also what `format_type()` prints.
  constexpr void write(detail::sink& out) const {
    if (shape == type_shape::array) {
      inner->write(out);
      out.put("[]");
      return;
    }
    out.put(name);
    if (length == 0) return;
    out.put('(');
    out.number(length);
    if (is_numeric()) {
      out.put(',');
      out.number(scale);
    }
    out.put(')');
  }

  /// The type of a parameter: without the length, so that a value that is too long is an error and not cut.
  constexpr void write_cast(detail::sink& out) const {
    if (shape == type_shape::array) {
      inner->write_cast(out);
      out.put("[]");
    } else {
      // In SQL `character` by itself is `character(1)`.
      out.put(oid == character_oid ? std::string_view{"bpchar"} : name);
    }
  }

  /// What a parameter is sent as, with a cast behind it: arrays of domains and enums are sent as arrays of another
  /// type.
  constexpr void write_sent(detail::sink& out) const {
    if (shape != type_shape::array || inner->oid != 0) return;
    inner->travels_as().write_cast(out);
    out.put("[]::");
  }

  /// The number of the type that a parameter is sent as; 0 lets the server infer it.
  [[nodiscard]] constexpr std::uint32_t sent_oid() const {
    return shape == type_shape::array ? inner->travels_as().array_oid : oid;
  }

  /// What a domain is over, the type itself otherwise.
  [[nodiscard]] constexpr const type_description& underlying() const {
    const type_description* found = this;
    while (found->shape == type_shape::domain) found = found->inner;
    return *found;
  }

  /// The type of the database that values are made of in the end: below domains and arrays.
  [[nodiscard]] constexpr const type_description& innermost() const {
    const type_description* found = this;
    while (found->shape == type_shape::domain || found->shape == type_shape::array) found = found->inner;
    return *found;
  }

  /// As what a value travels where it is one of many: arrays of domains and enums have numbers of their own.
  [[nodiscard]] constexpr const type_description& travels_as() const {
    const type_description& found = underlying();
    return found.shape == type_shape::enumeration || found.shape == type_shape::text_like ? *found.inner : found;
  }

  /// Whether values have a collation: texts, and domains over them.
  [[nodiscard]] constexpr bool is_collated() const {
    return underlying().identity == identity_form::collated || underlying().oid == character_oid;
  }

  /// Whether values are numbers with a precision and a scale.
  [[nodiscard]] constexpr bool is_numeric() const { return oid == numeric_oid; }

  static constexpr std::uint32_t character_oid = 1042;
  static constexpr std::uint32_t numeric_oid = 1700;

  /// The same type with the same length: what one can hold, so can the other.
  friend constexpr bool operator==(const type_description& a, const type_description& b) {
    return a.same_kind(b) && a.length == b.length && a.scale == b.scale &&
           (a.shape != type_shape::array || *a.inner == *b.inner);
  }

  /// The same type of PostgreSQL, whatever the length.
  [[nodiscard]] constexpr bool same_kind(const type_description& other) const {
    if (shape != other.shape || oid != other.oid) return false;
    if (shape == type_shape::array) return inner->same_kind(*other.inner);
    return oid != 0 || name == other.name;
  }
};

/// A PostgreSQL type that columns can have.
template <class Type>
concept pg_type = requires {
  typename Type::value_type;
  { Type::description } -> std::same_as<const type_description&>;
};

}  // namespace online_migration
