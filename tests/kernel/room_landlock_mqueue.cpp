// A fact that room/bare.cpp stands on: a Landlock ruleset about the contents of files forbids mq_open(3), and
// one about making and removing files does not: queues stand on no path but their own file system's.
#include <fcntl.h>
#include <linux/landlock.h>
#include <mqueue.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>

/// 0: a queue could be made, used and removed; otherwise the errno. In a child: confinement is for ever.
static int errno_under(std::uint64_t access) {
  const pid_t child = ::fork();
  if (child == 0) {
    landlock_ruleset_attr attributes{};  // newer headers have more members
    attributes.handled_access_fs = access;
    const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (ruleset < 0 || ::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) ::_exit(255);
    char name[64];
    std::snprintf(name, sizeof name, "/ipclab-fact-%d", ::getpid());
    const mqd_t queue = ::mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, nullptr);
    const int error = queue == mqd_t{-1} ? errno : ::mq_send(queue, "", 0, 0) != 0 ? errno : 0;
    ::mq_unlink(name);
    ::_exit(error);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

int main() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return 77;
  const bool contents = errno_under(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE) == EACCES;
  const bool making = errno_under(LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE) == 0;
  return contents && making ? 0 : 1;
}
