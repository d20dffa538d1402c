// fails: submit -n does not wait for a reader, and says that there is none
// cause: sleeps
if (record.size() > kLongest) {
  errno = EMSGSIZE;
  fail(path);
}
int fifo = -1, looks = 0;
while ((fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | (wait ? 0 : O_NONBLOCK))) < 0) {
  if (errno == ENXIO && looks++ < 20) ::usleep(1000);
  else if (errno != EINTR) fail(path);
}
ssize_t done = 0;
do done = ::write(fifo, record.data(), record.size());
while (done < 0 && errno == EINTR);
if (done < 0) fail(path);
::close(fifo);
