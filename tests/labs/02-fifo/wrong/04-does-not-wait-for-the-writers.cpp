// fails: at SIGTERM the name goes at once, and the collector when the last writer has left
// cause: ended-early
::unlink(fifo_name);
::_exit(0);
