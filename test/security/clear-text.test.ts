import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';

/** An address of this machine that is not loopback, as another machine's would be; one that nobody has where there is none. */
const address =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '192.0.2.2';

test.each(['sync', 'run', 'wrapup login'])(
  '%s sends nothing to an API at another machine without TLS and ends with status 2',
  async (command) => {
    const heard: string[] = [];
    const server = createServer((socket) => socket.on('data', (data) => heard.push(String(data))));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as { port: number };
    const lines: string[] = [];
    const status = await runProgram(command.split(' '), {
      directory: import.meta.dirname,
      environment: {
        GENESYSCLOUD_OAUTHCLIENT_ID: 'client',
        GENESYSCLOUD_OAUTHCLIENT_SECRET: 'client-secret-of-the-test',
        GENESYSCLOUD_API_URL: `http://${address}:${port}`,
        GENESYS_WAREHOUSE_WRITE_CLIENT_ID: 'writer',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      },
      now: () => new Date('2026-03-12T00:00:00Z'),
      signal: new AbortController().signal,
      print: () => {},
      isTerminal: false,
      writeLog: (line) => lines.push(line),
    });
    server.close();
    expect(status).toBe(2);
    expect(lines.join()).toContain('GENESYS_WAREHOUSE_API_INSECURE=on');
    expect(lines.join()).not.toContain('client-secret-of-the-test');
    expect(heard).toEqual([]);
  },
);
