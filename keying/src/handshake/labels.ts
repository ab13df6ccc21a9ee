/** Every label of the handshake, each for one purpose. The number is the protocol version. */
import { utf8ToBytes } from '../bytes.ts';

export const handshakeLabels = {
  /** SHA-256: the initiator's commitment. */
  commitment: utf8ToBytes('earshot 1 commit'),
  /** SHA-256: the transcript. */
  transcript: utf8ToBytes('earshot 1 transcript'),
  /** HKDF-Expand: MAC keys of the two confirmations. */
  confirmInitiator: utf8ToBytes('earshot 1 confirm initiator'),
  confirmResponder: utf8ToBytes('earshot 1 confirm responder'),
  /** HKDF-Expand: keys that seal sender keys, by direction. */
  wrapToResponder: utf8ToBytes('earshot 1 wrap initiator to responder'),
  wrapToInitiator: utf8ToBytes('earshot 1 wrap responder to initiator'),
  /** Ed25519: what the identities sign. */
  signInitiator: utf8ToBytes('earshot 1 signature initiator'),
  signResponder: utf8ToBytes('earshot 1 signature responder'),
  /** HKDF-Extract (as salt) and HKDF-Expand: the short authentication string. */
  sas: utf8ToBytes('earshot 1 sas'),
  sasEmoji: utf8ToBytes('earshot 1 sas emoji'),
  sasWords: utf8ToBytes('earshot 1 sas words'),
} as const;
