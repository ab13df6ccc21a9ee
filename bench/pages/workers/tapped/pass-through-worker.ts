import '../frame-tap.ts';
import '../pass-through-worker.ts';
