// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "check.hpp"
#include "writers.hpp"

using seconds = std::chrono::duration<double>;

/// What the walk through the phases measured.
struct measured {
  seconds load{};
  seconds expand{};
  seconds backfill{};  ///< with the kill and the new start in it
  seconds validate{};
  seconds migration{};  ///< from expand to contract-ready
  om::parity_report parity{};
  om::phase phase{};
};

/// Prints the tables at the end.
void print_summary(const settings& chosen, const measured& times, const writers& crowd, const check_result& found);
