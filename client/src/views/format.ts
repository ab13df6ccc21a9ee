/** Values as people read them. */
import type { CallState } from '../call/call-state.ts';

const notMeasured = 'not measured yet';
const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** `0:07`, `12:34`, `1:02:03`. Negative durations (a clock set back) count as none. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const padded = String(s).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${padded}` : `${m}:${padded}`;
}

/** `under 1 ms`, `24 ms`, `1,204 ms`. */
export function formatMilliseconds(valueMs: number | undefined): string {
  if (valueMs === undefined) return notMeasured;
  return valueMs < 1 ? 'under 1 ms' : `${wholeNumber.format(valueMs)} ms`;
}

/** `14 Mar 2026`, in the time zone of the browser. */
export function formatDate(atMs: number): string {
  return dates.format(atMs);
}

/** `12,345`. */
export function formatCount(count: number): string {
  return wholeNumber.format(count);
}

/**
 * `L16/44100/2` as `L16, 44.1 kHz, stereo`, `opus/48000/2` as `Opus, 48 kHz`: with Opus the 2 is fixed
 * and says nothing of what is sent (RFC 7587 section 7). Anything else as it is.
 */
export function formatCodec(codec: string | undefined): string {
  if (codec === undefined) return notMeasured;
  const match = /^(?:audio\/)?(\w+)\/(\d+)(?:\/(\d+))?$/.exec(codec);
  if (match === null) return codec;
  const [, name = '', clockRate = '', channels = '1'] = match;
  const rate = `${Number(clockRate) / 1000} kHz`;
  if (name.toLowerCase() === 'opus') return `Opus, ${rate}`;
  const layout = channels === '2' ? 'stereo' : channels === '1' ? 'mono' : `${channels} channels`;
  return `${name.charAt(0).toUpperCase() + name.slice(1)}, ${rate}, ${layout}`;
}

/** `1 person`, `3 people`. */
export function formatPeople(count: number): string {
  return count === 1 ? '1 person' : `${wholeNumber.format(count)} people`;
}

/** First letters of the first and last word, upper case; whole graphemes, so that an emoji stays whole. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = chosen.map((word = '') => [...graphemes.segment(word)][0]?.segment ?? '');
  return letters.join('').toLocaleUpperCase('en') || '?';
}

/** Document title while in a call: what changed last comes first, for a tab that shows only its beginning. */
export function callTitle(state: CallState): string {
  const [first, ...others] = state.people;
  const company =
    first === undefined
      ? 'Nobody else here'
      : others.length === 0
        ? `Call with ${first.name}`
        : `Call with ${first.name} and ${others.length} more`;
  switch (state.phase.kind) {
    case 'lobby':
    case 'connecting':
      return 'Connecting';
    case 'reconnecting':
      return 'Reconnecting';
    case 'waiting':
      return state.isMuted ? 'Muted: waiting for others' : 'Waiting for others';
    case 'connected':
      return state.isMuted ? `Muted: ${company}` : company;
    case 'ended':
      return 'Call ended';
  }
}
