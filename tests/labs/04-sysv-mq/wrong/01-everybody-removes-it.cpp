// fails: who has made the queue removes it, and nobody else does
// cause: mechanism-not-used
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
id_ = ::msgget(key, IPC_CREAT | 0600);
if (id_ < 0) fail("msgget");
made_it_ = true;
