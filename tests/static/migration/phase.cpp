// SPDX-License-Identifier: BSL-1.0
#include <string_view>

#include <online_migration/migration/phase.hpp>

using online_migration::from_string, online_migration::is_step, online_migration::to_string;
using enum online_migration::phase;

namespace {

constexpr online_migration::phase every[]{expand, backfill, validate, contract_ready, contracted, rolled_back};

constexpr bool round_trips() {
  for (auto value : every) {
    auto read = value == expand ? backfill : expand;
    if (!from_string(to_string(value), read) || read != value) return false;
  }
  return true;
}

constexpr int steps() {
  int count = 0;
  for (auto from : every) {
    for (auto to : every) count += is_step(from, to) ? 1 : 0;
  }
  return count;
}

constexpr bool unknown(std::string_view text) {
  auto untouched = validate;
  return !from_string(text, untouched) && untouched == validate;
}

}  // namespace

// The texts stand in the state tables of running migrations.
static_assert(to_string(expand) == "expand" && to_string(backfill) == "backfill" && to_string(validate) == "validate");
static_assert(to_string(contract_ready) == "contract-ready" && to_string(contracted) == "contracted");
static_assert(to_string(rolled_back) == "rolled-back");
static_assert(round_trips());
static_assert(unknown("") && unknown("Expand") && unknown("contract_ready") && unknown("expand "));

static_assert(is_step(expand, backfill) && is_step(backfill, validate) && is_step(validate, contract_ready));
static_assert(is_step(validate, backfill));
static_assert(steps() == 4);
static_assert(!is_step(expand, expand) && !is_step(expand, validate) && !is_step(backfill, expand));
static_assert(!is_step(contract_ready, contracted) && !is_step(rolled_back, expand) &&
              !is_step(contract_ready, backfill));
