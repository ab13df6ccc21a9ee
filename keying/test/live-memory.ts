/** Looks for bytes in all typed arrays that are still reachable, after a full garbage collection. */
import { Session } from 'node:inspector/promises';

/** Runs in the engine's inspector, on the array of all typed arrays. */
const search = `function (needles) {
  const wanted = JSON.parse(needles).map((hex) => {
    const bytes = Buffer.alloc(hex.length / 2);
    bytes.write(hex, 'hex');
    return bytes;
  });
  // The prototypes themselves are among them.
  const buffers = new Set(this.filter(ArrayBuffer.isView).map(({ buffer }) => buffer));
  const found = wanted.map((bytes) => {
    for (const buffer of buffers) if (Buffer.from(buffer).includes(bytes)) return true;
    return false;
  });
  for (const bytes of wanted) bytes.fill(0);
  return JSON.stringify(found);
}`;

/** @param needles by hexadecimal, so that asking does not put the bytes into memory. */
export async function reachable(needles: readonly string[]): Promise<readonly boolean[]> {
  const session = new Session();
  session.connect();
  try {
    const prototype = await session.post('Runtime.evaluate', {
      expression: 'Object.getPrototypeOf(Uint8Array.prototype)',
    });
    const all = await session.post('Runtime.queryObjects', {
      prototypeObjectId: prototype.result.objectId ?? '',
    });
    const { result, exceptionDetails } = await session.post('Runtime.callFunctionOn', {
      functionDeclaration: search,
      arguments: [{ value: JSON.stringify(needles) }],
      ...(all.objects.objectId === undefined ? {} : { objectId: all.objects.objectId }),
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    const found: unknown = JSON.parse(String(result.value));
    if (!Array.isArray(found)) throw new TypeError('the search returned no list');
    return found.map(Boolean);
  } finally {
    session.disconnect();
  }
}
