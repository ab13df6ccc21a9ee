/** The examiner's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { Bundle } from './bundle.ts';
import type { ExaminerAnswer, ExaminerTask, Findings } from './examiner.ts';
import { findRecogniser } from './recogniser.ts';
import { judge } from './verdict.ts';

const { folder } = z.object({ folder: z.string() }).parse(workerData);
const bundle = new Bundle(folder, findRecogniser());

parentPort?.on('message', (task: ExaminerTask) => {
  void answer(task).then((message) => parentPort?.postMessage(message));
});

async function answer({ id, place, ...examined }: ExaminerTask): Promise<ExaminerAnswer> {
  try {
    const { outcome, noticed, measures } = judge(examined.evidence);
    const written = await bundle.write(place, { ...examined, measures });
    const findings: Findings = { outcome, noticed, ...written };
    return { id, ok: true, findings };
  } catch (error) {
    return { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
