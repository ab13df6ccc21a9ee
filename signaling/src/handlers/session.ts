/** `hello` and `bye`. */
import { protocolVersion, ProtocolError } from '@earshot/protocol';
import type { Handler } from '../dispatch.ts';
import { requireSession } from '../caller.ts';

export const hello: Handler<'hello'> = async (caller, { protocol, resume }) => {
  const { sessions, rateLimits, metrics } = caller.services;
  if (protocol !== protocolVersion) throw new ProtocolError('unsupported-version');
  if (caller.session !== undefined) throw new ProtocolError('session-exists');
  if (resume !== undefined) await rateLimits.takeResume(caller.address);
  const session = resume === undefined ? sessions.create(caller.address) : sessions.resume(resume);
  if (resume !== undefined) metrics.sessionsResumed.inc();
  caller.session = session;
  const resumeToken = session.rotateToken();
  // Only after the answer: what the client missed follows it.
  caller.afterAnswer(() => {
    if (caller.session === session) {
      sessions.attach(session, caller.link, resume?.lastEvent ?? 0);
    }
  });
  return {
    sessionId: session.id,
    resumeToken,
    leaseMs: sessions.leaseMs,
    isResumed: resume !== undefined,
  };
};

export const bye: Handler<'bye'> = (caller) => {
  caller.services.sessions.end(requireSession(caller), 'left');
  caller.afterAnswer(() => {
    caller.link.close();
  });
  return {};
};
