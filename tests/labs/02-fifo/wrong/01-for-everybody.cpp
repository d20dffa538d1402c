// fails: the collector makes a FIFO, for its owner only
// cause: mechanism-not-used
if (::mkfifo(path.c_str(), 0666) == 0) return;
const int error = errno;
struct stat there {};
if (error == EEXIST && ::stat(path.c_str(), &there) == 0 && S_ISFIFO(there.st_mode)) return;
errno = error;
fail(path);
