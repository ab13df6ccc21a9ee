import type { KnipConfig } from 'knip';

/** Unused files, exports and dependencies. Every exception says why it is one. */
const config: KnipConfig = {
  // A type that a public signature names is used by whoever calls it.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Programs that no npm package brings; the tests that use them say so where one is missing.
  ignoreBinaries: [
    'ffmpeg',
    'editcap',
    'tcpdump',
    'tshark',
    'espeak-ng',
    'taskset',
    'janus',
    'apt-get',
  ],
  workspaces: {
    '.': {
      entry: ['*.config.{ts,js}'],
      // Named in npm scripts only, behind infra/run.mjs.
      ignoreDependencies: ['prettier'],
    },
    keying: { project: ['**/*.ts'] },
    protocol: { project: ['**/*.ts'] },
    sfu: { project: ['**/*.ts'] },
    signaling: { project: ['**/*.ts'] },
    client: {
      entry: ['index.html', 'src/lab/main.tsx', 'src/worker/crypto-worker.ts'],
      project: ['src/**/*.{ts,tsx}', '*.ts'],
    },
    peer: { project: ['**/*.ts'] },
    intercept: {
      // The lab finds the attacks by their names.
      entry: [
        'src/main.ts',
        'src/attacks/*.ts',
        'src/lab/write-schema.ts',
        'src/stage/speech/make-phrases.ts',
      ],
      project: ['**/*.ts'],
    },
    bench: {
      entry: [
        'src/main.ts',
        'src/capacity/main.ts',
        // Processes of their own.
        'src/capacity/{load/load-process,arrivals/arrivals-process,arrivals/echo-server,servers/bare-sfu}.ts',
        'pages/*-page.ts',
        'pages/workers/**/*-worker.ts',
      ],
      project: ['**/*.ts'],
    },
    e2e: { entry: ['**/*.spec.ts'], project: ['**/*.ts'] },
    infra: { entry: ['gates.mjs', 'types.mjs'], project: ['**/*.mjs'] },
  },
};

export default config;
