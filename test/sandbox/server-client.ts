import { request } from 'undici';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { createFakeWorld } from './fake-world.js';

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests.
  readonly body: any;
}

export interface Client {
  readonly sandbox: Sandbox;
  readonly token: string;
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  send(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Reply>;
}

export const monday = Date.UTC(2026, 0, 5);

/** A sandbox over the fake world, noon of Monday 2026-01-05 by default, and a client that has logged in. */
export async function startWithClient(options: SandboxOptions & { perDay?: number } = {}): Promise<Client> {
  const { perDay = 120, ...settings } = options;
  const sandbox = await startSandbox({
    createWorld: createFakeWorld(perDay),
    clock: { kind: 'fixed', at: new Date('2026-01-08T12:00:00Z') },
    ...(settings.replayDirectory === undefined ? { dataFrom: new Date('2026-01-01T00:00:00Z') } : {}),
    requestsPerMinute: 'unlimited',
    ...settings,
  });
  return clientOf(sandbox);
}

export async function clientOf(sandbox: Sandbox): Promise<Client> {
  const token = (await login(sandbox)).body?.access_token ?? '';
  const send: Client['send'] = (method, path, body, headers) =>
    reply(`${sandbox.url}${path}`, method, body, { authorization: `Bearer ${token}`, ...headers });
  return {
    sandbox,
    token,
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' }),
  };
}

export function login(sandbox: Sandbox, id = sandbox.clientId, secret = sandbox.clientSecret): Promise<Reply> {
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  return reply(`${sandbox.url}/oauth/token`, 'POST', 'grant_type=client_credentials', {
    authorization: `Basic ${basic}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
}

export async function reply(
  url: string,
  method: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await request(url, { method: method as 'GET', headers, ...(body === undefined ? {} : { body }) });
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
