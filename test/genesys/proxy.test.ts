import { describe, expect, onTestFinished, test } from 'vitest';
import { createGenesysApi } from '../../src/genesys/client.js';
import { type ProxySettings, proxyFor } from '../../src/genesys/http/proxy.js';
import { createTransport, readText } from '../../src/genesys/http/transport.js';
import { attemptsMax } from '../../src/genesys/request/retry.js';
import { ApiError } from '../../src/lib/errors.js';
import { startServer } from './api-server.js';
import { startProxy } from './proxy-server.js';

const apiUrl = 'http://gateway.example.test';

function exchange(proxies: ProxySettings | undefined, url: string) {
  const transport = createTransport({ timeoutMs: 5_000, userAgent: 'test', proxies });
  onTestFinished(() => transport.close());
  const request = { url, method: 'GET', headers: {}, signal: new AbortController().signal };
  return transport.exchange(request, (response) => readText(response));
}

/** The whole client behind proxies, without pauses between attempts. */
function openApi(proxies: ProxySettings, timeoutMs = 2_000) {
  const sleepsMs: number[] = [];
  const api = createGenesysApi({
    clientId: 'client-one',
    clientSecret: 'hush-hush-hush',
    apiUrl,
    proxies,
    requestsPerMinute: 10_000,
    userAgentVersion: 'test',
    waitMsMax: 60_000,
    timeoutMs,
    random: () => 0.5,
    sleep: async (ms) => void sleepsMs.push(ms),
  });
  onTestFinished(() => api.close());
  return { api, sleepsMs };
}

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('a proxy', () => {
  test('is used for hosts elsewhere, with its login', async () => {
    const server = await startServer(() => ({ body: { via: 'proxy' } }));
    const { url, connects } = await startProxy({ port: server.port });
    const proxies = { http: url.replace('//', '//us%40er:p%3Aw@'), none: [] };
    const answer = await exchange(proxies, 'http://api.example.test/api/v2/x');
    expect(JSON.parse(answer.text)).toEqual({ via: 'proxy' });
    const login = `Basic ${Buffer.from('us@er:p:w').toString('base64')}`;
    expect(connects).toEqual([{ target: 'api.example.test:80', login }]);
  });

  test('is not asked for this machine’s own addresses, nor for hosts of NO_PROXY', async () => {
    const server = await startServer(() => ({ body: {} }));
    const { url, connects } = await startProxy({ status: 502 });
    await exchange({ http: url, none: [] }, server.url);
    await exchange({ http: url, none: [] }, server.url.replace('127.0.0.1', 'localhost'));
    expect(connects).toEqual([]);
  });

  test('that refuses this program is asked once and named with the remedy', async () => {
    for (const status of [407, 403]) {
      const { url, host, connects } = await startProxy({ status });
      const { api } = openApi({ http: url.replace('//', '//user:open-sesame@'), none: [] });
      const error = await failureOf(api.organization());
      expect(error.facts).toMatchObject({ action: 'fail', outage: 'refused', code: 'PROXY_REFUSED' });
      expect(error.message).toContain(`the proxy answers ${status} to CONNECT gateway.example.test:80`);
      expect(error.message).toMatch(new RegExp(`The proxy at ${host} .*HTTPS_PROXY.*NO_PROXY`));
      expect(error.message).not.toContain('open-sesame');
      expect(connects).toHaveLength(1);
    }
  });

  test.each([
    ['closes the connection on CONNECT', 'close', 'ECONNRESET'],
    ['does not reach the API', { status: 503 }, 'PROXY_FAILED'],
    ['never answers', 'silence', 'ETIMEDOUT'],
  ] as const)(
    'that %s is tried a bounded number of times, with pauses that grow',
    async (_, answer, code) => {
      const { url, host, connects } = await startProxy(answer);
      // The silent one is waited for until each attempt's time is over.
      const { api, sleepsMs } = openApi({ http: url, none: [] }, answer === 'silence' ? 250 : 2_000);
      const error = await failureOf(api.organization());
      expect(error.facts).toMatchObject({ outage: 'away', code });
      expect(error.message).toContain(`the proxy at ${host}`);
      expect(connects).toHaveLength(attemptsMax);
      expect(sleepsMs).toEqual([250, 500, 1_000, 2_000]);
    },
    60_000,
  );

  test('that is not there is an outage, too', async () => {
    const { api } = openApi({ http: 'http://127.0.0.1:9', none: [] });
    const error = await failureOf(api.organization());
    expect(error.facts).toMatchObject({ outage: 'away', code: 'ECONNREFUSED' });
    expect(error.message).toContain('the proxy at 127.0.0.1:9');
  });

  test('that does not know CONNECT fails', async () => {
    const server = await startServer(() => ({ body: {} }));
    const { api } = openApi({ http: server.url, none: [] });
    expect((await failureOf(api.organization())).facts).toMatchObject({ outage: 'away' });
  });
});

describe('the proxy of a host', () => {
  const settings = {
    https: 'http://secure:1',
    http: 'http://plain:2',
    none: ['direct.example', '.inner', '*.wild', 'port.example:8443'],
  };
  const hostOf = (url: string, given: ProxySettings = settings) => proxyFor(new URL(url), given)?.host;

  test('is that of its protocol; https hosts use the other one where they have none of their own', () => {
    expect(hostOf('https://api.example')).toBe('secure:1');
    expect(hostOf('http://api.example')).toBe('plain:2');
    expect(hostOf('https://api.example', { http: 'http://plain:2', none: [] })).toBe('plain:2');
    expect(hostOf('http://api.example', { https: 'http://secure:1', none: [] })).toBeUndefined();
  });

  test.each([
    ['https://direct.example', undefined],
    ['https://sub.direct.example', undefined],
    ['https://indirect.example', 'secure:1'],
    ['https://DIRECT.example', undefined],
    ['https://host.inner', undefined],
    ['https://a.b.wild', undefined],
    ['https://port.example:8443', undefined],
    ['https://port.example', 'secure:1'],
  ])('NO_PROXY decides about %s: %s', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });

  test('NO_PROXY=* leaves none', () => {
    expect(hostOf('https://api.example', { ...settings, none: ['*'] })).toBeUndefined();
  });
});
