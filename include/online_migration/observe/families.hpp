// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace online_migration::detail {

using counters = prometheus::Family<prometheus::Counter>;
using gauges = prometheus::Family<prometheus::Gauge>;
using histograms = prometheus::Family<prometheus::Histogram>;

// A family that is there already is found again, so any number of observers may share a registry.

inline counters& counter_family(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

inline gauges& gauge_family(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

inline histograms& histogram_family(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

/// The label that every series has.
inline prometheus::Labels labels_of(std::string_view migration) { return {{"migration", std::string{migration}}}; }

/// With one more.
inline prometheus::Labels labels_of(std::string_view migration, const char* name, std::string_view value) {
  return {{"migration", std::string{migration}}, {name, std::string{value}}};
}

}  // namespace online_migration::detail
