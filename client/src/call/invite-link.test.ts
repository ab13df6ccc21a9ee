import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkSecretState, parseLink, toLink } from './invite-link.ts';

const callId = 'AAAAAAAAAAAAAAAAAAAAAA';
/** 32 bytes of 0xff, base64url (RFC 4648 section 5), written out. */
const secret = '__________________________________________8';
const incomplete = { error: 'link-incomplete' };

it('reads what an invite link holds', () => {
  expect(parseLink(`https://earshot.example/j/${callId}#m=e2ee&t=room&k=${secret}`)).toEqual({
    callId,
    mode: 'e2ee',
    topology: 'room',
    linkSecret: secret,
  });
  expect(parseLink(`http://localhost:3000/j/${callId}#m=sdes&t=direct`)).toEqual({
    callId,
    mode: 'sdes',
    topology: 'direct',
    linkSecret: undefined,
  });
});

it('keeps mode, topology and secret out of what browsers send', () => {
  const link = toLink(
    { callId, mode: 'e2ee', topology: 'direct', linkSecret: secret },
    'https://earshot.example',
  );
  expect(link).toBe(`https://earshot.example/j/${callId}#m=e2ee&t=direct&k=${secret}`);
  const { pathname, search } = new URL(link);
  expect(pathname + search).toBe(`/j/${callId}`);
});

it('has no secret outside e2ee, whatever the link says', () => {
  expect(parseLink(`https://h/j/${callId}#m=dtls&t=room&k=${secret}`)).toMatchObject({
    linkSecret: undefined,
  });
});

it('says of an e2ee link whether it holds its secret', () => {
  const whole = { callId, mode: 'e2ee', topology: 'room', linkSecret: secret } as const;
  const passedOnWithout = parseLink(`https://h/j/${callId}#m=e2ee&t=room`);
  expect(passedOnWithout).toEqual({ ...whole, linkSecret: undefined });
  expect(linkSecretState(whole)).toBe('whole');
  expect(linkSecretState({ ...whole, linkSecret: undefined })).toBe('missing');
  expect(linkSecretState({ ...whole, mode: 'dtls', linkSecret: undefined })).toBe('unused');
});

describe('incomplete links', () => {
  it.each([
    ['no fragment', `https://h/j/${callId}`],
    ['no mode', `https://h/j/${callId}#t=room`],
    ['no topology', `https://h/j/${callId}#m=dtls`],
    ['an unknown mode', `https://h/j/${callId}#m=zrtp&t=room`],
    ['mode in the query, which servers see', `https://h/j/${callId}?m=dtls&t=room`],
    ['an empty secret', `https://h/j/${callId}#m=e2ee&t=room&k=`],
    ['a secret cut short', `https://h/j/${callId}#m=e2ee&t=room&k=${secret.slice(0, -1)}`],
    ['a secret of 31 bytes', `https://h/j/${callId}#m=e2ee&t=room&k=${'_'.repeat(41)}w`],
    ['a secret that is not base64url', `https://h/j/${callId}#m=e2ee&t=room&k=${'+'.repeat(43)}`],
    ['a call id cut short', 'https://h/j/AAAA#m=dtls&t=room'],
    ['another path', `https://h/x/${callId}#m=dtls&t=room`],
    ['no URL', 'not a link'],
  ])('%s', (_, link) => {
    expect(parseLink(link)).toEqual(incomplete);
  });

  it('are all that arbitrary text gives', () => {
    fc.assert(
      fc.property(fc.webFragments(), (fragment) => {
        expect(parseLink(`https://h/j/${callId}#${fragment}`)).toEqual(incomplete);
      }),
    );
  });
});

it('gives back every invite that it wrote', () => {
  const ids = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/);
  const secrets = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'));
  fc.assert(
    fc.property(ids, secrets, fc.constantFrom('direct', 'room'), (id, linkSecret, topology) => {
      const invite = { callId: id, mode: 'e2ee', topology, linkSecret } as const;
      expect(parseLink(toLink(invite, 'https://h'))).toEqual(invite);
    }),
  );
});
