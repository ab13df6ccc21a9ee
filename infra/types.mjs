/** Type-checks every TypeScript project of the repository, two at a time, and reports all of them. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runCommand } from './bootstrap/command.mjs';

const timeoutMs = 300_000;
const parallel = 2;

const queue = findProjects();
let failed = 0;
await Promise.all(Array.from({ length: parallel }, checkFromQueue));
process.exitCode = failed === 0 ? 0 : 1;

/** The root's and every workspace's; a folder inside may hold one for a part that runs elsewhere (a worker). */
function findProjects() {
  /** @type {{ workspaces: string[] }} */
  const { workspaces } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
  return ['tsconfig.json', ...workspaces.flatMap(findProjectsBelow)];
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function findProjectsBelow(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) return /^tsconfig.*\.json$/.test(entry.name) ? [place] : [];
    return ['node_modules', 'dist'].includes(entry.name) ? [] : findProjectsBelow(place);
  });
}

async function checkFromQueue() {
  for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
    /** @type {string[]} */
    const lines = [];
    const { code } = await runCommand({
      command: 'tsc',
      args: ['--project', project, '--pretty', 'false'],
      timeoutMs,
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) failed++;
    console.log([`${code === 0 ? 'ok    ' : 'failed'} ${project}`, ...lines].join('\n'));
  }
}
