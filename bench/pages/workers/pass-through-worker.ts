/** The floor: the browser's own pipe from encoder to network and from network to decoder. */
declare const self: DedicatedWorkerGlobalScope & {
  onrtctransform: ((event: RTCTransformEvent) => void) | null;
};

self.onrtctransform = ({ transformer }) => {
  void transformer.readable.pipeTo(transformer.writable);
};
