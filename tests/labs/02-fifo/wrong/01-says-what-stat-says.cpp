// fails: a directory, or a link to nowhere, is refused and left as it is
// cause: wrong-output
if (::mkfifo(path.c_str(), 0600) == 0) return;
if (errno != EEXIST) fail(path);
struct stat there {};
if (::stat(path.c_str(), &there) != 0) fail(path);
if (S_ISFIFO(there.st_mode)) return;
errno = EEXIST;
fail(path);
