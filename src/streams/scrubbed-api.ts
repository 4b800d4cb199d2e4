import type { CallOptions, DetailsPage, EntityPages, GenesysApi } from '../genesys/api.js';
import type { Screen } from '../privacy/scrubber.js';

type Listings = Pick<GenesysApi, Extract<keyof GenesysApi, `list${string}`>>;

/** Listings whose entities carry personal data; addresses in other listings are the organization's own. */
const personalListings = ['listUsers', 'listGroups', 'listQueueMembers'] as const;

/**
 * Wraps the API so that the privacy policy is applied to each parsed record, before flattening,
 * dead letters and messages. Returns the same API where everything is kept.
 */
export function privateApi(api: GenesysApi, screen: Screen | undefined): GenesysApi {
  if (screen === undefined) return api;
  const hiding: Partial<GenesysApi> = { ...screenedListings(api, screen), ...screenedDetails(api, screen) };
  return new Proxy(api, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(hiding, name)) return hiding[name as keyof GenesysApi];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

type Details = Pick<GenesysApi, 'detailsQuery' | 'detailsJobResults' | 'conversationsByIds'>;

function screenedDetails(api: GenesysApi, screen: Screen): Details {
  return {
    detailsQuery: async (query, call) =>
      screenedAnswer(await api.detailsQuery(query, screenedCall(call, screen)), screen),
    detailsJobResults: async (jobId, page, call) =>
      screenedAnswer(await api.detailsJobResults(jobId, page, screenedCall(call, screen)), screen),
    conversationsByIds: async (ids, call) =>
      screenedAnswer(await api.conversationsByIds(ids, screenedCall(call, screen)), screen),
  };
}

function screenedCall(call: CallOptions = {}, screen: Screen): CallOptions {
  const { records } = call;
  if (records === undefined) return call;
  return {
    ...call,
    records: {
      begin: () => records.begin(),
      add: (record) => records.add(screen.apply(record)),
      drop: () => records.drop(),
    },
  };
}

function screenedAnswer<Answer extends { readonly body: DetailsPage }>(answer: Answer, screen: Screen): Answer {
  const { conversations } = answer.body;
  if (conversations === undefined) return answer;
  return { ...answer, body: { ...answer.body, conversations: conversations.map((each) => screen.apply(each)) } };
}

function screenedListings(api: GenesysApi, screen: Screen): Partial<Listings> {
  const hiding: Record<string, unknown> = {};
  for (const name of personalListings) {
    const call = api[name].bind(api) as (...args: unknown[]) => EntityPages;
    hiding[name] = (...args: unknown[]) => screenedPages(call(...args), screen);
  }
  return hiding as Partial<Listings>;
}

async function* screenedPages(pages: EntityPages, screen: Screen): EntityPages {
  for await (const page of pages)
    yield { ...page, entities: page.entities.map((entity) => screen.apply(entity)), body: {} };
}
