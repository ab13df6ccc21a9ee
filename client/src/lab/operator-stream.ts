/** Reads the operator's stream of one call. */
import { labEvent, type LabEvent } from './lab-event.ts';

/** `unknown-call`: the server has nothing about it. `lost`: it does not answer, or stopped to. */
export type StreamEnd = 'unknown-call' | 'lost';

export interface OperatorStreamOptions {
  readonly callId: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: LabEvent) => void;
}

/** Resolves when the stream is over. A line that is not an event ends it: `lost`. */
export async function readOperatorStream(options: OperatorStreamOptions): Promise<StreamEnd> {
  const { callId, signal, onEvent } = options;
  try {
    const path = `/lab/calls/${encodeURIComponent(callId)}/live`;
    const response = await fetch(path, { signal, cache: 'no-store' });
    if (response.status === 404) return 'unknown-call';
    if (!response.ok || response.body === null) return 'lost';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return 'lost';
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onEvent(labEvent.parse(JSON.parse(line)));
    }
  } catch {
    return 'lost';
  }
}
