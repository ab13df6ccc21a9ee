// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an import cannot bring an ambient module to other workspaces
/// <reference path="./evan-opus-wasm.d.ts" />
/** libopus: in WebAssembly, because what is decoded comes from others. */
export { Decoder, Encoder } from '@evan/opus/wasm/index.mjs';
