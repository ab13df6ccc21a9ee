/** Calls and their lobbies at one server, for tests of both sides of the door. */
import type { Client, Clients } from './wire.ts';

export interface Place {
  readonly callId: string;
  readonly mode: string;
  readonly topology: string;
}

export class LobbyScene {
  readonly #clients: Clients;

  constructor(clients: Clients) {
    this.#clients = clients;
  }

  async create(mode: string, topology = 'direct'): Promise<Place> {
    const client = await this.#clients.hello();
    const { callId } = await client.get('createCall', { mode, topology });
    return { callId, mode, topology };
  }

  /** Straight into the call, or from the lobby that `visitor` is in. */
  async join(place: Place, name: string, visitor?: Client) {
    const client = visitor ?? (await this.#clients.hello());
    const joined = await client.get('join', { ...place, name, isMuted: false });
    return { client, joined, self: joined.self };
  }

  async visit(place: Place) {
    const client = await this.#clients.hello();
    const entered = await client.get('enterLobby', place);
    return { client, entered, self: entered.self };
  }
}

export const peerOf = ({ id, order }: { id: string; order: number }) => ({ id, order });
export const said = ({ events }: Client) => events.map(({ name, payload }) => [name, payload]);
export const handshake = (to: string, data = 'AAEC') => ({ to, kind: 'handshake', data });
