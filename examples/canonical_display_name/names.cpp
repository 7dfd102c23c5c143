// SPDX-License-Identifier: BSL-1.0
#include "names.hpp"

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace {

// splitmix64 of Sebastiano Vigna: neighbouring numbers give unrelated ones.
std::uint64_t scatter(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
  number = (number ^ number >> 27) * 0x94d049bb133111eb;
  return number ^ number >> 31;
}

std::string padded(std::string_view before, std::string_view name, std::string_view after) {
  std::string all{before};
  all.append(name).append(after);
  return all;
}

std::string in_capitals(std::string name) {
  for (char& letter : name) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return name;
}

}  // namespace

display_names::display_names(const std::string& file) {
  std::ifstream lines{file};
  for (std::string line; std::getline(lines, line);) names_.push_back(line.substr(0, line.find('\t')));
  if (names_.empty())
    throw std::runtime_error{"There are no names in the file " + file + ": give another with --names."};
}

std::string display_names::with_number(std::uint64_t number) const {
  std::uint64_t chance = scatter(number);
  const std::string& name = names_[chance % names_.size()];
  switch (chance >> 32 & 7) {
    case 0:
      return padded("  ", name, "");
    case 1:
      return padded("", name, " ");
    case 2:
      return padded(" ", name, "   ");
    case 3:
      return in_capitals(name);
    case 4:
      return padded(" ", in_capitals(name), "");
    default:
      return name;
  }
}
