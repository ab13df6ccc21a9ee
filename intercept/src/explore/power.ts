/** Where the attacker stands, in the modes whose keys do not come from a handshake of their own. */
export const powers = ['network', 'passive-server', 'active-server'] as const;
/**
 * - `network`: between everybody and the server, without its keys: sees and changes media, not signaling.
 * - `passive-server`: holds what the server holds and sees what it relays; changes nothing.
 * - `active-server`: changes anything.
 */
export type Power = (typeof powers)[number];
