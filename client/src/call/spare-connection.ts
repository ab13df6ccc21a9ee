/**
 * The first RTCPeerConnection of a page starts threads, loads codecs and draws a certificate, which
 * takes longer than all that follows. A connection to nobody has that done while a person decides to join.
 */
let isPrepared = false;

/** Opens no socket and sends nothing: without a local description ICE does not begin. */
export function prepareConnections(): void {
  if (isPrepared) return;
  isPrepared = true;
  const connection = new RTCPeerConnection();
  connection.addTransceiver('audio', { direction: 'recvonly' });
  connection
    .createOffer()
    // A call that cannot connect says so itself.
    .catch(() => undefined)
    .finally(() => {
      connection.close();
    });
}
