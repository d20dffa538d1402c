// fails: of two who open at the same moment one makes the queue, and the other finds it
// cause: wrong-answer
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
id_ = ::msgget(key, 0);
if (id_ >= 0) return;
id_ = ::msgget(key, IPC_CREAT | 0600);
if (id_ < 0) fail("msgget");
made_it_ = true;
