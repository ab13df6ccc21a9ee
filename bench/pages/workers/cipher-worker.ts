/** Times every suite, one after the other, then all again: what disturbs one run disturbs all alike. */
import type { CipherRequest, CipherTimes } from '../../src/page-contract.ts';
import { sframeSubjects } from './sframe-subjects.ts';
import { srtpSubjects } from './srtp-subjects.ts';

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener('message', (event: MessageEvent<CipherRequest>) => {
  void measure(event.data).then((times) => {
    self.postMessage(times);
  });
});

async function measure(request: CipherRequest): Promise<CipherTimes[]> {
  const { payloadBytes, framesPerRun, runs } = request;
  const payloads = Array.from({ length: framesPerRun }, () =>
    crypto.getRandomValues(new Uint8Array(payloadBytes)),
  );
  const measured = [...sframeSubjects(), ...srtpSubjects()].map((subject) => ({
    subject,
    protectUs: [] as number[],
    unprotectUs: [] as number[],
  }));
  // The first run compiles.
  for (let run = -1; run < runs; run++) {
    for (const { subject, protectUs, unprotectUs } of measured) {
      const { protectMs, unprotectMs } = await subject.run(payloads);
      protectUs.push((1000 * protectMs) / framesPerRun);
      unprotectUs.push((1000 * unprotectMs) / framesPerRun);
    }
  }
  return measured.map(
    ({ subject: { protocol, suite, implementation }, protectUs, unprotectUs }) => {
      const [[protect = 0, ...laterProtectUs], [unprotect = 0, ...laterUnprotectUs]] = [
        protectUs,
        unprotectUs,
      ];
      return {
        ...{ protocol, suite, implementation, firstUs: { protect, unprotect } },
        ...{ protectUs: laterProtectUs, unprotectUs: laterUnprotectUs },
      };
    },
  );
}
