/** Version of the signaling protocol. A change that an older client cannot follow raises it. History: docs/signaling-protocol.md. */
export const protocolVersion = 1;
