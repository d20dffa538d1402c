// fails: an open that the kernel refuses says why, and is not made again
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
while (id_ < 0) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
}
