import '../frame-tap.ts';
import '../earshot-worker.ts';
