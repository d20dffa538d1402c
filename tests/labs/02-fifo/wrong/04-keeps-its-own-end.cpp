// fails: SIGTERM ends a collector that waits, and the FIFO is gone
// cause: reader-holds-write-end
::unlink(fifo_name);
