import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** Behaviours of a proxy between a client and a Postgres without TLS. */
export type TlsBehaviour =
  /** Speaks TLS with a certificate of the tests' authority for this address. */
  | 'tls'
  /** Speaks TLS with a certificate of the same authority for other names. */
  | 'tls of another host'
  /** Refuses TLS and would let the client continue in clear text, as an attacker in between would. */
  | 'no tls'
  /** Promises TLS and continues in clear text. */
  | 'broken promise';

export interface TlsProxy {
  /** URL of the same database, at an address that counts as another machine. */
  readonly url: string;
  /** Returns the bytes that clients sent in clear text besides the request for TLS. */
  readonly clearBytes: () => number;
  /** Connections that were encrypted and let through. */
  readonly encrypted: () => number;
  close(): Promise<void>;
}

const file = (name: string) => fileURLToPath(new URL(`./tls/${name}`, import.meta.url));
export const authorityFile = file('authority.crt');
/** Reaches this machine, but is not a name of the loopback interface. */
const address = '0.0.0.0';
const requestBytes = 8;

/** Starts a proxy before `databaseUrl` that terminates TLS, or refuses it, according to `behaviour`. */
export async function startTlsProxy(databaseUrl: string, behaviour: TlsBehaviour): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  let clearBytes = 0;
  let encrypted = 0;
  const target = Number(new URL(databaseUrl).port || 5432);
  const pipe = (client: Socket) => {
    const server = connect(target, '127.0.0.1');
    keep(server, sockets);
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
  };
  const listener = createServer((client) => {
    keep(client, sockets);
    client.once('data', (first) => {
      if (!isTlsRequest(first)) {
        clearBytes += first.length;
        return;
      }
      client.write(behaviour === 'no tls' ? 'N' : 'S');
      if (behaviour.startsWith('tls')) {
        encrypted += 1;
        pipe(secured(client, behaviour === 'tls' ? 'server' : 'other'));
      } else {
        // A TLS handshake begins with 0x16; anything else would be the client's own words.
        client.on('data', (data) => {
          if (data[0] !== 0x16) clearBytes += data.length;
          else client.end('not TLS');
        });
      }
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, address, resolve));
  const url = new URL(databaseUrl);
  url.hostname = address;
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    clearBytes: () => clearBytes,
    encrypted: () => encrypted,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

function keep(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest. */
const isTlsRequest = (data: Buffer): boolean => data.length === requestBytes && data.readInt32BE(4) === 80_877_103;

function secured(client: Socket, name: string): TLSSocket {
  const socket = new TLSSocket(client, {
    isServer: true,
    cert: readFileSync(file(`${name}.crt`)),
    key: readFileSync(file(`${name}.key`)),
  });
  socket.on('error', () => {});
  return socket;
}
