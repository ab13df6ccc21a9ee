import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorTable, eventNames, protocolVersion, verbs } from '../src/index.ts';

const page = readFileSync(new URL('../../docs/signaling-protocol.md', import.meta.url), 'utf8');

test('the page on the protocol has this version, and every verb, event and error', () => {
  expect(page).toContain(`# Signaling protocol, version ${protocolVersion}\n`);
  expect(page).toContain(`\n- **${protocolVersion}**: `);
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const named = rows.flatMap(([, first = '']) => first.match(/[a-zA-Z-]+/g) ?? []);
  for (const name of [...verbs, ...eventNames]) expect(named).toContain(name);
  for (const [code, { retryable, message }] of Object.entries(errorTable)) {
    expect(rows).toContainEqual(['', `\`${code}\``, retryable ? 'yes' : 'no', message, '']);
  }
});
