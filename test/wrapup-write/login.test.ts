import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import type { StoredToken } from '../../src/genesys/auth/token-file.js';
import type { WriteCredentials } from '../../src/genesys/write-api.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { apply, type Bench, openBench, openWriter, partsOf, proposalOf, propose, rowsOf, uncoded } from './support.js';

interface LoginRun {
  readonly url: Promise<string>;
  readonly ended: Promise<{ readonly status: number; readonly log: string }>;
  readonly tokenFile: string;
  readonly redirectUri: string;
}

async function freeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gw-login-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Returns the answer to bytes that are sent unchanged. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(text);
  let answer = '';
  socket.on('data', (part) => {
    answer += String(part);
  });
  await once(socket, 'close');
  return answer;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function environmentOf(sandbox: Sandbox, tokenFile: string, isPublic = false): Record<string, string> {
  return {
    GENESYSCLOUD_API_URL: sandbox.url,
    GENESYSCLOUD_OAUTHCLIENT_ID: sandbox.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: sandbox.clientSecret,
    GENESYS_WAREHOUSE_WRITE_CLIENT_ID: sandbox.userClient.id,
    ...(!isPublic && { GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: sandbox.userClient.secret }),
    GENESYS_WAREHOUSE_WRITE_TOKEN_FILE: tokenFile,
  };
}

async function beginLogin(sandbox: Sandbox, more: readonly string[] = [], isPublic = false): Promise<LoginRun> {
  const directory = await freeDirectory();
  const tokenFile = join(directory, 'inside', 'write-token.json');
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`;
  const lines: string[] = [];
  let printed: (line: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    printed = resolve;
  });
  const ended = runProgram(['wrapup', 'login', '--redirect-uri', redirectUri, ...more], {
    directory,
    now: () => sandbox.now(),
    signal: new AbortController().signal,
    print: (line) => printed(line),
    isTerminal: false,
    environment: environmentOf(sandbox, tokenFile, isPublic),
    writeLog: (line) => lines.push(line),
  }).then((status) => ({ status, log: lines.join('\n') }));
  return { url, ended, tokenFile, redirectUri };
}

/** As a browser does it: opens the page, is sent back to the listener. */
async function logIn(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function openSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ agents: 10, conversationsPerDay: 100, requestsPerMinute: 'unlimited' });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function loggedIn(sandbox: Sandbox, isPublic = false) {
  const run = await beginLogin(sandbox, [], isPublic);
  await logIn(await run.url);
  expect((await run.ended).status).toBe(0);
  return run.tokenFile;
}

async function stored(tokenFile: string): Promise<StoredToken> {
  return JSON.parse(await readFile(tokenFile, 'utf8'));
}

function userCredentials(sandbox: Sandbox, tokenFile: string): WriteCredentials {
  const { id: clientId, secret: clientSecret } = sandbox.userClient;
  return { kind: 'user', clientId, clientSecret, tokenFile };
}

describe('wrapup login', () => {
  test.each([
    ['with a secret', false],
    ['as a public client', true],
  ])('%s keeps the login in a file of mode 600, and prints nothing of it', async (_what, isPublic) => {
    const sandbox = await openSandbox();
    const run = await beginLogin(sandbox, [], isPublic);
    const url = new URL(await run.url);
    expect(url.pathname).toBe('/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: sandbox.userClient.id,
      redirect_uri: run.redirectUri,
      code_challenge_method: 'S256',
    });
    expect(await logIn(url.href)).toContain('You are logged in');
    const { status, log } = await run.ended;
    expect(status).toBe(0);
    const token = await stored(run.tokenFile);
    expect(token).toMatchObject({ clientId: sandbox.userClient.id, loginUrl: sandbox.url });
    expect(token.userId).toBe(sandbox.world.directory.users.find((user) => user.state === 'active')?.id);
    expect((await stat(run.tokenFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(run.tokenFile, '..'))).mode & 0o066).toBe(0);
    for (const secret of [token.accessToken, token.refreshToken, sandbox.userClient.secret])
      expect(log).not.toContain(secret);
  });

  test('waits on after an answer of another login, and takes its own', async () => {
    const sandbox = await openSandbox();
    const run = await beginLogin(sandbox);
    const url = await run.url;
    const forged = await fetch(`${run.redirectUri}?code=stolen&state=guessed`);
    expect([forged.status, await forged.text()]).toEqual([
      400,
      'This response belongs to no login that was started here.\n',
    ]);
    expect((await fetch(new URL('/other', run.redirectUri))).status).toBe(404);
    await logIn(url);
    expect((await run.ended).status).toBe(0);
  });

  test('outlives whatever a program of this machine sends to its port, and still takes its own answer', async () => {
    const sandbox = await openSandbox();
    const run = await beginLogin(sandbox);
    const url = await run.url;
    const port = Number(new URL(run.redirectUri).port);
    const garbage = [
      'GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'GET http://[::1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'GET /callback?state=%ff%00&code[]=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n`,
      '\u0016\u0003\u0001\u0002\u0000 no HTTP at all\r\n\r\n',
    ];
    for (const text of garbage) expect(await answerTo(port, text)).toMatch(/^HTTP\/1\.1 4\d\d /);
    await logIn(url);
    expect((await run.ended).status).toBe(0);
  });

  test('a code that was asked for by someone else is worth nothing without their verifier', async () => {
    const sandbox = await openSandbox();
    const run = await beginLogin(sandbox);
    const url = new URL(await run.url);
    // The right state, but another challenge than the verifier of this process.
    url.searchParams.set('code_challenge', 'A'.repeat(43));
    await logIn(url.href);
    const { status, log } = await run.ended;
    expect(status).not.toBe(0);
    expect(log).toContain('invalid_grant');
    await expect(stat(run.tokenFile)).rejects.toThrow('ENOENT');
  });

  test('that is refused says so', async () => {
    const sandbox = await openSandbox();
    const run = await beginLogin(sandbox);
    const state = new URL(await run.url).searchParams.get('state');
    await fetch(`${run.redirectUri}?error=access_denied&error_description=not+today&state=${state}`);
    const { status, log } = await run.ended;
    expect([status, log]).toEqual([2, expect.stringContaining('refused the login: access_denied not today.')]);
  });

  test('that nobody answers ends', async () => {
    const run = await beginLogin(await openSandbox(), ['--wait-seconds', '1']);
    const { status, log } = await run.ended;
    expect([status, log]).toEqual([2, expect.stringContaining('Nobody logged in within 1 s')]);
  });

  test.each(['https://example.com/callback', 'http://10.0.0.1:8486/callback', 'http://127.0.0.1/callback', 'x'])(
    'refuses to be answered at %s',
    async (uri) => {
      const run = await beginLogin(await openSandbox(), ['--redirect-uri', uri]);
      expect(await run.ended).toMatchObject({ status: 2, log: expect.stringContaining('--redirect-uri') });
    },
  );
});

describe('a login', () => {
  async function benchWithLogin(): Promise<{ bench: Bench; tokenFile: string }> {
    const bench = await openBench({ wrapupWriters: 'users', tokenLifetimeSeconds: 3_600 });
    return { bench, tokenFile: await loggedIn(bench.sandbox) };
  }

  test('lets codes be written that a client may not write', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    const writer = openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile));
    expect(await apply(bench, {}, partsOf(bench, writer))).toMatchObject({ written: 1, verified: 1 });
  });

  test('is renewed when its token is revoked, and the new refresh token is kept', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    const before = await stored(tokenFile);
    bench.sandbox.revokeTokens();
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    const writer = openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile));
    expect(await apply(bench, {}, partsOf(bench, writer))).toMatchObject({ verified: 1 });
    const after = await stored(tokenFile);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after).toMatchObject({ userId: before.userId, clientId: before.clientId });
    expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
  });

  test('that several processes share is renewed by one of them', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    bench.sandbox.revokeTokens();
    const id = String(uncoded(bench.sandbox, 1)[0]?.conversation.conversationId);
    bench.sandbox.resetRequests();
    const writers = [1, 2, 3].map(() => openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile)));
    await Promise.all(writers.map((writer) => writer.conversation(id)));
    const refreshes = bench.sandbox.requests().filter(({ operation }) => operation === 'login');
    expect(refreshes.map(({ status }) => status)).toEqual([200]);
  });

  test('is renewed although a process died while it was renewing it', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    bench.sandbox.revokeTokens();
    await writeFile(`${tokenFile}.lock`, '');
    const longAgo = new Date(Date.now() - 5 * 60_000);
    await utimes(`${tokenFile}.lock`, longAgo, longAgo);
    const writer = openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile));
    expect((await writer.me()).body.id).toBe((await stored(tokenFile)).userId);
    await expect(stat(`${tokenFile}.lock`)).rejects.toThrow('ENOENT');
  });

  test('that was ended at Genesys ends the run with the remedy, and leaves everything proposed', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    bench.sandbox.revokeLogins();
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    const writer = openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile));
    const summary = await apply(bench, {}, partsOf(bench, writer));
    expect(summary.stopped).toMatchObject({ isFailure: true, reason: expect.stringContaining('wrapup login') });
    expect(await rowsOf(bench.pool)).toMatchObject([{ state: 'proposed', claimed_until: null }]);
  });

  test('in a file that others can read is refused', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    await chmod(tokenFile, 0o640);
    const writer = openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile));
    await expect(writer.me()).rejects.toThrow(/has mode 640, so others can read it.*chmod 600/);
  });

  test.each([
    ['no JSON', 'not json'],
    ['half a login', '{"clientId":"sandbox-login"}'],
  ])('in a file with %s is refused with the remedy', async (_what, text) => {
    const { bench, tokenFile } = await benchWithLogin();
    await writeFile(tokenFile, text);
    const writer = openWriter(bench.sandbox, userCredentials(bench.sandbox, tokenFile));
    await expect(writer.me()).rejects.toThrow(/contains no login; delete it and run/);
  });

  test('is sent nowhere but where it was given', async () => {
    const { bench, tokenFile } = await benchWithLogin();
    const elsewhere = await openSandbox();
    const writer = openWriter(elsewhere, userCredentials(bench.sandbox, tokenFile));
    await expect(writer.me()).rejects.toThrow(/holds a login at .*, not at/);
    expect(elsewhere.requests()).toEqual([]);
  });
});
