// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <type_traits>

#include <online_migration/runtime/events.hpp>

namespace online_migration {

namespace detail {

/// Where one kind of event goes; null where nobody hears it.
template <class Event>
struct event_slot {
  using handler = void (*)(void* observer, const Event& event) noexcept;
  handler call = nullptr;
};

template <class Observer, class Event>
concept hears_event = requires(Observer& observer, const Event& event) { observer.on(event); };

/// A slot for each kind of event. A new kind of event is one more name in `event_slots` below.
template <class... Events>
struct event_table : event_slot<Events>... {
  template <class Observer>
  static constexpr bool any_heard = (hears_event<Observer, Events> || ...);

  /// The table of an observer's type.
  template <class Observer>
  static constexpr event_table of() {
    event_table table;
    (fill<Observer, Events>(table), ...);
    return table;
  }

 private:
  template <class Observer, class Event>
  static constexpr void fill(event_slot<Event>& slot) {
    if constexpr (hears_event<Observer, Event>) {
      slot.call = [](void* observer, const Event& event) noexcept {
        try {
          static_cast<Observer*>(observer)->on(event);
        } catch (...) {  // what watches a migration must not stop it
        }
      };
    }
  }
};

using event_slots =
    event_table<chunk_event, retry_event, failure_event, throttled_event, running_event, progress_event,
                parity_range_event, parity_pass_event, dual_write_event, shadow_read_event, phase_event>;

template <class Observer>
inline constexpr event_slots event_slots_of = event_slots::of<Observer>();

}  // namespace detail

/// A type that hears of something: it has a member `on` for at least one of the events of runtime/events.hpp. What it has
/// no `on` for passes it by.
///
///     struct slow_chunks {
///       void on(const om::chunk_event& chunk) { if (chunk.time > std::chrono::seconds{1}) ++count; }
///       std::atomic<int> count = 0;
///     };
template <class Observer>
concept observer_like = detail::event_slots::any_heard<Observer>;

/// Refers to an observer, or to none, which costs one branch. Made from any object that hears of something; the object
/// has to live longer than everything that was given this.
///
/// `on` is called by the thread that does the work, after the transaction that it tells of; a dual write may be in the
/// caller's own transaction. It should be quick, and must not use the object that called it.
///
/// Throws: nothing; what an observer throws is dropped, because what watches a migration must not stop it.
/// Thread safety: as the observer, which has to be thread-safe where several threads were given it.
class observer_ref {
 public:
  /// No observer.
  constexpr observer_ref() = default;

  template <observer_like Observer>
  constexpr observer_ref(Observer& observer)
      : observer_{const_cast<std::remove_const_t<Observer>*>(std::addressof(observer))},
        slots_{&detail::event_slots_of<Observer>} {}

  /// A temporary would be gone before it heard anything.
  template <class Observer>
    requires observer_like<const Observer> || observer_like<Observer>
  observer_ref(const Observer&&) = delete;

  /// Whether there is an observer.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return slots_ != nullptr; }

  /// Whether somebody hears this kind of event: for what is worth measuring only then.
  template <class Event>
  [[nodiscard]] constexpr bool hears() const noexcept {
    return slots_ != nullptr && slot<Event>().call != nullptr;
  }

  /// Tells the observer, if it hears this kind of event.
  template <class Event>
  void operator()(const Event& event) const noexcept {
    if (hears<Event>()) slot<Event>().call(observer_, event);
  }

 private:
  template <class Event>
  [[nodiscard]] constexpr const detail::event_slot<Event>& slot() const noexcept {
    return *slots_;
  }

  void* observer_ = nullptr;
  const detail::event_slots* slots_ = nullptr;
};

}  // namespace online_migration
