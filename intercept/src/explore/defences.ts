/** What stands between the relay and a call, each of which the explorer can take away alone. */

export const e2eeDefences = [
  'link-secret',
  'commitment',
  'code-over-values',
  'pinned-identity',
  'signature',
  'confirmation-mac',
  'parameters-checked',
  'parameters-in-transcript',
  'messages-in-transcript',
  'low-order-check',
  'kem',
  'mode-in-fragment',
] as const;
export type E2eeDefence = (typeof e2eeDefences)[number];

export type E2eeDefencesOff = ReadonlySet<E2eeDefence>;

/** What taking it away means, for people. */
export const defenceDescriptions: Readonly<Record<E2eeDefence, string>> = {
  'link-secret': 'the relay has the secret of the link (it leaked, or there was none)',
  commitment: 'the responder does not compare DHPart_I with the commitment',
  'code-over-values': 'the safety code covers the identity keys only',
  'pinned-identity': 'identity keys are not compared with those of an earlier call',
  signature: 'identity signatures are not verified',
  'confirmation-mac': 'the MACs of the confirmations are not verified',
  'parameters-checked': "suite, mode, call and ids in the peer's DHPart are not compared",
  'parameters-in-transcript':
    'mode, call id and participant ids are not hashed into the transcript',
  'messages-in-transcript': 'Commit, both DHParts and Kem are not hashed into the transcript',
  'low-order-check': 'an X25519 result of zero is accepted',
  kem: 'there is no ML-KEM share',
  'mode-in-fragment': 'the mode comes from the server',
};
