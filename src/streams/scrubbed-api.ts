import type { EntityPages, GenesysApi } from '../genesys/api.js';
import type { Screen } from '../privacy/scrubber.js';

/** Whose entities carry personal data; what other listings call an address is the organisation's own. */
const personalListings = ['listUsers', 'listGroups', 'listQueueMembers'] as const;
const conversationCalls = ['detailsQuery', 'detailsJobResults', 'conversationsByIds'] as const;

/**
 * The API as if Genesys itself hid what the policy hides: applied to the parsed answer, before flattening, dead letters and messages. The same
 * API where everything is kept.
 */
export function privateApi(api: GenesysApi, screen: Screen | undefined): GenesysApi {
  if (screen === undefined) return api;
  const hiding: Record<string, unknown> = {};
  for (const name of conversationCalls) {
    const call = api[name].bind(api) as (
      ...args: unknown[]
    ) => Promise<{ body: { conversations?: readonly unknown[] } }>;
    hiding[name] = async (...args: unknown[]) => {
      const answer = await call(...args);
      const { conversations } = answer.body;
      if (conversations === undefined) return answer;
      return { ...answer, body: { ...answer.body, conversations: conversations.map((each) => screen.apply(each)) } };
    };
  }
  for (const name of personalListings) {
    const call = api[name].bind(api) as (...args: unknown[]) => EntityPages;
    hiding[name] = (...args: unknown[]) => screenedPages(call(...args), screen);
  }
  return new Proxy(api, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(hiding, name)) return hiding[name];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function* screenedPages(pages: EntityPages, screen: Screen): EntityPages {
  for await (const page of pages)
    yield { ...page, entities: page.entities.map((entity) => screen.apply(entity)), body: {} };
}
