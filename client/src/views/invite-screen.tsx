/** One invite link, from looking it up to the end of the call, with the engine behind it. */
import { useEffect, useState } from 'preact/hooks';
import type { CallHandle, Invite } from '../call/call-api.ts';
import type { CallState, EndReason } from '../call/call-state.ts';
import { joinCall } from '../call/call.ts';
import { lookUpCall } from '../call/create-call.ts';
import { endReasonOf } from '../call/end-reason-of.ts';
import { parseLink, toLink } from '../call/invite-link.ts';
import { CallPage } from './call-page.tsx';
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

type Stage =
  | { readonly kind: 'before' }
  | { readonly kind: 'call'; readonly handle: CallHandle }
  | { readonly kind: 'after'; readonly reason: EndReason };

export function InviteScreen({ href, isLab, onCallChange }: InviteScreenProps) {
  const [stage, setStage] = useState<Stage>({ kind: 'before' });
  const end = (reason: EndReason) => {
    onCallChange('over');
    setStage({ kind: 'after', reason });
  };

  const invite = parseLink(href);
  if ('error' in invite) {
    return <InviteEnd reason={invite.error} isLab={isLab} onRejoin={() => location.reload()} />;
  }
  switch (stage.kind) {
    case 'before':
      return (
        <JoinScreen
          invite={invite}
          isLab={isLab}
          onRefused={end}
          onJoin={(handle) => {
            onCallChange('going-on');
            setStage({ kind: 'call', handle });
          }}
        />
      );
    case 'call':
      return <CallScreen handle={stage.handle} invite={invite} onEnd={end} />;
    case 'after':
      return (
        <InviteEnd
          reason={stage.reason}
          isLab={isLab}
          onRejoin={() => setStage({ kind: 'before' })}
        />
      );
  }
}

interface JoinScreenProps {
  readonly invite: Invite;
  readonly isLab: boolean;
  readonly onRefused: (reason: EndReason) => void;
  readonly onJoin: (handle: CallHandle) => void;
}

function JoinScreen({ invite, isLab, onRefused, onJoin }: JoinScreenProps) {
  const [participants, setParticipants] = useState<number>();
  const [isMuted, setMuted] = useState(false);
  const microphone = useMicrophone();

  useEffect(() => {
    let isShown = true;
    lookUpCall(invite).then(
      (call) => {
        if (!isShown) return;
        if (call.participants >= call.capacity) onRefused('call-full');
        else setParticipants(call.participants);
      },
      (error: unknown) => {
        if (isShown) onRefused(endReasonOf(error));
      },
    );
    return () => {
      isShown = false;
    };
  }, [invite.callId]);

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
        onJoin(joinCall({ invite, name, isMuted, microphoneId: microphone.chosenId }));
      }}
    />
  );
}

interface CallScreenProps {
  readonly handle: CallHandle;
  readonly invite: Invite;
  readonly onEnd: (reason: EndReason) => void;
}

function CallScreen({ handle, invite, onEnd }: CallScreenProps) {
  const [state, setState] = useState<CallState>(handle.state);
  useEffect(() => {
    const show = (next: CallState) => {
      setState(next);
      if (next.phase.kind === 'ended') onEnd(next.phase.reason);
    };
    const unsubscribe = handle.subscribe(show);
    show(handle.state);
    return () => {
      unsubscribe();
      // Also when the page is left by Back: no call goes on without its controls.
      handle.hangUp();
    };
  }, [handle]);

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
