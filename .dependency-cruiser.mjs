/**
 * Who may import what: the table of docs/architecture.md as rules. Every rule's comment says what to
 * do instead. Imports by name (`@earshot/keying/mode`) count as the file that they lead to.
 */

const tests = '\\.test\\.(tsx?|mjs)$|/test/';
const ours = '^(keying|protocol|sfu|signaling|client|peer|intercept|bench|e2e|infra)/';
const keyingMode = '^keying/src/mode\\.ts$';

/**
 * `folder` may import, of our own, itself and what `allowed` matches.
 * @param {string} folder
 * @param {readonly string[]} allowed
 * @param {string} instead
 */
function onlyImports(folder, allowed, instead) {
  return {
    name: `${folder}-imports`,
    comment: instead,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: tests },
    to: { path: ours, pathNot: [`^${folder}/`, ...allowed] },
  };
}

/**
 * An npm package that only some files may import; tests are free.
 * @param {string} name
 * @param {{ of: string, only: readonly string[], instead: string }} rule `of`: pattern for the package's
 *   folder in node_modules.
 */
function confined(name, { of, only, instead }) {
  return {
    name: `${name}-confined`,
    comment: instead,
    severity: 'error',
    from: { path: ours, pathNot: [tests, ...only] },
    to: { path: `node_modules/${of}/` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    onlyImports(
      'keying',
      [],
      'keying/ is pure and stands alone. Pass in what it needs as an argument (see session-ports.ts).',
    ),
    onlyImports(
      'protocol',
      [keyingMode],
      'protocol/ describes messages. A message that needs more of keying/ should carry a string and be opened by its reader.',
    ),
    onlyImports(
      'sfu',
      ['^protocol/', keyingMode],
      'sfu/ moves packets. What signaling has to know comes back through the port in sfu/src/api.ts.',
    ),
    onlyImports(
      'signaling',
      ['^protocol/', '^sfu/src/(api|media-server)\\.ts$', keyingMode],
      'signaling/ relays. Use the port in sfu/src/api.ts; cryptography belongs in the clients.',
    ),
    onlyImports(
      'client',
      ['^protocol/', '^keying/'],
      'client/ meets the server through protocol/ only. A type that both need belongs there.',
    ),
    onlyImports(
      'peer',
      ['^protocol/', '^keying/'],
      'peer/ meets the server through protocol/ only. A type that both need belongs there.',
    ),
    onlyImports(
      'intercept',
      ['^protocol/', '^keying/', '^peer/', '^sfu/src/api\\.ts$'],
      'The lab attacks the running system from outside. Reach the server through its ports and taps.',
    ),
    onlyImports(
      'e2e',
      ['^intercept/', '^protocol/', keyingMode],
      'The end-to-end tests start the built system. Measuring and recovering audio belongs in intercept/.',
    ),
    onlyImports(
      'bench',
      ['^keying/', '^protocol/', '^peer/', '^intercept/', '^client/src/worker/'],
      'Measure the built system as intercept/src/stage/ drives it, the worker as a page drives it, or keying/ directly.',
    ),
    onlyImports('infra', [], 'infra/ runs before anything else is there. Start it as a program.'),
    {
      name: 'server-holds-no-frame-code',
      comment:
        'The server must not hold code that could open a frame or take part in a handshake: this is what makes "it relays and cannot open" checkable. Import keying/mode; do anything else with keys in client/ or peer/.',
      severity: 'error',
      from: { path: '^(signaling|sfu)/', pathNot: tests },
      to: { path: '^keying/', pathNot: keyingMode, reachable: true },
    },
    {
      name: 'nothing-shipped-imports-the-lab',
      comment:
        'Insecure variants live in intercept/ only. Let the lab import the shipped code and change its copy.',
      severity: 'error',
      from: { path: '^(keying|protocol|sfu|signaling|client|peer)/' },
      to: { path: '^(intercept|e2e|bench)/' },
    },
    {
      name: 'keying-is-pure',
      comment:
        'keying/ runs in Node, browsers and workers and does no I/O. Take bytes, time and randomness as arguments.',
      severity: 'error',
      from: { path: '^keying/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'bootstrap-needs-no-package',
      comment: 'The bootstrap runs before any npm install, on Node 18. Use what Node has.',
      severity: 'error',
      from: { path: '^infra/', pathNot: tests },
      to: { dependencyTypesNot: ['core', 'local'] },
    },
    confined('mediasoup', {
      of: 'mediasoup',
      only: ['^sfu/', '^intercept/', '^bench/src/capacity/servers/bare-sfu\\.ts$'],
      instead: 'Use the port in sfu/src/api.ts, and the message types of protocol/.',
    }),
    confined('socket.io', {
      of: 'socket\\.io',
      only: [
        '^signaling/src/(server|connection)\\.ts$',
        '^intercept/',
        '^bench/src/capacity/arrivals/echo-server\\.ts$',
      ],
      instead:
        'Handlers know callers and calls, not sockets: go through signaling/src/connection.ts.',
    }),
    confined('socket.io-client', {
      of: 'socket\\.io-client',
      only: [
        '^client/src/call/signaling-client\\.ts$',
        '^peer/',
        '^intercept/',
        '^e2e/',
        '^bench/',
      ],
      instead: 'Send requests through client/src/call/signaling-client.ts.',
    }),
    confined('mediasoup-client', {
      of: 'mediasoup-client',
      only: ['^client/src/call/room-(device|media|parameters|transport)\\.ts$'],
      instead: 'Go through client/src/call/room-media.ts.',
    }),
    confined('noble', {
      of: '@noble',
      only: ['^keying/', '^bench/'],
      instead: 'No cryptography outside keying/: add the operation there, with its vectors.',
    }),
    confined('preact', {
      of: 'preact',
      only: [
        '^client/src/lab/.*\\.tsx$',
        '^client/src/views/',
        '^client/src/main\\.tsx$',
        '^client/vite\\.config\\.ts$',
      ],
      instead:
        'Logic stays free of the framework: put it in call/ or platform/ and let a view render it.',
    }),
    {
      name: 'no-circular',
      comment: 'Move what both files need into a third one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment:
        'Nothing imports this file and it imports nothing: remove it, or name it here as an entry.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          tests,
          '\\.d\\.ts$',
          '^[^/]+/(vite|playwright)[^/]*\\.config\\.ts$',
          '^client/public/',
        ],
      },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere: add the package to this workspace, or correct the path.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'Add the package to the package.json of the workspace that imports it.',
      severity: 'error',
      from: { pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'not-to-test',
      comment: 'Shared test support belongs in a file of its own under test/.',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '\\.test\\.(tsx?|mjs)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(client|e2e|intercept)/(dist|report|test-results)/' },
    // Imports of types are imports: a server that knows a key's type is a server that may get one.
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'browser', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
};
