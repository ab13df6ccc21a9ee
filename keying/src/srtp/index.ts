export { createSrtpReceiver, createSrtpSender } from './srtp-context.ts';
export type {
  SrtpReceiver,
  SrtpReceiverOptions,
  SrtpSender,
  SrtpSenderOptions,
} from './srtp-context.ts';
export { createSrtcpReceiver, createSrtcpSender } from './srtcp-context.ts';
export type {
  SrtcpReceiver,
  SrtcpReceiverOptions,
  SrtcpSender,
  SrtcpSenderOptions,
} from './srtcp-context.ts';
export type { SrtpMasterKey } from './master-keys.ts';
export type {
  PacketCipher,
  PacketCipherFactory,
  RtcpPosition,
  RtpPosition,
} from './packet-cipher.ts';
export {
  fixedHeaderBytes,
  isRtcp,
  parseRtpHeader,
  rtpPayload,
  serializeRtpPacket,
} from './rtp-header.ts';
export type { RtpHeader, RtpPacketFields } from './rtp-header.ts';
