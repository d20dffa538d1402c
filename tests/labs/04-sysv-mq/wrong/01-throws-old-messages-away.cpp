// fails: the queue and its messages outlive a process that is killed
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
while (id_ < 0) {
  id_ = ::msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  made_it_ = id_ >= 0;
  if (id_ < 0 && errno != EEXIST) fail("msgget");
  if (id_ < 0) id_ = ::msgget(key, 0);
  if (id_ < 0 && errno != ENOENT) fail("msgget");
}
Envelope old;
while (::msgrcv(id_, &old, sizeof old.text, 0, IPC_NOWAIT) >= 0) continue;
