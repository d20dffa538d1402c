use Socket;
socketpair A, B, AF_UNIX, SOCK_STREAM, 0;
fork ? close B : close A;
$peer = fileno A ? *A : *B;
$peer->autoflush;
print $peer "x" x 1e6, "\n";    # first speak …
<$peer>;                        # … then listen
