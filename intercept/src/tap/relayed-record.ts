/** What an operator writes down of the messages that pass it, in the form of its own server's record. */
import type { RelayedMessage } from '../operator/relayed-message.ts';

/** JSON lines, for `SignalingRecord`: what people in a call tell each other, and nothing else. */
export function recordRelayed(message: RelayedMessage): string[] {
  if (message.kind !== 'request') return [];
  if (message.verb === 'produce') return [line(message, null)];
  return 'to' in message.input ? [line(message, message.input.to)] : [];
}

function line(
  { client, verb, input }: Extract<RelayedMessage, { kind: 'request' }>,
  to: string | null,
): string {
  const at = new Date().toISOString();
  return `${JSON.stringify({ at, from: `client ${String(client)}`, to, verb, payload: input })}\n`;
}
