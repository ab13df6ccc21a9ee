/**
 * The load on one server, as a process of its own: starts the server, fills its rooms, then measures on
 * request until its parent lets go of it.
 */
import process from 'node:process';
import { startBareServer } from '../servers/bare-server.ts';
import { startEarshotServer } from '../servers/earshot-server.ts';
import type { ForwardingServer, System } from '../servers/forwarding-server.ts';
import { startJanusServer } from '../servers/janus-server.ts';
import { assemble, type Assembly } from './assembly.ts';
import { BandwidthGroup } from './bandwidth-group.ts';
import { moveToCore } from './cores.ts';
import { connectDirectPair, type DirectPair } from './direct-pair.ts';
import { FrameLedger } from './frame-ledger.ts';
import { command, type Command, type Report } from './load-messages.ts';
import { measure } from './measurement.ts';
import { cpuMsOf, residentBytesOf } from './process-usage.ts';
import { sealedSpeech } from './sealed-speech.ts';

interface Running {
  readonly server: ForwardingServer;
  readonly serverCore: number;
  /** The server's; without it there is only the whole core. */
  readonly group: BandwidthGroup | undefined;
  readonly assembly: Assembly;
  readonly ledger: FrameLedger;
  readonly pair: DirectPair;
}

const starters: Readonly<Record<System, () => Promise<ForwardingServer>>> = {
  bare: startBareServer,
  earshot: startEarshotServer,
  janus: startJanusServer,
};

const opened = new AsyncDisposableStack();
let running: Running | undefined;
let isEnding = false;

process.on('message', (message) => {
  answer(command.parse(message)).then(tell, (error: unknown) => {
    if (!isEnding) tell({ kind: 'failed', reason: String(error) });
  });
});
process.once('disconnect', end);
process.once('SIGINT', end);
process.once('SIGTERM', end);
process.once('SIGHUP', end);
// The server is a process of its own: it would be left behind.
process.once('uncaughtException', (error) => {
  console.error(error);
  end();
});

async function answer(request: Command): Promise<Report> {
  switch (request.kind) {
    case 'start':
      return start(request);
    case 'measure': {
      if (running === undefined) throw new Error('not started');
      const { server, group, ...rest } = running;
      if (group === undefined && request.coreShare < 1)
        throw new Error('nothing limits the server');
      group?.allow(request.coreShare);
      return measure({ ...rest, command: request, serverProcessIds: server.processIds });
    }
  }
}

async function start(request: Extract<Command, { kind: 'start' }>): Promise<Report> {
  const { system, layout, serverCore, controller } = request;
  const group = controller === null ? undefined : new BandwidthGroup(controller, process.pid);
  opened.defer(() => group?.remove());
  group?.make();
  const server = await starters[system]();
  opened.defer(() => server.close());
  const { processIds } = server;
  moveToCore(serverCore, processIds);
  group?.add(processIds);
  const ledger = new FrameLedger();
  const speechOf = sealedSpeech();
  const emptyBytes = residentBytesOf(processIds);
  const cpuBeforeMs = cpuMsOf(processIds);
  const startedAtMs = performance.now();
  const assembly = await assemble({ server, layout, ledger, speechOf });
  const setUpMs = performance.now() - startedAtMs;
  const setUpCpuMs = cpuMsOf(processIds) - cpuBeforeMs;
  const pair = await connectDirectPair(speechOf('direct'));
  opened.defer(() => pair.close());
  running = { server, serverCore, group, assembly, ledger, pair };
  return {
    ...{ kind: 'ready', people: assembly.people, setUpMs, setUpCpuMs, emptyBytes },
    fullBytes: residentBytesOf(processIds),
  };
}

function tell(report: Report): void {
  // Without a parent there is nobody to tell, and `disconnect` ends the rest.
  if (process.connected) process.send?.(report, () => undefined);
}

function end(): void {
  if (isEnding) return;
  isEnding = true;
  void opened.disposeAsync().finally(() => process.exit(0));
}
