/** The end-to-end handshake between two participants: see docs/keying/handshake.md. */
export { EphemeralStock } from './ephemeral-stock.ts';
export { createInitiator } from './initiator.ts';
export { createResponder } from './responder.ts';
export { encodeRefusal } from './messages.ts';
export type {
  Agreement,
  Handshake,
  HandshakeOptions,
  HandshakeStep,
  Identity,
  InitiatorHandshake,
  ShortAuthenticationString,
} from './handshake-ports.ts';
