// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <online_migration/static.hpp>

/// Transforms made at random while compiling: a tree of types for each number.
namespace differential {

namespace om = online_migration;

/// Splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
constexpr std::uint64_t mix(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15U;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31);
}

/// The part of a seed that decides the n-th question about a node.
constexpr std::uint64_t part(std::uint64_t seed, std::uint64_t number) {
  return mix(seed ^ (number * 0xd1342543de82ef95U));
}

inline constexpr int starts[]{1, 2, 3, 0, -1, 5, -7, 1};
inline constexpr int counts[]{3, 1, 0, 4, 2147483647, 10, 8, 2};

/// A column or a constant. Texts that are to be put in place of others are constants, so that no tree grows a text
/// beyond measure.
template <std::uint64_t Seed>
consteval auto constant() {
  constexpr auto choice = part(Seed, 1) % 10;
  if constexpr (choice == 0)
    return om::lit<"">;
  else if constexpr (choice == 1)
    return om::lit<" ">;
  else if constexpr (choice == 2)
    return om::lit<"a">;
  else if constexpr (choice == 3)
    return om::lit<"an">;
  else if constexpr (choice == 4)
    return om::lit<"É">;
  else if constexpr (choice == 5)
    return om::lit<"ss">;
  else if constexpr (choice == 6)
    return om::lit<R"('\)">;
  else if constexpr (choice == 7)
    return om::lit<"\u0301">;
  else if constexpr (choice == 8)
    return om::lit<"Ii">;
  else
    return om::lit<" 😀 ">;
}

template <std::uint64_t Seed>
consteval auto leaf() {
  constexpr auto choice = part(Seed, 2) % 6;
  if constexpr (choice < 3)
    return om::col<"b">;
  else if constexpr (choice < 5)
    return om::col<"a">;
  else
    return constant<Seed>();
}

template <std::uint64_t Seed, int Depth>
consteval auto text_tree() {
  constexpr auto choice = part(Seed, 3) % 12;
  constexpr auto left = part(Seed, 4);
  constexpr auto right = part(Seed, 5);
  constexpr auto place = part(Seed, 6);
  if constexpr (Depth == 0 || choice == 11)
    return leaf<Seed>();
  else if constexpr (choice == 0)
    return om::trim(text_tree<left, Depth - 1>());
  else if constexpr (choice == 1)
    return om::ltrim(text_tree<left, Depth - 1>());
  else if constexpr (choice == 2)
    return om::rtrim(text_tree<left, Depth - 1>());
  else if constexpr (choice == 3)
    return om::ascii_lower(text_tree<left, Depth - 1>());
  else if constexpr (choice == 4)
    return om::ascii_upper(text_tree<left, Depth - 1>());
  else if constexpr (choice <= 6)
    return om::substring(text_tree<left, Depth - 1>(), om::lit<starts[place % 8]>, om::lit<counts[place / 8 % 8]>);
  else if constexpr (choice == 7)
    return om::replace(text_tree<left, Depth - 1>(), text_tree<right, Depth - 1>(), constant<place>());
  else if constexpr (choice == 8)
    return om::concat(text_tree<left, Depth - 1>(), text_tree<right, Depth - 1>());
  else
    return om::coalesce(text_tree<left, Depth - 1>(), text_tree<right, Depth - 1>());
}

/// The tree with a number: three texts, then one number, and so on.
template <std::uint64_t Seed, std::size_t Number>
consteval auto tree() {
  constexpr auto own = part(Seed, 100 + Number);
  if constexpr (Number % 8 == 3)
    return om::length(text_tree<own, 2>());
  else if constexpr (Number % 8 == 7)
    return om::coalesce(om::length(text_tree<own, 2>()), om::length(om::col<"b">), om::lit<-1>);
  else
    return text_tree<own, 3>();
}

}  // namespace differential
