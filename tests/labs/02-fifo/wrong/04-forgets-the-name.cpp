// fails: SIGTERM ends a collector that waits, and the FIFO is gone
// cause: left-behind
::close(own_end);
