// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace online_migration {

/// What a rule gives when nothing is wrong.
struct accepted {
  static constexpr bool raise() { return true; }
};

/// Whether a verdict is fine. A variable template of the diagnosis, because compilers print the condition of a failed
/// `static_assert` with its template arguments: that is how the offending names get into the first line of the error.
template <class Verdict>
inline constexpr bool accepts = false;

template <>
inline constexpr bool accepts<accepted> = true;

namespace detail {

/// The first verdict that is not `accepted`, so that one mistake gives one error.
template <class... Verdicts>
struct first_failure {
  using type = accepted;
};

template <class First, class... Rest>
struct first_failure<First, Rest...> {
  using type = First;
};

template <class... Rest>
struct first_failure<accepted, Rest...> : first_failure<Rest...> {};

template <bool Fine>
struct verdict_where {
  template <class Diagnosis>
  using otherwise = accepted;
  template <class Reason>
  using otherwise_of = accepted;
};

template <>
struct verdict_where<false> {
  template <class Diagnosis>
  using otherwise = Diagnosis;
  template <class Reason>
  using otherwise_of = typename Reason::type;
};

/// `accepted` where all is fine, else the diagnosis. `std::conditional_t` would be one more class for each diagnosis.
template <bool Fine, class Diagnosis>
using fine_or = typename verdict_where<Fine>::template otherwise<Diagnosis>;

/// The same where the diagnosis has still to be made, as `Reason::type`.
template <bool Fine, class Reason>
using fine_or_reason = typename verdict_where<Fine>::template otherwise_of<Reason>;

/// Makes a diagnosis speak. Used from an alias, never from a base class or a data member: there compilers would either
/// drop the base (clang) or not look at all (g++).
template <bool Raised>
struct checked {};

}  // namespace detail
}  // namespace online_migration
