import '../frame-tap.ts';
import '../livekit-worker.ts';
