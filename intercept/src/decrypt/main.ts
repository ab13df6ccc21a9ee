/** `decrypt`: opens captures that others made, with keys that others wrote down. */
import { readFileSync, statSync } from 'node:fs';
import { argv } from 'node:process';
import { readArguments, usage, type DecryptArguments } from './arguments.ts';
import { PayloadTypes } from './audio-codec.ts';
import {
  candidateFromBase64,
  candidateFromLine,
  isSameCandidate,
  wipeCandidate,
  type CandidateKey,
} from './candidate-key.ts';
import { decryptCapture } from './decrypt-capture.ts';
import { DecryptError, reasonOf } from './decrypt-error.ts';
import { reportOf, reportText } from './report.ts';
import { readSessionDescription, type DescribedCall } from './session-description.ts';

/** `process` will do. */
export interface DecryptIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** An SDP of a large conference has some hundred kilobytes. */
const maxSdpBytes = 2 ** 22;
/** Every packet that does not open is tried with each. */
const maxCandidates = 64;

/** @returns the exit code: 0 a stream was opened, 1 none was, 2 the command could not do its work. */
export async function runDecrypt(args: readonly string[], io: DecryptIo): Promise<number> {
  const candidates: CandidateKey[] = [];
  try {
    const options = readArguments(args);
    if (options === 'help') {
      io.stdout.write(usage);
      return 0;
    }
    const described = options.sdpFiles.map((path) => ({ path, ...describe(path) }));
    const ignored: IgnoredLine[] = [];
    for (const line of linesOf(options, described)) {
      const candidate = readLine(line);
      if ('reason' in candidate) ignored.push(candidate);
      else add(candidate, candidates);
    }
    for (const key of options.keys) add(candidateFromBase64(key, options.suite ?? ''), candidates);
    requireCandidates(candidates, ignored);
    const payloadTypes = new PayloadTypes([
      ...options.codecs,
      ...described.flatMap(({ encodingNames }) => encodingNames),
    ]);
    const result = await decryptCapture({ ...options, keys: candidates, payloadTypes });
    const report = reportOf(result, { file: options.capture, candidates, ignored });
    io.stdout.write(
      options.format === 'json'
        ? `${JSON.stringify(report, undefined, 2)}\n`
        : reportText(report, payloadTypes),
    );
    return report.verdict === 'opened' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof DecryptError)) throw error;
    io.stderr.write(`${error.code}: ${error.message}\n`);
    return 2;
  } finally {
    candidates.forEach(wipeCandidate);
  }
}

interface FoundLine {
  readonly text: string;
  readonly origin: string;
  /** What one says on the command line has to be right; a file may hold anything. */
  readonly ifInvalid: 'fail' | 'ignore';
}

interface IgnoredLine {
  readonly origin: string;
  readonly reason: string;
}

function linesOf(
  options: DecryptArguments,
  described: readonly ({ readonly path: string } & DescribedCall)[],
): FoundLine[] {
  return [
    ...options.cryptoLines.map(
      (text) => ({ text: text.trim(), origin: '--crypto', ifInvalid: 'fail' }) as const,
    ),
    ...described.flatMap(({ path, cryptoLines }) =>
      cryptoLines.map(
        ({ line, lineNumber }) =>
          ({ text: line, origin: `${path} line ${lineNumber}`, ifInvalid: 'ignore' }) as const,
      ),
    ),
  ];
}

function readLine({ text, origin, ifInvalid }: FoundLine): CandidateKey | IgnoredLine {
  try {
    const candidate = candidateFromLine(text, origin);
    return typeof candidate === 'string' ? { origin, reason: candidate } : candidate;
  } catch (error) {
    if (ifInvalid === 'fail' || !(error instanceof DecryptError)) throw error;
    return { origin, reason: error.message };
  }
}

function add(candidate: CandidateKey, candidates: CandidateKey[]): void {
  if (!candidates.some((known) => isSameCandidate(known, candidate))) candidates.push(candidate);
  else wipeCandidate(candidate);
}

function describe(path: string): DescribedCall {
  try {
    if (statSync(path).size > maxSdpBytes) throw new Error('too long for an SDP file');
    return readSessionDescription(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DecryptError('sdp-unreadable', `${path}: ${reasonOf(error)}`);
  }
}

function requireCandidates(
  candidates: readonly CandidateKey[],
  ignored: readonly IgnoredLine[],
): void {
  if (candidates.length > maxCandidates) {
    throw new DecryptError('usage', `more than ${maxCandidates} keys`);
  }
  if (candidates.length > 0) return;
  const [first] = ignored;
  throw new DecryptError(
    'no-key',
    first === undefined
      ? 'no key: give --sdp with an a=crypto line, --crypto, or --key with --suite'
      : `no key that can be used; ${first.origin} is not: ${first.reason}`,
  );
}

if (import.meta.main) process.exitCode = await runDecrypt(argv.slice(2), process);
