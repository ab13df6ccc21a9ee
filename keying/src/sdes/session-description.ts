import { KeyingError } from '../errors.ts';

const cryptoPrefix = 'a=crypto:';

interface Section {
  /** The m= line; undefined for the part before the first one. */
  readonly media: string | undefined;
  readonly lines: readonly string[];
}

/**
 * Puts `a=crypto` lines at the end of the first audio section of a session description (RFC 8866).
 * @param lines as RFC 4568 has them, without line ends.
 * @throws KeyingError `malformed` if there is no audio section.
 */
export function addCryptoLines(sdp: string, lines: readonly string[]): string {
  const sections = split(sdp);
  const audio = sections.find(isAudio);
  if (audio === undefined) throw new KeyingError('malformed', 'no audio in the description');
  return join(
    sections.map((section) =>
      section === audio ? { ...section, lines: [...section.lines, ...lines] } : section,
    ),
  );
}

/**
 * Takes the `a=crypto` lines out of the first audio section, so that the rest can be given to a
 * browser. A rejected stream (port 0) has none to use: whatever it holds is dropped.
 *
 * @throws KeyingError `sdes-invalid` for a crypto line at session level (RFC 4568 section 4) and
 * for one key in two lines of the description (section 6.1).
 */
export function takeCryptoLines(sdp: string): {
  readonly sdp: string;
  readonly lines: readonly string[];
} {
  const sections = split(sdp);
  requireValid(sections);
  const audio = sections.find(isAudio);
  const lines = audio === undefined || isRejected(audio) ? [] : audio.lines.filter(isCrypto);
  const rest = sections.map((section) =>
    section === audio
      ? { ...section, lines: section.lines.filter((line) => !isCrypto(line)) }
      : section,
  );
  return { sdp: join(rest), lines };
}

function requireValid(sections: readonly Section[]): void {
  const seen = new Set<string>();
  for (const section of sections) {
    for (const line of section.lines.filter(isCrypto)) {
      if (section.media === undefined) {
        throw new KeyingError('sdes-invalid', 'a crypto line at session level');
      }
      // Base64 without padding is one to one with the key, so that text compares as well.
      for (const [, key = ''] of line.matchAll(/inline:([A-Za-z0-9+/]+)/gi)) {
        if (seen.has(key)) throw new KeyingError('sdes-invalid', 'a key is used twice');
        seen.add(key);
      }
    }
  }
}

function split(sdp: string): Section[] {
  const sections: { media: string | undefined; lines: string[] }[] = [
    { media: undefined, lines: [] },
  ];
  for (const line of sdp.split(/\r\n|\n/)) {
    if (line === '') continue;
    if (line.startsWith('m=')) sections.push({ media: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function join(sections: readonly Section[]): string {
  const lines = sections.flatMap(({ media, lines: rest }) =>
    media === undefined ? rest : [media, ...rest],
  );
  return lines.map((line) => `${line}\r\n`).join('');
}

function isAudio({ media }: Section): boolean {
  return media?.startsWith('m=audio ') ?? false;
}

function isRejected({ media }: Section): boolean {
  return /^m=\S+ 0(?:\/| |$)/.test(media ?? '');
}

function isCrypto(line: string): boolean {
  return line.startsWith(cryptoPrefix);
}
