/** Writes `.env.example` from the settings' schema: `node signaling/src/env-example.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { variables } from './config.ts';

export const envExampleFile = fileURLToPath(new URL('../../.env.example', import.meta.url));

/** Every variable, commented out, with what it is for and its default. */
export function envExample(): string {
  const blocks = Object.entries(variables).map(([name, schema]) => {
    const text = wrap(schema.description ?? '', 96).map((line) => `# ${line}\n`);
    return `${text.join('')}#${name}=${shown(schema.parse(undefined), name)}\n`;
  });
  const head = '# Settings of `npm start`. Generated: node signaling/src/env-example.ts\n';
  return [head, ...blocks].join('\n');
}

/** What differs between machines is shown empty. */
function shown(value: unknown, name: string): string {
  if (name === 'EARSHOT_WORKERS') return '';
  if (name === 'EARSHOT_RETAIN_KEYS') return value === true ? 'on' : 'off';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

if (import.meta.main) writeFileSync(envExampleFile, envExample());
