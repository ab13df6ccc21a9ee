/** Settings: one schema over the environment, every error at once. `.env.example` is generated from it. */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { logLevels } from './log.ts';

const port = z.coerce.number().int().min(0).max(65535);
const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');
const flag = z.enum(['0', '1']).transform((value) => value === '1');
const host = z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or an IP address');

/** Separated by commas. */
const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''))
    .pipe(z.array(item));

const origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'an origin: https://host');

/** Each variable with its default as text, and what it is for. The order is that of `.env.example`. */
export const variables = {
  HOST: host
    .default('127.0.0.1')
    .describe(
      'Address to listen on. Browsers open a microphone on localhost or over TLS only: for other machines set EARSHOT_TLS_CERT and EARSHOT_TLS_KEY, or put a TLS proxy in front.',
    ),
  PORT: port.default(3000).describe('Port of the application. 0: any free port.'),
  METRICS_HOST: host
    .default('127.0.0.1')
    .describe('Address of the metrics listener. It has no login: keep it private.'),
  METRICS_PORT: z
    .union([z.literal('off'), port])
    .default(9464)
    .describe('Port of the metrics listener. 0: any free port. off: none.'),
  EARSHOT_TLS_CERT: z.string().default('').describe('Certificate chain, PEM file. Empty: no TLS.'),
  EARSHOT_TLS_KEY: z.string().default('').describe('Private key, PEM file.'),
  EARSHOT_ORIGINS: list(origin)
    .default([])
    .describe(
      'Further origins whose pages may connect, separated by commas. The own one always may.',
    ),
  EARSHOT_TRUST_PROXY: z.coerce
    .number()
    .int()
    .min(0)
    .max(8)
    .default(0)
    .describe('Proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed.'),
  EARSHOT_WORKERS: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(() => availableParallelism())
    .describe('Media workers. Empty: one per core. 0: direct calls only, no rooms.'),
  EARSHOT_MEDIA_IP: z
    .union([z.ipv4(), z.ipv6()])
    .default('127.0.0.1')
    .describe('Address that media workers listen on.'),
  EARSHOT_MEDIA_ANNOUNCED_ADDRESS: z
    .union([z.literal(''), host])
    .default('')
    .describe('Address that clients are told instead, behind NAT. Empty: the same.'),
  EARSHOT_MEDIA_PORT: port
    .default(40000)
    .describe('Port (UDP and TCP) of the first media worker; the next ones follow. 0: any free.'),
  EARSHOT_STUN_URLS: list(z.string().regex(/^stuns?:[^\s]+$/, 'stun:host:port'))
    .default([])
    .describe('STUN servers for direct calls, separated by commas.'),
  EARSHOT_TURN_URLS: list(z.string().regex(/^turns?:[^\s]+$/, 'turn:host:port'))
    .default([])
    .describe('TURN servers (coturn with use-auth-secret), separated by commas.'),
  EARSHOT_TURN_SECRET: z
    .string()
    .default('')
    .describe("The TURN servers' static-auth-secret, from which short-lived logins are made."),
  EARSHOT_ROOM_CAPACITY: z.coerce
    .number()
    .int()
    .min(2)
    .max(100)
    .default(12)
    .describe('People in a room.'),
  EARSHOT_MAX_CALLS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe('Calls at a time.'),
  EARSHOT_RATE_SCALE: z.coerce
    .number()
    .positive()
    .max(1000)
    .default(1)
    .describe('Multiplies every rate limit, for load tests.'),
  EARSHOT_DRAIN_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(10_000)
    .describe('How long a stopping server waits for calls to end, in milliseconds.'),
  EARSHOT_LOG_LEVEL: z.enum(logLevels).default('info').describe(logLevels.join(', ')),
  EARSHOT_REPORT_DIR: z
    .string()
    .default('report')
    .describe('Folder of reports: the newest of npm run compare is linked on the page /compare.'),
  EARSHOT_LAB: flag
    .default(false)
    .describe(
      'Interception lab. 1: keep what is relayed, tap all rooms, tell every client. Never for real calls.',
    ),
  EARSHOT_RETAIN_KEYS: onOff
    .default(true)
    .describe("In the lab: whether the operator's record keeps the keys in a=crypto lines."),
  NODE_ENV: z.string().default('').describe('production: weak secrets and the lab are refused.'),
} as const;

const environment = z.object(variables).superRefine((values, context) => {
  const refuse = (name: keyof typeof variables, message: string): void => {
    context.addIssue({ code: 'custom', path: [name], message });
  };
  if ((values.EARSHOT_TLS_CERT === '') !== (values.EARSHOT_TLS_KEY === '')) {
    refuse('EARSHOT_TLS_KEY', 'certificate and key belong together: set both or neither');
  }
  if (values.EARSHOT_TURN_URLS.length > 0 && values.EARSHOT_TURN_SECRET === '') {
    refuse('EARSHOT_TURN_SECRET', 'needed with EARSHOT_TURN_URLS');
  }
  const { EARSHOT_MEDIA_IP: mediaIp, EARSHOT_MEDIA_PORT: mediaPort } = values;
  if (['0.0.0.0', '::'].includes(mediaIp) && values.EARSHOT_MEDIA_ANNOUNCED_ADDRESS === '') {
    refuse('EARSHOT_MEDIA_ANNOUNCED_ADDRESS', 'needed when EARSHOT_MEDIA_IP means all addresses');
  }
  if (mediaPort + values.EARSHOT_WORKERS > 65536) {
    refuse('EARSHOT_MEDIA_PORT', 'leaves no port for every media worker');
  }
  if (values.NODE_ENV !== 'production') return;
  if (values.EARSHOT_TURN_SECRET !== '' && isWeak(values.EARSHOT_TURN_SECRET)) {
    refuse('EARSHOT_TURN_SECRET', 'too weak: use 32 random bytes, openssl rand -hex 32');
  }
  if (values.EARSHOT_LAB && !isLoopback(values.HOST)) {
    refuse('EARSHOT_LAB', 'refused in production unless HOST is loopback');
  }
});

export type Config = Readonly<z.infer<typeof environment>>;

/** The settings are wrong. The message has one line for each. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/**
 * An empty variable counts as not set.
 * @throws ConfigError that names every variable at fault, and no value
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(variables)
      .map((name) => [name, env[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    ({ path, message }) => `  ${path.map(String).join('.')}: ${message}`,
  );
  throw new ConfigError(`settings refused:\n${lines.join('\n')}`);
}

export function isLoopback(address: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i.test(address);
}

/**
 * Shorter than 32 characters, or their frequencies carry fewer than 100 bits (Shannon): 32 random
 * hexadecimal digits carry about 110, a repeated word or a keyboard row far fewer.
 */
export function isWeak(secret: string): boolean {
  const counts = new Map<string, number>();
  for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / secret.length);
  return secret.length < 32 || bits < 100;
}
