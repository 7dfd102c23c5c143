// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <online_migration/migration/describe.hpp>
#include <online_migration/migration/migration.hpp>
#include <online_migration/migration/phase.hpp>
#include <online_migration/postgres/error.hpp>
#include <online_migration/postgres/transaction.hpp>
#include <online_migration/runtime/alone.hpp>
#include <online_migration/runtime/ask.hpp>
#include <online_migration/runtime/declared.hpp>
#include <online_migration/runtime/events.hpp>
#include <online_migration/runtime/gate.hpp>
#include <online_migration/runtime/moved_on.hpp>
#include <online_migration/runtime/settle.hpp>
#include <online_migration/runtime/toolkit.hpp>
#include <online_migration/sql/state.hpp>
#include <online_migration/sql/structure/plan.hpp>
#include <online_migration/sql/structure/state.hpp>

namespace online_migration::detail {

/// Takes the steps of a structural migration's plan. Each asks first whether it is done, by this process or another
/// one, so that all of them may be interrupted anywhere and taken again.
template <structural_migration Migration, database_like Database, environment_like Environment>
class plan_runner {
 public:
  /// For a run that has to be in this phase in each step, and undone by this; by nothing where it is empty.
  plan_runner(basic_toolkit<Database, Environment>& tools, std::string run, phase in, std::string_view undoing,
              const std::stop_token& stop)
      : tools_{tools}, run_{std::move(run)}, phase_{in}, undoing_{undoing}, stop_{stop} {}

  /// The steps of a stage, for the changes that `wanted(change)` names.
  template <class Wanted>
  void take(step_stage when, Wanted wanted) {
    for (const planned_step& planned : plan<Migration>) {
      if (planned.step->when == when && wanted(describe_structure<Migration>.changes[planned.change])) {
        one(planned);
      }
    }
  }

  void take(step_stage when) {
    take(when, [](const structure_description&) { return true; });
  }

  /// Takes back what a run has done for these changes, the last one first. What was there when its turn came is
  /// somebody else's, and stays.
  template <class Wanted>
  void undo(Wanted wanted) {
    for (std::size_t change = describe_structure<Migration>.count; change-- > 0;) {
      if (!wanted(describe_structure<Migration>.changes[change]) || !made(change)) continue;
      for (const planned_step& planned : plan<Migration>) {
        if (planned.change == change && planned.step->when == step_stage::undo) one(planned);
      }
      held([&](auto& on) { return note(on, state::forget_made, change); });
    }
  }

  /// A short transaction in which nobody moves the run on. Gives what `work(connection)` gives.
  template <class Work>
  auto held(Work work) {
    return tools_.session().retrying(
        [&](auto& on) {
          transaction scope{on, tools_.settings()};
          ask(on, durable);
          hold(on);
          auto result = work(on);
          scope.commit();
          return result;
        },
        stop_);
  }

  /// Moves the run to another phase. Throws: `moved_on` where somebody else has.
  void enter(phase next) {
    held([&](auto& on) {
      return ask(on, state::enter_phase,
                 {text_form_parameter(run_), text_of(to_string(phase_)), text_of(to_string(next))})
          .affected();
    });
    tools_.options().observer(phase_event{describe_structure<Migration>.name, next, true});
  }

  /// Nobody moves the run on until the end of the transaction. Throws: `moved_on` where somebody has.
  template <transactional Connection>
  void hold(Connection& on) const {
    auto now = ask(on, state::hold_structure, {text_form_parameter(run_)});
    if (now.rows() == 1 && now.text(0, 0) == to_string(phase_) && now.text(0, 1) == undoing_) return;
    throw moved_on{fmt::format("The run of \"{}\" was moved on by another process: look at its phase.",
                               describe_structure<Migration>.name)};
  }

 private:
  /// Whether the run has done something for a change.
  bool made(std::size_t change) {
    std::string position = std::to_string(change);
    return held([&](auto& on) {
      return ask(on, state::was_made, {text_form_parameter(run_), text_form_parameter(position)}).boolean(0, 0);
    });
  }

  template <class Connection>
  std::int64_t note(Connection& on, const statement& what, std::size_t change) const {
    std::string position = std::to_string(change);
    return ask(on, what, {text_form_parameter(run_), text_form_parameter(position)}).affected();
  }

  /// Whether a step makes something that the way back has to know to be of the run's making.
  static bool makes(const plan_step& step) {
    return step.when == step_stage::prepare || step.when == step_stage::enforce;
  }

  void one(const planned_step& planned) {
    bool spent = false;
    try {
      spent = tools_.session().retrying([&](auto& on) { return this->take_one(on, planned); }, stop_);
    } catch (...) {
      if (planned.step->alone) tools_.session().drop();
      throw;
    }
    if (spent) tools_.session().drop();
  }

  /// Whether the session's settings were changed for it.
  template <class Connection>
  bool take_one(Connection& on, const planned_step& planned) {
    const plan_step& step = *planned.step;
    if (!step.alone && !step.scans) {
      transaction scope{on, tools_.settings()};
      ask(on, durable);
      hold(on);
      if (state_of(on, planned) != "done") {
        if (makes(step)) note(on, state::note_made, planned.change);
        ask(on, planned.run);
      }
      scope.commit();
      return false;
    }
    // On the way back whoever still builds is waited for, because what it builds may not be seen yet.
    bool builder_may_be_at_work = step.alone && !undoing_.empty();
    if (!builder_may_be_at_work && held_state(on, planned) == "done") return false;
    longer_deadline patience{on, long_scan};
    if (step.alone) {
      work_alone<Environment>(on, describe_structure<Migration>.name, run_, stop_);
      std::string now = held_state(on, planned);
      if (now == "done") return true;
      // Before it is there: a process that ends in the middle leaves part of it.
      if (makes(step)) note_ahead(on, planned.change);
      if (now == "left over") ask(on, planned.clean_up);
      ask(on, planned.run);
      return true;
    }
    transaction_settings bounds = tools_.settings();
    bounds.statement_timeout = long_scan;
    transaction scope{on, bounds};
    alter_or_look_again(on, planned.run);
    scope.commit();
    return false;
  }

  template <class Connection>
  void note_ahead(Connection& on, std::size_t change) const {
    transaction scope{on, tools_.settings()};
    ask(on, durable);
    hold(on);
    note(on, state::note_made, change);
    scope.commit();
  }

  template <class Connection>
  static std::string state_of(Connection& on, const planned_step& planned) {
    return std::string{ask(on, planned.state).text(0, 0)};
  }

  template <class Connection>
  std::string held_state(Connection& on, const planned_step& planned) const {
    transaction scope{on, tools_.settings()};
    hold(on);
    return state_of(on, planned);
  }

  basic_toolkit<Database, Environment>& tools_;
  std::string run_;
  phase phase_;
  std::string_view undoing_;
  const std::stop_token& stop_;
};

}  // namespace online_migration::detail
