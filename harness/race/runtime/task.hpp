// Tasks: the threads of all processes, from beginning to end.
//
// A thread prepares the task of whoever it is about to start (fork, pthread_create): the new one knows what
// its creator knew. An end is known to whoever waits for it: the clock stays in the record, whatever ended
// the task.
#pragma once

#include "race/runtime/clock.hpp"

namespace ipclab::race {

extern bool threaded;      // this process has, or had, a second thread: its own memory is watched
extern bool looks_at_own;  // the same, or it may wait for a signal there under the scheduler
void set_threaded(bool now);
extern Index process;  // of this process

/// Before main: takes up a program of the run whose record has this path.
void begin_program(const char* path);

/// A task that starts from what this thread knows. 0: no more can be watched.
Index prepare_task(Index of_process, unsigned number);
Index prepare_process();

/// This thread is the task from now on.
void become(Index task);
/// This thread, which the library started by itself, becomes a task. False: no more can be watched.
bool become_stranger();
/// This thread's end; its clock stays for whoever joins it.
void end_task();
/// A prepared task that never came to be.
void discard(Index task);

bool is_dead(const Task& task);

/// Begins a new epoch: what comes now is not known to those who got this task's clock before.
void next_epoch();

/// This thread learns everything that the process did.
void learn_from_process(int pid, bool ended);
/// This thread learns everything that tasks did which are dead now.
void learn_from_dead();
/// In doubt: this thread learns everything that anybody did before the last thing that others could notice.
void learn_from_all();
void learn(const Clock& clock);

}  // namespace ipclab::race
