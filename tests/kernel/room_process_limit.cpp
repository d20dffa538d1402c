// A fact that the room's limit of processes stands on: in a user namespace of its own RLIMIT_NPROC counts
// that namespace's processes, and not what the same user runs elsewhere (Linux 5.14 and later).
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <fcntl.h>
#include <cerrno>

#include "fact.hpp"

static void write_file(const char* path, const std::string& text) {
  const int fd = ::open(path, O_WRONLY);
  HOLDS(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(fd);
}

int main() {
  if (::geteuid() == 0 && ::setuid(61337) != 0) return kCannotBeTried;  // root is never counted
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // setuid took it, and with it our own /proc/self/uid_map
  pid_t outside[5];
  for (pid_t& pid : outside) pid = forked([] { ::pause(); });
  const pid_t inside = forked([] {
    const std::string uid = std::to_string(::geteuid());
    if (::unshare(CLONE_NEWUSER) != 0) ::_exit(kCannotBeTried);
    write_file("/proc/self/uid_map", "1000 " + uid + " 1");
    if (::setresuid(1000, 1000, 1000) != 0) ::_exit(1);
    const rlimit three{3, 3};
    HOLDS(::setrlimit(RLIMIT_NPROC, &three) == 0);
    int forks = 0;
    pid_t children[8];
    while (forks < 8 && (children[forks] = forked([] { ::pause(); })) > 0) ++forks;
    const bool refused = forks < 8 && errno == EAGAIN;
    for (int i = 0; i < forks; ++i) end(children[i]);
    ::_exit(refused && forks >= 1 && forks <= 3 ? 0 : 1);
  });
  const int status = status_of(inside);
  for (const pid_t pid : outside) end(pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
