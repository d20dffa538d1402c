// Facts that a room's end stands on (pid_namespaces(7)): its programs cannot kill its process 1 or anybody
// outside; when process 1 ends, all of them are killed; NSpid gives the number inside last.
#include <sys/syscall.h>

#include "fact.hpp"

static constexpr int kAllFine = 7;

static void look_from_inside() {
  ::kill(1, SIGKILL);
  ::kill(-1, SIGTERM);  // everybody but process 1 and ourselves, and in here there is nobody else
  ::_exit(::getppid() == 1 ? kAllFine : 1);
}

int main() {
  int ends[2], life[2];
  HOLDS(::pipe(ends) == 0 && ::pipe(life) == 0);
  const auto init = static_cast<pid_t>(
      ::syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (init < 0) return kCannotBeTried;
  if (init == 0) {
    if (::getpid() != 1) ::_exit(1);  // no kill(-1) where it would reach anybody
    const pid_t program = forked(look_from_inside);
    const int status = status_of(program);
    forked([] {
      for (;;) ::pause();
    });  // inherits the write end of `life`
    const char fine = WIFEXITED(status) && WEXITSTATUS(status) == kAllFine;
    (void)!::write(ends[1], &fine, 1);
    for (;;) ::pause();
  }
  ::close(life[1]);
  char fine = 0, byte;
  HOLDS(::read(ends[0], &fine, 1) == 1 && fine);
  const std::string status = text_of("/proc/" + std::to_string(init) + "/status");
  const auto at = status.find("\nNSpid:");
  HOLDS(at != std::string::npos);
  const std::string numbers = status.substr(at + 1, status.find('\n', at + 1) - at - 1);
  HOLDS(numbers.ends_with("\t1"));
  end(init);
  HOLDS(::read(life[0], &byte, 1) == 0);  // the last holder has gone with it
  return 0;
}
