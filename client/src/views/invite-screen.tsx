/** One invite link, from its call's lobby to the end of the call, with the engine behind it. */
import { useEffect, useState } from 'preact/hooks';
import type { Invite, JoinOptions } from '../call/call-api.ts';
import type { CallState, EndReason } from '../call/call-state.ts';
import { openCall } from '../call/call.ts';
import { parseLink, toLink } from '../call/invite-link.ts';
import { CallPage } from './call-page.tsx';
import { drawingPace } from './drawing-pace.ts';
import { EndPage } from './end-page.tsx';
import { JoinPage } from './join-page.tsx';
import { recall, remember } from './remembered.ts';
import { navigate } from './route.ts';
import { useMicrophone } from './use-microphone.ts';

export interface InviteScreenProps {
  /** The address of the page, fragment included. */
  readonly href: string;
  readonly isLab: boolean;
  /** A call begins or ends: while it goes on, leaving the page needs a confirmation. */
  readonly onCallChange: (call: 'going-on' | 'over') => void;
}

type Stage = { readonly kind: 'open' } | { readonly kind: 'after'; readonly reason: EndReason };

export function InviteScreen({ href, isLab, onCallChange }: InviteScreenProps) {
  const [stage, setStage] = useState<Stage>({ kind: 'open' });

  const invite = parseLink(href);
  if ('error' in invite) {
    return <InviteEnd reason={invite.error} isLab={isLab} onRejoin={() => location.reload()} />;
  }
  switch (stage.kind) {
    case 'open':
      return (
        <CallScreen
          invite={invite}
          isLab={isLab}
          onJoin={() => onCallChange('going-on')}
          onEnd={(reason) => {
            onCallChange('over');
            setStage({ kind: 'after', reason });
          }}
        />
      );
    case 'after':
      return (
        <InviteEnd
          reason={stage.reason}
          isLab={isLab}
          onRejoin={() => setStage({ kind: 'open' })}
        />
      );
  }
}

interface CallScreenProps {
  readonly invite: Invite;
  readonly isLab: boolean;
  readonly onJoin: () => void;
  readonly onEnd: (reason: EndReason) => void;
}

/** From the lobby, with the join page, to the end. */
function CallScreen({ invite, isLab, onJoin, onEnd }: CallScreenProps) {
  const [handle, setHandle] = useState(() => openCall(invite));
  const [state, setState] = useState<CallState>(handle.state);
  useEffect(() => {
    let hasEntered = false;
    let release: (() => void) | undefined;
    const show = (next: CallState) => {
      // The page stays as it is: who joins later enters anew.
      if (hasEntered && hasLostLobby(next)) return;
      hasEntered = next.phase.kind === 'lobby' && next.inCall !== undefined;
      if (isMeeting(next)) release ??= drawingPace.holdBack();
      else {
        release?.();
        release = undefined;
      }
      setState(next);
      if (next.phase.kind === 'ended') onEnd(next.phase.reason);
    };
    const unsubscribe = handle.subscribe(show);
    show(handle.state);
    return () => {
      unsubscribe();
      release?.();
      // Also when the page is left by Back: no call goes on without its controls.
      handle.hangUp();
    };
  }, [handle]);

  if (state.phase.kind === 'lobby') {
    return (
      <JoinScreen
        invite={invite}
        isLab={isLab}
        participants={state.inCall}
        onJoin={(options) => {
          onJoin();
          const current = handle.state.phase.kind === 'lobby' ? handle : openCall(invite);
          setHandle(current);
          current.join(options);
        }}
      />
    );
  }
  return (
    <CallPage
      state={state}
      link={toLink(invite, location.origin)}
      onMute={(isMuted) => handle.setMuted(isMuted)}
      onHangUp={() => handle.hangUp()}
      onCodesMatch={(personId) => handle.reportCodesMatch(personId)}
      onAcceptKey={(personId) => handle.acceptKey(personId)}
      onCodesDiffer={(personId) => handle.reportCodesDiffer(personId)}
    />
  );
}

/** A connection to somebody is on its way: what that takes comes before what is seen of it. */
function isMeeting({ phase, inCall, people }: CallState): boolean {
  return phase.kind === 'connecting' && (inCall !== 0 || people.length > 0);
}

/** Ways in which a session ends by itself: the device slept, or the network, the server or the page went away. */
const lobbyLosses: ReadonlySet<EndReason> = new Set([
  'session-forgotten',
  'server-unreachable',
  'server-stopped',
  'hung-up',
]);

function hasLostLobby({ phase }: CallState): boolean {
  return phase.kind === 'ended' && lobbyLosses.has(phase.reason);
}

interface JoinScreenProps {
  readonly invite: Invite;
  readonly isLab: boolean;
  readonly participants: number | undefined;
  readonly onJoin: (options: JoinOptions) => void;
}

function JoinScreen({ invite, isLab, participants, onJoin }: JoinScreenProps) {
  const [isMuted, setMuted] = useState(false);
  const microphone = useMicrophone();

  return (
    <JoinPage
      isLab={isLab}
      invite={invite}
      participants={participants}
      initialName={recall('name') ?? ''}
      status={microphone.status}
      chosenId={microphone.chosenId}
      level={microphone.level}
      isMuted={isMuted}
      onChoose={microphone.choose}
      onAsk={microphone.ask}
      onMute={setMuted}
      onHome={() => navigate('/')}
      onJoin={(name) => {
        remember('name', name);
        onJoin({ name, isMuted, microphoneId: microphone.chosenId });
      }}
    />
  );
}

interface InviteEndProps {
  readonly reason: EndReason;
  readonly isLab: boolean;
  readonly onRejoin: () => void;
}

function InviteEnd({ reason, isLab, onRejoin }: InviteEndProps) {
  return (
    <EndPage reason={reason} isLab={isLab} onRejoin={onRejoin} onNewCall={() => navigate('/')} />
  );
}
