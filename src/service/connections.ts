import type { Socket } from 'node:net';

/** Reason for which a connection was closed. */
export type DropReason = 'idle_closed' | 'refused';

export interface ConnectionLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
}

interface Held {
  readonly peer: string;
  isAnswering: boolean;
}

/**
 * Limits connections without letting silent ones lock others out. At a limit a new connection is
 * admitted and the one that has been idle longest is closed: one that sends nothing, half a header
 * or a very slow body counts as idle; one that is being answered does not. A new connection is
 * refused only if all are being answered. A health check is therefore answered however many
 * connections somebody holds open.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #onDrop: (peer: string, reason: DropReason) => void;
  /** In the order of their last activity. */
  readonly #held = new Map<Socket, Held>();
  readonly #countByPeer = new Map<string, number>();

  constructor(limits: ConnectionLimits, onDrop: (peer: string, reason: DropReason) => void) {
    this.#limits = limits;
    this.#onDrop = onDrop;
  }

  /** Admits a new connection, or destroys it. */
  admit(socket: Socket): void {
    const peer = peerGroup(socket.remoteAddress);
    const { connectionsMax, connectionsPerAddressMax } = this.#limits;
    const isPeerFull = (this.#countByPeer.get(peer) ?? 0) >= connectionsPerAddressMax;
    const isFull = this.#held.size >= connectionsMax;
    if ((isPeerFull || isFull) && !this.#closeIdle(isPeerFull ? peer : this.#largestPeer())) {
      this.#onDrop(peer, 'refused');
      socket.destroy();
      return;
    }
    this.#held.set(socket, { peer, isAnswering: false });
    this.#countByPeer.set(peer, (this.#countByPeer.get(peer) ?? 0) + 1);
    socket.once('close', () => this.#release(socket));
  }

  /** Keeps the connection from being closed as idle until `answered`. */
  answering(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held !== undefined) held.isAnswering = true;
  }

  answered(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    held.isAnswering = false;
    this.#held.delete(socket);
    this.#held.set(socket, held);
  }

  #closeIdle(peer: string): boolean {
    for (const [socket, held] of this.#held) {
      if (held.isAnswering || held.peer !== peer) continue;
      this.#onDrop(peer, 'idle_closed');
      this.#release(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  /** Returns the peer with the most connections, whose connections are closed first. */
  #largestPeer(): string {
    let largest = { peer: '', count: 0 };
    for (const [peer, count] of this.#countByPeer) if (count > largest.count) largest = { peer, count };
    return largest.peer;
  }

  #release(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    this.#held.delete(socket);
    const count = (this.#countByPeer.get(held.peer) ?? 1) - 1;
    if (count > 0) this.#countByPeer.set(held.peer, count);
    else this.#countByPeer.delete(held.peer);
  }
}

/**
 * Returns what counts as one client: an IPv4 address, or the /64 network of an IPv6 address,
 * because one machine may use a whole /64.
 */
export function peerGroup(address: string | undefined): string {
  const plain = (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const whole = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${whole.slice(0, 4).join(':')}::/64`;
}
