// fails: open needs a file to make the key of
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
while (id_ < 0) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
  if (id_ < 0 && errno != ENOENT) fail("msgget");
}
