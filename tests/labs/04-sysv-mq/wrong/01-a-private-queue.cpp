// fails: a message arrives whole, whatever bytes it has, also none
// cause: no-sender | stuck | blocks
const key_t key = ::ftok(path.c_str(), kProject);
if (key == -1) fail("ftok");
id_ = ::msgget(IPC_PRIVATE, 0600);
if (id_ < 0) fail("msgget");
made_it_ = true;
