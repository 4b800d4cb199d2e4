import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordingProxy {
  readonly url: string;
  /** Tokens that went through, in the order in which they were issued. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
}

/** Hands everything on to `target` and keeps the tokens of its logins, which a test could not know otherwise. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const tokens: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const onward = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method,
      headers: incoming.headers,
    });
    onward.on('error', () => outgoing.destroy());
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        outgoing.write(part);
      });
      answer.on('error', () => outgoing.destroy());
      answer.on('aborted', () => outgoing.destroy());
      answer.on('end', () => {
        if (incoming.url?.startsWith('/oauth/')) remember(Buffer.concat(parts).toString('utf8'), tokens);
        outgoing.end();
      });
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, tokens, close: () => closed(server) };
}

function remember(body: string, tokens: string[]): void {
  const token = /"access_token"\s*:\s*"([^"]+)"/.exec(body)?.[1];
  if (token !== undefined) tokens.push(token);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
