// fails: what is in the FIFO at SIGTERM is not lost
// cause: wrong-output
::unlink(fifo_name);
::_exit(0);
