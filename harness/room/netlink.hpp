// Requests to the kernel about network devices (rtnetlink(7)): as much of it as a cable needs.
#pragma once

#include <string>

#include "base/fd.hpp"

namespace ipclab::room {

/// One end of a pair of virtual Ethernet devices (veth(4)).
struct PairEnd {
  std::string name;
  unsigned char last_of_mac = 0;  // of cable.hpp's address
  int network = -1;               // the namespace to make it in; -1: the caller's
};

/// Throws std::system_error: EOPNOTSUPP where the kernel has no veth.
void make_pair(const PairEnd& here, const PairEnd& there);

/// Tells when the devices of a network namespace change. To be made before the change.
class DeviceWatch {
 public:
  DeviceWatch();
  /// Waits until the device of this index passes packets on. Being up is not enough: the kernel attaches the
  /// queue of the device that came up first in a work item of its own, and until then drops what is sent.
  void await_running(int device) const;

 private:
  Fd socket_;
};

}  // namespace ipclab::room
