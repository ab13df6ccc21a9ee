import { expect, it } from 'vitest';
import { restrictOpus } from './opus-sdp.ts';

const offer = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on',
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1',
  '',
];

it('asks for constant bitrate and hides levels in e2ee, also where the relay took that out', () => {
  expect(restrictOpus(offer.join('\r\n'), 'e2ee').split('\r\n')).toEqual([
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1;stereo=0;sprop-stereo=0;cbr=1;usedtx=0',
    'a=rtcp-fb:111 transport-cc',
    '',
  ]);
});

it('asks for speech in the other modes', () => {
  const lines = restrictOpus(offer.join('\r\n'), 'dtls').split('\r\n');
  expect(lines).toContain('a=fmtp:111 minptime=10;useinbandfec=1;stereo=0;sprop-stereo=0');
  expect(lines).toContain('a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on');
});

it('changes nothing the second time', () => {
  const once = restrictOpus(offer.join('\r\n'), 'e2ee');
  expect(restrictOpus(once, 'e2ee')).toBe(once);
});
