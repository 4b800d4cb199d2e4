import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** The fault of one connection; absent: it is left alone. */
export interface ConnectionFault {
  /** `cut`: reset. `hang`: nothing goes through any more, in neither direction, and then it is reset. */
  readonly kind: 'cut' | 'hang';
  /** Counted from the begin of a COPY into schema genesys instead of from the begin of the connection. */
  readonly isInCopy: boolean;
  /** Sent by the client until it strikes. */
  readonly afterBytes: number;
}

export interface ProxyOptions {
  readonly targetPort: () => number;
  readonly draw: () => ConnectionFault | undefined;
  readonly onFault: (fault: ConnectionFault) => void;
  readonly hangMs: number;
}

const copyBegins = 'copy genesys.';

/** Proxies connections between the program and Postgres and cuts them as scheduled. */
export class DatabaseProxy {
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isStopped = false;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#serve(client));
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** No fault strikes a connection that begins from now on. */
  stopFaults(): void {
    this.#isStopped = true;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(client: Socket): void {
    const server = connect(this.#options.targetPort(), '127.0.0.1');
    const fault = this.#isStopped ? undefined : this.#options.draw();
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      // A server that refuses or dies is seen by the client as a reset, not as a polite end.
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!other.destroyed) other.resetAndDestroy();
      });
    }
    server.pipe(client);
    if (fault === undefined) client.pipe(server);
    else this.#pipeUntil(fault, client, server);
  }

  #pipeUntil(fault: ConnectionFault, client: Socket, server: Socket): void {
    let leftBytes = fault.afterBytes;
    let isCounting = !fault.isInCopy;
    client.on('data', (chunk: Buffer) => {
      isCounting ||= chunk.includes(copyBegins);
      if (isCounting) leftBytes -= chunk.length;
      if (leftBytes >= 0) {
        if (!server.write(chunk)) {
          client.pause();
          server.once('drain', () => client.resume());
        }
        return;
      }
      client.removeAllListeners('data');
      this.#options.onFault(fault);
      this.#strike(fault, client, server);
    });
    client.on('end', () => server.end());
  }

  #strike({ kind }: ConnectionFault, client: Socket, server: Socket): void {
    const cut = () => {
      client.resetAndDestroy();
      server.resetAndDestroy();
    };
    if (kind === 'cut') {
      cut();
      return;
    }
    client.pause();
    server.unpipe(client);
    server.pause();
    setTimeout(cut, this.#options.hangMs).unref();
  }
}
