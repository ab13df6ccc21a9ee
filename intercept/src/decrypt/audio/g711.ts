/** PCMU and PCMA (ITU-T G.711): a byte is sign, exponent (3 bits) and mantissa (4 bits) of a sample. */

export function decodePcmu(payload: Uint8Array): Int16Array {
  return expand(payload, muLaw);
}

export function decodePcma(payload: Uint8Array): Int16Array {
  return expand(payload, aLaw);
}

function expand(payload: Uint8Array, table: Int16Array): Int16Array {
  const samples = new Int16Array(payload.length);
  for (let i = 0; i < payload.length; i++) samples[i] = table[payload[i] ?? 0] ?? 0;
  return samples;
}

/** Table 2a, as 16-bit samples. All bits are inverted on the wire; 132 is the bias of the segments. */
const muLaw = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = ~code;
  const magnitude = ((((bits & 0x0f) << 3) + 132) << ((bits >> 4) & 0x07)) - 132;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
});

/** Table 1a, as 16-bit samples. Every second bit is inverted on the wire; the lowest two segments are one line. */
const aLaw = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 0x07;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
});
