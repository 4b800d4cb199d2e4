import dns from 'node:dns';
import { describe, expect, test } from 'vitest';
import { startProxy } from '../genesys/proxy-server.js';
import {
  apiGate,
  databaseGate,
  environment,
  expectOneCondition,
  expectRecovery,
  gateway,
  port,
  sync,
  syncInto,
  withGates,
} from '../integration/outages-support.js';
import { runCommand, shortDelay } from '../support/program.js';
import { sandbox } from '../support/small-sandbox.js';

withGates();

/** Resolves the gateway's name to this machine until `goAway`; ends with `restore`. */
function nameServer() {
  const { lookup } = dns;
  const state = { isAway: false };
  dns.lookup = ((name: string, options: object, callback: (error: Error | null, ...found: unknown[]) => void) => {
    if (name !== new URL(gateway).hostname) return lookup(name, options, callback as never);
    if (state.isAway) return callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    return lookup('127.0.0.1', options, callback as never);
  }) as typeof dns.lookup;
  return {
    goAway: () => {
      state.isAway = true;
    },
    restore: () => {
      dns.lookup = lookup;
    },
  };
}

describe('an outage in the middle of a backfill ends sync in few lines, and charges no slice', {
  timeout: 120_000,
}, () => {
  test('the name of the host is not resolved', async () => {
    const names = nameServer();
    try {
      const extra = { GENESYSCLOUD_API_URL: `${gateway}:${apiGate.port}` };
      const run = await syncInto(async () => {
        names.goAway();
        await apiGate.shut();
      }, extra);
      await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: .*ENOTFOUND/);
    } finally {
      names.restore();
    }
    await apiGate.open();
    await expectRecovery();
  });

  test('TLS is refused', async () => {
    await syncInto(() => apiGate.shut());
    await apiGate.open();
    const secure = environment.GENESYSCLOUD_API_URL?.replace('http:', 'https:') ?? '';
    const run = await runCommand(
      sync,
      sandbox,
      { ...environment, GENESYSCLOUD_API_URL: secure },
      undefined,
      shortDelay,
    );
    await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: .*(SSL|EPROTO)/);
    await expectRecovery();
  });

  test('the proxy closes the connection on CONNECT', async () => {
    const proxy = await startProxy({ port: port() });
    const extra = { GENESYSCLOUD_API_URL: gateway, HTTP_PROXY: proxy.url };
    let connectsBefore = 0;
    const run = await syncInto(() => {
      proxy.change('close');
      connectsBefore = proxy.connects.length;
    }, extra);
    await expectOneCondition(run, 1, new RegExp(`^Genesys Cloud cannot be reached: .*the proxy at ${proxy.host}`));
    // Of each slice in flight as many as a call has attempts, and not thousands a second.
    expect(proxy.connects.length - connectsBefore).toBeLessThan(100);
    await expectRecovery();
  });

  test.each([403, 407])('the proxy answers %d, which is a mistake of configuration', async (status) => {
    const proxy = await startProxy({ port: port() });
    const extra = {
      GENESYSCLOUD_API_URL: gateway,
      HTTP_PROXY: proxy.url.replace('//', '//user:open-sesame@'),
    };
    let connectsBefore = 0;
    const run = await syncInto(() => {
      proxy.change({ status });
      connectsBefore = proxy.connects.length;
    }, extra);
    await expectOneCondition(run, 2, new RegExp(`the proxy answers ${status} .*HTTPS_PROXY`));
    expect(run.output).not.toContain('open-sesame');
    expect(proxy.connects.length - connectsBefore).toBeLessThan(20);
    await expectRecovery();
  });

  test('the token endpoint fails', async () => {
    const run = await syncInto(() =>
      sandbox.setFaults({
        http5xx: { rate: 1, status: 503, body: 'html', path: '/oauth/' },
        expireTokens: { rate: 1 },
      }),
    );
    await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: login failed with 503/);
    sandbox.setFaults({});
    await expectRecovery();
  });

  test('the credentials are refused, which is a mistake of configuration', async () => {
    const run = await syncInto(() => sandbox.setFaults({ revokedCredentials: { rate: 1 }, expireTokens: { rate: 1 } }));
    await expectOneCondition(run, 2, /GENESYSCLOUD_OAUTHCLIENT_SECRET/);
    sandbox.setFaults({});
    await expectRecovery();
  });

  test.each([502, 503, 504])('a gateway answers everything with %d', async (status) => {
    const run = await syncInto(() => sandbox.setFaults({ http5xx: { rate: 1, status, body: 'html', path: '/api/' } }));
    await expectOneCondition(
      run,
      1,
      new RegExp(`^Genesys Cloud cannot be reached: .*${status}.*No other request is answered either`),
    );
    sandbox.setFaults({});
    await expectRecovery();
  });

  test('the database falls silent and keeps every connection', async () => {
    const run = await syncInto(() => databaseGate.fallSilent());
    await expectOneCondition(run, 1, /^.*the connection to the database was lost \(.*no answer for 2 s\)/i);
    await databaseGate.shut();
    await databaseGate.open();
    await expectRecovery();
  });
});
