// What every program owes at the end of a check, looked for without being named: it ends when its input ends,
// waits for its children, and leaves nothing behind.

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>

#include "check/outcome.hpp"
#include "check/session.hpp"
#include "check/status.hpp"
#include "detect/remains.hpp"
#include "model/cause.hpp"

namespace ipclab::check {

void Session::close() {
  if (scheduled()) {
    room_.end_zygotes();
    recording_.reset();  // end_schedule() has judged all but the bystander
  }
  close_programs();
  judge_races();
  close_orphans();
  const Ledger now = room_.ledger();
  const auto remains = detect::left_behind(before_, now, {kept_.begin(), kept_.end()});
  if (!remains.empty()) end_with(remains.front());
}

bool Session::find_zombies() {
  if (!watch_->quiet()) return false;
  const Snapshot snapshot = look(0);
  if (const auto zombies = detect::zombies(snapshot); snapshot.proved && !zombies.empty())
    end_with(zombies.front());
  return snapshot.proved;
}

void Session::close_programs() {
  drain();
  watch_->look();
  find_zombies();
  for (const auto& started : started_) {
    if (started->status) continue;
    started->close_input = true;
    started->output_read = true;
    if (started->to_type.empty()) started->input.reset();
  }
  for (const auto& started : started_) {
    const std::string expected = started->name + " ends in an orderly way when its input ends";
    wait_for(expected, 0, [&] { return started->status.has_value(); });
    fail_unless_orderly(*started);
  }
}

void Session::fail_unless_orderly(const Started& started) {
  if (started.end_expected || *started.status == 0) return;
  if (started.is_console || WIFSIGNALED(*started.status))
    fail_ended(started.name + " ends in an orderly way when its input ends", started);
}

void Session::close_orphans() {
  if (options_.orphans_allowed) return;
  // Every program that the check started has ended: whoever is left has outlived its parent. A child that is
  // about to end does so now or never; the state decides, not the moment.
  settle(0);
  drain();
  const Snapshot snapshot = look(0);
  for (const ipclab::Process& process : snapshot.processes) {
    if (process.zombie || find_started(process.pid)) continue;
    end_with(
        {cause::kOrphan,
         "no process outlives the program that started it",
         fmt::format("{} is still there when its parent has ended", process.name),
         {},
         "A parent that ends without waiting leaves its children to process 1; nobody learns how they end.",
         {"wait(2)"}});
  }
  // The children of a process that the check itself killed are nobody's fault.
  if (std::ranges::any_of(started_, [](const auto& started) { return started->signalled; })) return;
  for (const room::RoomEvent& left : left_to_init_)
    end_with({left.was_zombie ? cause::kZombie : cause::kOrphan,
              "every child is waited for by its parent",
              left.was_zombie
                  ? fmt::format("{} had ended, and its parent never waited for it", left.program)
                  : fmt::format("{} outlived its parent, which did not wait for it", left.program),
              {},
              left.was_zombie
                  ? "An ended child stays a zombie, an entry in the process table, until its parent has "
                    "called wait() for it."
                  : "A parent that ends without waiting leaves its children to process 1; nobody learns how "
                    "they end.",
              {"wait(2), \"NOTES\""}});
}

}  // namespace ipclab::check
