// fails: open does not fail, however often others make and remove the queue meanwhile
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
for (int i = 0; i < 3 && id_ < 0; ++i) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
  if (id_ < 0 && errno != ENOENT) fail("msgget");
}
if (id_ < 0) fail("msgget");
