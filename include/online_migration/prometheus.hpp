// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The library's metrics for Prometheus. Needs prometheus-cpp: link `online_migration::prometheus`.

#include <online_migration/base/language.hpp>
#include <online_migration/observe/metrics_registry.hpp>
#include <online_migration/observe/prometheus_observer.hpp>
