// fails: a directory, or a link to nowhere, is refused and left as it is
// cause: blocks
struct stat there {};
if (::stat(path.c_str(), &there) != 0 && errno == ENOENT) ::unlink(path.c_str());
if (::mkfifo(path.c_str(), 0600) == 0) return;
if (errno == EEXIST && S_ISFIFO(there.st_mode)) return;
errno = EEXIST;
fail(path);
