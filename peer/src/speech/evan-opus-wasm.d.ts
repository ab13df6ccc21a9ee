/** The WebAssembly build of libopus in @evan/opus, whose own declarations cover its native build only. */
declare module '@evan/opus/wasm/index.mjs' {
  export class Encoder {
    constructor(options: {
      readonly channels: 1 | 2;
      readonly sample_rate: 8000 | 12000 | 16000 | 24000 | 48000;
      readonly application: 'voip' | 'audio' | 'restricted_lowdelay';
    });
    /** Throws what libopus refuses. */
    ctl(request: number, value: number): number;
    /** One frame of 16-bit samples; throws what libopus refuses. */
    encode(samples: Int16Array): Uint8Array;
    /** Frees its memory. */
    drop(): void;
  }

  export class Decoder {
    constructor(options: {
      readonly channels: 1 | 2;
      readonly sample_rate: 8000 | 12000 | 16000 | 24000 | 48000;
    });
    /** Bytes of 16-bit little-endian samples; throws what libopus refuses. At most 8192 bytes in. */
    decode(packet: Uint8Array): Uint8Array;
    drop(): void;
  }
}
