/** The join page's microphone: asks when told to, follows the devices, measures the level, lets go at the end. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { CallError, type MicrophonePreview } from '../call/call-api.ts';
import { Microphone, listMicrophones, watchMicrophones } from '../call/microphone.ts';
import type { MicrophoneStatus } from './microphone-field.tsx';
import { recall, remember } from './remembered.ts';

export interface MicrophoneControl {
  readonly status: MicrophoneStatus;
  /** Undefined for the browser's default. */
  readonly chosenId: string | undefined;
  /** Loudness, 0 to 1. */
  readonly level: number;
  readonly choose: (id: string | undefined) => void;
  readonly ask: () => void;
}

/** Often enough to look live. */
const levelIntervalMs = 80;

export function useMicrophone(): MicrophoneControl {
  const [status, setStatus] = useState<MicrophoneStatus>({ kind: 'checking' });
  const [chosenId, setChosenId] = useState(() => recall('microphone'));
  const [level, setLevel] = useState(0);
  const preview = useRef<MicrophonePreview | undefined>(undefined);
  /** Counts openings: one that was overtaken, or whose page is gone, closes what it opened. */
  const opening = useRef(0);

  const open = useCallback(async (id: string | undefined): Promise<void> => {
    const own = ++opening.current;
    preview.current?.close();
    preview.current = undefined;
    const outcome = await openPreview(id);
    if (own !== opening.current) {
      outcome.preview?.close();
      return;
    }
    preview.current = outcome.preview;
    setChosenId(outcome.chosenId);
    setStatus(outcome.status);
  }, []);

  useEffect(() => {
    let isShown = true;
    void microphonePermission().then((permission) => {
      if (!isShown) return;
      if (permission === 'granted') void open(recall('microphone'));
      else setStatus({ kind: permission === 'denied' ? 'denied' : 'not-asked' });
    });
    const timer = setInterval(() => setLevel(preview.current?.level() ?? 0), levelIntervalMs);
    return () => {
      isShown = false;
      clearInterval(timer);
      opening.current++;
      preview.current?.close();
    };
  }, [open]);

  const isReady = status.kind === 'ready';
  useEffect(() => {
    if (!isReady) return;
    return watchMicrophones((microphones) => {
      if (microphones.length === 0) setStatus({ kind: 'missing' });
      else if (chosenId === undefined || microphones.some(({ id }) => id === chosenId)) {
        setStatus({ kind: 'ready', microphones });
      } else void open(undefined);
    });
  }, [isReady, chosenId, open]);

  return {
    status,
    chosenId,
    level,
    choose: (id) => {
      if (id !== undefined) remember('microphone', id);
      void open(id);
    },
    ask: () => {
      setStatus({ kind: 'asking' });
      void open(chosenId);
    },
  };
}

interface PreviewOutcome {
  readonly status: MicrophoneStatus;
  readonly chosenId: string | undefined;
  readonly preview: MicrophonePreview | undefined;
}

/** Opens `id`, or the default one if that is gone. */
async function openPreview(id: string | undefined): Promise<PreviewOutcome> {
  try {
    const preview = await Microphone.preview(id);
    const microphones = await listMicrophones();
    return { status: { kind: 'ready', microphones }, chosenId: id, preview };
  } catch (error) {
    const isMissing = error instanceof CallError && error.code === 'microphone-missing';
    if (isMissing && id !== undefined) return openPreview(undefined);
    return {
      status: { kind: isMissing ? 'missing' : 'denied' },
      chosenId: undefined,
      preview: undefined,
    };
  }
}

async function microphonePermission(): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state;
  } catch {
    // Browsers that do not tell: ask by the button, as if they had never been asked.
    return 'prompt';
  }
}
