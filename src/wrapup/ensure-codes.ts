import type { EntityPages, JsonObject } from '../genesys/api.js';
import type { GenesysWriteApi } from '../genesys/write-api.js';
import { ApiError, UsageError } from '../lib/errors.js';
import { namedTest } from './rules/patterns.js';
import type { Rules } from './rules/rules.js';

type CodesApi = Pick<GenesysWriteApi, 'createWrapupCode' | 'addQueueWrapupCodes'>;

/** Calls for the live directory, which the reading client has as well. */
export type DirectoryPort = Pick<GenesysWriteApi, 'listQueues' | 'listWrapupCodes' | 'listQueueWrapupCodes'>;

export interface MissingCode {
  readonly name: string;
  /** Rules that set it. */
  readonly rules: readonly string[];
}

export interface MissingOffer {
  /** Name as in the rules, of an existing code or one to create. */
  readonly code: string;
  /** Undefined while the code does not exist. */
  readonly codeId: string | undefined;
  readonly queueId: string;
  readonly queueName: string;
}

/** Codes and queue assignments that rules need and the directory lacks. */
export interface CodesPlan {
  readonly create: readonly MissingCode[];
  readonly attach: readonly MissingOffer[];
  /** Rules for which neither the rule nor `writeback` names queues: their codes are assigned to none. */
  readonly rulesWithoutQueues: readonly string[];
}

interface Entity {
  readonly id: string;
  readonly name: string | null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Codes per request to POST /api/v2/routing/queues/{queueId}/wrapupcodes. */
const codesPerCallMax = 100;

/**
 * Compares the codes that rules set with the live directory. Throws a UsageError for unknown ids,
 * which cannot be created.
 */
export async function planCodes(api: DirectoryPort, rules: Rules): Promise<CodesPlan> {
  const codes = await activeCodes(api);
  const queues = await entities(api.listQueues());
  const wanted = new Map<string, { rules: string[]; queueIds: Set<string> }>();
  const rulesWithoutQueues: string[] = [];
  for (const rule of rules.rules) {
    const queueIds = queuesOf(rule.when.queue, rules, queues);
    if (queueIds === undefined) rulesWithoutQueues.push(rule.name);
    const entry = wanted.get(rule.set.code) ?? { rules: [], queueIds: new Set<string>() };
    entry.rules.push(rule.name);
    for (const id of queueIds ?? []) entry.queueIds.add(id);
    wanted.set(rule.set.code, entry);
  }
  const create = [...wanted]
    .filter(([text]) => codeNamed(codes, text) === undefined)
    .map(([name, entry]) => ({ name, rules: entry.rules }));
  refuseIds(create);
  return { create, attach: await missingOffers(api, wanted, codes, queues), rulesWithoutQueues };
}

/** Returns the queues; undefined where neither the rule nor the file names any. */
function queuesOf(named: string | string[] | undefined, rules: Rules, queues: readonly Entity[]): string[] | undefined {
  const patterns = named === undefined ? rules.writeback?.queues : [named].flat();
  if (patterns === undefined) return undefined;
  const test = namedTest(patterns);
  return queues.filter(test).map(({ id }) => id);
}

async function missingOffers(
  api: DirectoryPort,
  wanted: ReadonlyMap<string, { readonly queueIds: ReadonlySet<string> }>,
  codes: readonly Entity[],
  queues: readonly Entity[],
): Promise<MissingOffer[]> {
  const offers: MissingOffer[] = [];
  for (const queue of queues) {
    const texts = [...wanted].filter(([, { queueIds }]) => queueIds.has(queue.id)).map(([text]) => text);
    if (texts.length === 0) continue;
    const offered = new Set((await entities(api.listQueueWrapupCodes(queue.id))).map(({ id }) => id));
    for (const text of texts) {
      const codeId = codeNamed(codes, text)?.id;
      if (codeId !== undefined && offered.has(codeId)) continue;
      offers.push({ code: text, codeId, queueId: queue.id, queueName: queue.name ?? queue.id });
    }
  }
  return offers;
}

export interface CodesDone {
  readonly created: number;
  readonly attached: number;
}

/** Creates the codes, then assigns them to the queues. Repeating it after any failure creates nothing twice. */
export async function applyCodes(api: CodesApi & DirectoryPort, plan: CodesPlan): Promise<CodesDone> {
  const made = new Map<string, string>();
  for (const { name } of plan.create) made.set(name, await createOnce(api, name));
  let attached = 0;
  for (const queueId of new Set(plan.attach.map((offer) => offer.queueId))) {
    const offers = plan.attach.filter((offer) => offer.queueId === queueId);
    const ids = offers.map(({ code, codeId }) => codeId ?? made.get(code)).filter((id) => id !== undefined);
    for (let from = 0; from < ids.length; from += codesPerCallMax)
      await attachOnce(api, queueId, ids.slice(from, from + codesPerCallMax));
    attached += ids.length;
  }
  return { created: made.size, attached };
}

/**
 * Creates a code. Looks it up in the directory if the response was lost or somebody else created
 * the same code concurrently.
 */
async function createOnce(api: CodesApi & DirectoryPort, name: string): Promise<string> {
  try {
    const { body } = await api.createWrapupCode({ name });
    return String(body.id);
  } catch (error) {
    if (!(error instanceof ApiError) || !isToBeReadBack(error)) throw error;
    const found = codeNamed(await activeCodes(api), name);
    if (found === undefined) throw error;
    return found.id;
  }
}

/**
 * Assigns codes to a queue. Assigning them again changes nothing, but after a lost response the
 * result is looked up.
 */
async function attachOnce(api: CodesApi & DirectoryPort, queueId: string, ids: readonly string[]): Promise<void> {
  try {
    await api.addQueueWrapupCodes(queueId, ids);
  } catch (error) {
    if (!(error instanceof ApiError) || !isToBeReadBack(error)) throw error;
    const offered = new Set((await entities(api.listQueueWrapupCodes(queueId))).map(({ id }) => id));
    if (!ids.every((id) => offered.has(id))) throw error;
  }
}

function isToBeReadBack({ facts }: ApiError): boolean {
  return facts.action === 'retry' || facts.status === 409;
}

function refuseIds(create: readonly MissingCode[]): void {
  const ids = create.filter(({ name }) => uuid.test(name));
  if (ids.length === 0) return;
  throw new UsageError(
    ids
      .map(({ name, rules }) => `Rule ${rules[0]} sets ${name}, an id that Genesys does not have; use the code's name.`)
      .join('\n'),
  );
}

function codeNamed(codes: readonly Entity[], text: string): Entity | undefined {
  const test = namedTest([text.replaceAll('*', '')]);
  return codes.find(test);
}

/** Lists active codes; deleted ones come in pages of another operation. */
async function activeCodes(api: DirectoryPort): Promise<Entity[]> {
  const found: Entity[] = [];
  for await (const page of api.listWrapupCodes())
    if (page.operation !== 'routing wrapupcodes deleted') found.push(...page.entities.map(entityOf));
  return found;
}

async function entities(pages: EntityPages): Promise<Entity[]> {
  const found: Entity[] = [];
  for await (const page of pages) found.push(...page.entities.map(entityOf));
  return found;
}

function entityOf({ id, name }: JsonObject): Entity {
  return { id: String(id), name: typeof name === 'string' ? name : null };
}
