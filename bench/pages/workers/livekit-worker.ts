/** LiveKit's worker as published. */
import 'livekit-client/e2ee-worker';
