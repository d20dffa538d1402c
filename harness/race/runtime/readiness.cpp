// poll, select, epoll: whoever is told that something is there knows what was done before it came, although
// nothing was taken yet. A hang-up tells of an end, as end-of-file does; so does a pidfd.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "race/runtime/channel.hpp"
#include "race/runtime/memory.hpp"
#include "race/runtime/real.hpp"
#include "race/runtime/scheduler.hpp"
#include "race/runtime/task.hpp"

using namespace ipclab::race;

namespace {

// Who looks without waiting, and finds nothing, may look again and again: that is a point.

void is_ready(int fd) {
  const Channel channel = channel_of(fd);
  if (channel.flow == Flow::process) learn_from_dead();
  else if (channel.flow == Flow::messages) glimpse_message(channel.in);
  else if (channel.in) Reading(channel.in, true).ready();
}

int polled(pollfd* fds, nfds_t count, int result, std::uint64_t place) {
  if (result == 0) scheduler::point(What::receive, nullptr, place);
  if (result <= 0 || !watched()) return result;
  const Inside inside;
  for (nfds_t i = 0; i < count; ++i) {
    if (fds[i].revents & (POLLHUP | POLLERR | POLLRDHUP)) learn_from_dead();
    if (fds[i].revents & (POLLIN | POLLRDNORM | POLLPRI)) is_ready(fds[i].fd);
  }
  return result;
}

int selected(int count, const fd_set* readable, int result, std::uint64_t place) {
  if (result == 0) scheduler::point(What::receive, nullptr, place);
  if (result <= 0 || !readable || !watched()) return result;
  const Inside inside;
  for (int fd = 0; fd < count; ++fd)
    if (FD_ISSET(fd, readable)) is_ready(fd);
  return result;
}

/// What this process waits for with epoll: an event brings back only the program's own data.
struct Member {
  int set, fd;
  std::uint64_t data;
};
constexpr unsigned kMembers = 512;  // of more, readiness alone orders nothing
Member members[kMembers];
unsigned members_used;

void note_member(int set, int operation, int fd, const epoll_event* event) {
  const Inside inside;
  hold_mappings();
  unsigned i = 0;
  while (i < members_used && (members[i].set != set || members[i].fd != fd)) ++i;
  if (operation == EPOLL_CTL_DEL && i < members_used) members[i] = members[--members_used];
  else if (operation != EPOLL_CTL_DEL && i < kMembers) {
    if (i == members_used) ++members_used;
    members[i] = {set, fd, event->data.u64};
  }
  release_mappings();
}

int member_of(int set, std::uint64_t data) {
  hold_mappings();
  int found = -1;
  for (unsigned i = 0; i < members_used && found < 0; ++i)
    if (members[i].set == set && members[i].data == data) found = members[i].fd;
  release_mappings();
  return found;
}

int came(int set, const epoll_event* events, int count, std::uint64_t place) {
  if (count == 0) scheduler::point(What::receive, nullptr, place);
  if (count <= 0 || !watched()) return count;
  const Inside inside;
  for (int i = 0; i < count; ++i) {
    if (events[i].events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) learn_from_dead();
    const int fd = member_of(set, events[i].data.u64);
    if (fd >= 0 && (events[i].events & (EPOLLIN | EPOLLPRI))) is_ready(fd);
  }
  return count;
}

}  // namespace

IPCLAB_INTERPOSE(int, poll, pollfd*, nfds_t, int)(pollfd* fds, nfds_t count, int timeout) {
  return polled(fds, count, real_poll(fds, count, timeout), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, ppoll, pollfd*, nfds_t, const timespec*, const sigset_t*)
(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* signals) {
  return polled(fds, count, real_ppoll(fds, count, timeout, signals), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, select, int, fd_set*, fd_set*, fd_set*, timeval*)
(int count, fd_set* readable, fd_set* writable, fd_set* special, timeval* timeout) {
  return selected(count, readable, real_select(count, readable, writable, special, timeout), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, pselect, int, fd_set*, fd_set*, fd_set*, const timespec*, const sigset_t*)
(int count, fd_set* readable, fd_set* writable, fd_set* special, const timespec* timeout,
 const sigset_t* signals) {
  return selected(count, readable, real_pselect(count, readable, writable, special, timeout, signals),
                  IPCLAB_PLACE);
}

IPCLAB_INTERPOSE(int, epoll_ctl, int, int, int, epoll_event*)
(int set, int operation, int fd, epoll_event* event) {
  const int result = real_epoll_ctl(set, operation, fd, event);
  if (result == 0 && watched()) note_member(set, operation, fd, event);
  return result;
}
IPCLAB_INTERPOSE(int, epoll_wait, int, epoll_event*, int, int)
(int set, epoll_event* events, int most, int timeout) {
  return came(set, events, real_epoll_wait(set, events, most, timeout), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, epoll_pwait, int, epoll_event*, int, int, const sigset_t*)
(int set, epoll_event* events, int most, int timeout, const sigset_t* signals) {
  return came(set, events, real_epoll_pwait(set, events, most, timeout, signals), IPCLAB_PLACE);
}
IPCLAB_INTERPOSE(int, epoll_pwait2, int, epoll_event*, int, const timespec*, const sigset_t*)
(int set, epoll_event* events, int most, const timespec* timeout, const sigset_t* signals) {
  return came(set, events, real_epoll_pwait2(set, events, most, timeout, signals), IPCLAB_PLACE);
}
