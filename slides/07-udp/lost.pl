use IO::Socket::INET;
$server = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:6969") or die;
if (fork) {
  $client = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1:6969");
  $client->send("question");
  $client->recv($answer, 9);
} else {
  $server->recv($lost, 9);
  $server->recv($question, 9);
}
