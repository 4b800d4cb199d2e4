import type { ConfigWithApi } from '../../config/config.js';
import { authorizeUrl, createPkce } from '../../genesys/auth/pkce.js';
import { listenForRedirect, parseRedirectUri } from '../../genesys/auth/redirect-listener.js';
import { withTokenLock, writeTokenFile } from '../../genesys/auth/token-file.js';
import { createUserLogin, type UserLogin } from '../../genesys/write-client.js';
import { sleepFor } from '../../lib/abort.js';
import { UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { version } from '../../lib/version.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { apiAddress, readConfig } from '../app/open.js';
import { requestTimeoutMs, tokenFileOf, waitMsMax } from './writer.js';

export interface WrapupLoginOptions {
  readonly redirectUri: string;
  readonly waitSeconds: number;
}

export const redirectUriDefault = 'http://127.0.0.1:8486/callback';
export const waitSecondsDefault = 300;
export const waitSecondsMax = 3_600;

/**
 * Lets a user log in with a browser (authorization code with PKCE) and stores the refresh token in
 * a file that only this user can read. Prints the address to open; nothing else goes to standard
 * output.
 */
export async function wrapupLoginCommand(context: CommandContext, options: WrapupLoginOptions): Promise<number> {
  const { config, log } = readConfig(context, { api: true }) as {
    config: ConfigWithApi;
    log: ReturnType<typeof readConfig>['log'];
  };
  const { redirectUri } = options;
  parseRedirectUri(redirectUri);
  const login = openLogin(context, config);
  const tokenFile = tokenFileOf(context, config);
  try {
    const pkce = createPkce();
    const waitMs = options.waitSeconds * secondMs;
    const listener = await listenForRedirect({
      redirectUri,
      state: pkce.state,
      waitMsMax: waitMs,
      signal: context.signal,
    });
    try {
      log.info(`Open this address in a browser within ${options.waitSeconds} s and log in:`);
      context.print(authorizeUrl(login.loginUrl, config.write.clientId ?? '', redirectUri, pkce));
      const code = await listener.code;
      const token = await login.exchange({ code, verifier: pkce.verifier, redirectUri });
      if (token.refreshToken === '')
        throw new UsageError(
          'Genesys Cloud returned no refresh token, so the login would end within hours; use an OAuth client of the grant type Code Authorization and set GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET.',
        );
      await withTokenLock(tokenFile, { now: context.now, sleep: sleepFor }, () => writeTokenFile(tokenFile, token));
      log.info(
        { user: token.userName ?? token.userId, file: tokenFile },
        'Logged in; wrapup apply writes as this user',
      );
      return exitDone;
    } finally {
      await listener.close();
    }
  } finally {
    await login.close();
  }
}

function openLogin(context: CommandContext, config: ConfigWithApi): UserLogin {
  const { clientId, clientSecret } = config.write;
  if (clientId === undefined)
    throw new UsageError(
      'GENESYS_WAREHOUSE_WRITE_CLIENT_ID is missing; set it to that of an OAuth client of the grant type Code Authorization.',
    );
  return createUserLogin({
    credentials: { kind: 'user', clientId, ...(clientSecret !== undefined && { clientSecret }) },
    ...apiAddress(config.api),
    requestsPerMinute: config.requestsPerMinute,
    userAgentVersion: version,
    waitMsMax,
    timeoutMs: requestTimeoutMs,
    now: context.now,
    signal: context.signal,
  });
}
