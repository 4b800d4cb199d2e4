import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestProxy {
  readonly url: string;
  readonly host: string;
  /** Target and login of each CONNECT. */
  readonly connects: { readonly target: string; readonly login: string | undefined }[];
  /** Answers otherwise from now on; open tunnels are cut. */
  change(answer: ProxyAnswer): void;
}

/** Answer of a proxy to CONNECT: with this status, by closing the connection, or never; `port`: with a tunnel to this machine. */
export type ProxyAnswer = { readonly status: number } | 'close' | 'silence' | { readonly port: number };

/** A proxy that ends with the test. */
export async function startProxy(first: ProxyAnswer): Promise<TestProxy> {
  const connects: TestProxy['connects'] = [];
  const sockets = new Set<net.Socket>();
  const server = http.createServer();
  let answer = first;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket: net.Socket) => {
    connects.push({ target: request.url ?? '', login: request.headers['proxy-authorization'] });
    socket.on('error', () => {});
    if (answer === 'close') socket.destroy();
    else if (answer === 'silence') return;
    else if ('status' in answer) socket.end(`HTTP/1.1 ${answer.status} Refused\r\nContent-Length: 0\r\n\r\n`);
    else tunnel(socket, answer.port);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    cut();
    server.close();
  });
  const change = (next: ProxyAnswer) => {
    answer = next;
    cut();
  };
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, connects, change };
}

function tunnel(socket: net.Socket, port: number): void {
  const upstream = net.connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
}
