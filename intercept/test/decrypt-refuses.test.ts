import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DecryptReport } from '../src/decrypt/report.ts';
import { readWav } from '../src/measure/wav.ts';
import { call, decrypt, file, folder, inOrder, report } from './decrypt-captured-call.ts';

describe('what does not open', () => {
  it.each(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32', 'AEAD_AES_256_GCM'] as const)(
    'a wrong key: none authentic, exit 1, no WAV: %s',
    async (suite) => {
      const capture = file(inOrder(call({ suite, count: 50 }).packets));
      const out = join(folder, `wrong-${suite}`);
      const wrong = ['--crypto', call({ suite }).line, '--max-roc', '500', '--out', out];
      const { code, report: found } = await report(capture, ...wrong);
      expect(code).toBe(1);
      expect(found.streams).toMatchObject([
        { packets: 50, authentic: 0, notAuthentic: 50, roc: null },
      ]);
      expect(readdirSync(out)).toEqual([]);
      expect((await decrypt(capture, ...wrong)).out).toContain('none of 1 streams opened');
    },
  );

  it('noise is no stream', async () => {
    const { packets, line } = call({});
    const noise = Array.from({ length: 5000 }, () =>
      Buffer.concat([Uint8Array.of(0x80, 0), randomBytes(60)]),
    );
    const { code, report: found } = await report(
      file(inOrder([...noise, ...packets])),
      '--crypto',
      line,
    );
    expect(code).toBe(0);
    expect(found.streams).toHaveLength(1);
    expect(found.capture.datagrams).toMatchObject({ rtp: 10, other: 5000 });
  });

  it.each([
    [1000, 1],
    [1100, 0],
  ])('what is no stream yet is forgotten among %i others: %i streams', async (others, streams) => {
    const { packets } = call({ count: 3 });
    const [first, ...rest] = packets;
    const noise = Array.from({ length: others }, (_, i) => {
      const packet = new Uint8Array(packets[0]!);
      new DataView(packet.buffer).setUint32(8, 1000 + i);
      return packet;
    });
    const capture = file(inOrder([first!, ...noise, ...rest]));
    const { report: found } = await report(capture, '--crypto', call({}).line, '--max-roc', '1');
    expect(found.streams).toHaveLength(streams);
  });
});

describe('what cannot be read', () => {
  const { line, packets } = call({});
  const capture = file(inOrder(packets));
  it.each([
    ['usage', []],
    ['usage', [capture, capture]],
    ['usage', [capture, '--nonsense']],
    ['usage', [capture, '--crypto', line, '--codec', '200=opus']],
    ['usage', [capture, '--crypto', line, '--max-roc', '-1']],
    ['usage', [capture, '--key', 'AAAA']],
    ['no-key', [capture]],
    ['no-key', [capture, '--crypto', line.replace('SHA1_80', 'SHA1_99')]],
    ['key-invalid', [capture, '--crypto', 'nonsense']],
    ['key-invalid', [capture, '--key', 'AAAA', '--suite', 'AES_CM_128_HMAC_SHA1_80']],
    ['key-invalid', [capture, '--key', 'AAAA', '--suite', 'ROT13']],
    ['capture-unreadable', [join(folder, 'nothing'), '--crypto', line]],
    ['capture-unreadable', [folder, '--crypto', line]],
    ['capture-format', [file('RIFF and so on'), '--crypto', line]],
    ['capture-format', [file(''), '--crypto', line]],
    ['sdp-unreadable', [capture, '--sdp', join(folder, 'nothing')]],
    ['out-unwritable', [capture, '--crypto', line, '--out', join(capture, 'below')]],
  ])('%s', async (code, args) => {
    const result = await decrypt(...args);
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.error).toMatch(new RegExp(`^${code}: .+\n$`));
    expect(result.error).not.toContain(line.slice(-40));
  });

  it('a capture that is cut off opens up to there', async () => {
    const cut = file(inOrder(packets).subarray(0, -1));
    const { code, report: found } = await report(cut, '--crypto', line);
    expect([code, found.streams[0]!.authentic, found.capture.damage?.reason]).toEqual([
      0,
      9,
      'cut-off',
    ]);
  });

  it('hostile captures end with a code, and leave no recording of what was not said', async () => {
    const out = join(folder, 'hostile');
    const change = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) });
    const whole = inOrder(packets);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 30 }), async (changes) => {
        const bytes = new Uint8Array(whole);
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        writeFileSync(join(folder, 'changed'), bytes);
        const { code, out: text } = await decrypt(
          join(folder, 'changed'),
          ...['--crypto', line, '--max-roc', '9', '--out', out, '--json'],
        );
        expect([0, 1, 2]).toContain(code);
        if (code === 2) return;
        const { streams } = JSON.parse(text) as DecryptReport;
        for (const { wav } of streams.flatMap(({ recordings }) => recordings)) {
          // Silence, or the one loudness that was sent.
          const heard = new Set(readWav(wav!).samples);
          expect([...heard].filter((sample) => sample !== 0 && sample < 0.9)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
