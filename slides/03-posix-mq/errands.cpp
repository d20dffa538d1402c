// errands.cpp
#include <fcntl.h>
#include <mqueue.h>

#include <cstdio>

int main() {
  mq_attr sizes{};
  sizes.mq_maxmsg = 8;
  sizes.mq_msgsize = 32;
  const mqd_t queue = mq_open("/errands", O_RDWR | O_CREAT | O_EXCL, 0600, &sizes);
  if (queue < 0) return perror("/errands"), 1;
  mq_unlink("/errands");  // the queue lives on while it is open
  mq_send(queue, "post a letter", 13, 1);
  mq_send(queue, "fire!", 5, 9);
  mq_send(queue, "buy milk", 8, 1);
  for (int i = 0; i < 4; ++i) {
    char errand[32];
    unsigned priority = 0;
    const ssize_t length = mq_receive(queue, errand, sizeof errand, &priority);
    std::printf("%u  %.*s\n", priority, static_cast<int>(length), errand);
    std::fflush(stdout);
  }
}
