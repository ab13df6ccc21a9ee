export { parseCryptoLine, serializeCryptoLine, wipeCryptoAttribute } from './crypto-attribute.ts';
export type { CryptoAttribute, FecAddress } from './crypto-attribute.ts';
export type { SdesKey } from './key-params.ts';
export type { FecOrder, SessionParameter } from './session-parameters.ts';
export {
  acceptAnnouncement,
  acceptAnswer,
  acceptOffer,
  createOffer,
  ownLine,
} from './negotiation.ts';
export type { OwnKeys, RemoteKeys } from './negotiation.ts';
export { addCryptoLines, takeCryptoLines } from './session-description.ts';
export {
  cryptoSuites,
  findSuite,
  keyAndSaltBytes,
  maxSrtcpPackets,
  maxSrtpPackets,
  suiteRows,
} from './suites.ts';
export type { CryptoSuite, SuiteCipher, SuiteRow } from './suites.ts';
