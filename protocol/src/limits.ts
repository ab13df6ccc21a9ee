/** Sizes and times that both ends rely on. */
export const limits = {
  /** Largest signaling frame, in bytes. */
  frameBytes: 64 * 1024,
  /** Largest session description, in characters. */
  sdpChars: 16 * 1024,
  /** Largest key envelope before base64, in bytes (an ML-KEM-768 key with its framing is about 1.3 KiB). */
  envelopeBytes: 4096,
  /** Longest display name, in characters. */
  nameChars: 40,
  /** People in a direct call. */
  directCapacity: 2,
  /** How long a session outlives its socket, in milliseconds. */
  sessionLeaseMs: 30_000,
  /** Events kept for a session whose socket dropped. */
  sessionBacklog: 512,
} as const;
