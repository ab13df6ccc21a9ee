/** The operator's listener of a server that runs with the lab on: what it kept of each call. */

/** The listener did not answer as expected. */
export class TapError extends Error {
  readonly code: 'refused' | 'malformed';

  constructor(code: 'refused' | 'malformed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TapError';
    this.code = code;
  }
}

/**
 * @param operatorUrl  for example `http://localhost:9464`
 * @throws TapError `refused`: the lab is off, or the call is not on record
 */
export async function fetchFromOperator(operatorUrl: string, path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(path, operatorUrl));
  if (!response.ok) throw new TapError('refused', `${path}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TapError `malformed` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TapError('malformed', 'not JSON', { cause });
  }
}
