use IO::Socket::INET;
$door = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:7042", ReuseAddr => 1) or die;
$peer = fork ? $door->accept : IO::Socket::INET->new("127.0.0.1:7042");
print $peer "x" x 1e7, "\n";    # first speak …
<$peer>;                        # … then listen
