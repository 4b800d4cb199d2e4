import type pg from 'pg';
import { UsageError } from '../lib/errors.js';
import { inTransaction } from '../postgres/connection/transaction.js';
import { erasureSalt, registerErasures } from '../postgres/load/erasures.js';
import { createStore } from '../postgres/load/store.js';
import {
  type EraseCounts,
  type ErasePlan,
  eraseConversations,
  eraseDeadLetters,
  eraseUser,
  eraseWrapup,
} from '../postgres/retention/erase.js';
import {
  conversationsOfUser,
  conversationsWith,
  formerConversations,
  storedRecord,
  toSearchPattern,
} from '../postgres/retention/erase-search.js';
import {
  createEraser,
  type Erasure,
  type ErasurePolicy,
  type ErasureSubject,
  erasureDigest,
} from '../privacy/eraser.js';
import { hashedAddress, normalAddress } from '../privacy/scrubber.js';
import { type CommandContext, exitDone, exitFailure } from './app/command.js';
import type { Opened } from './app/open.js';
import { table } from './app/table.js';
import { withMigratedDatabase } from './app/with-open.js';

export interface EraseOptions {
  readonly externalContact?: string;
  readonly address?: string;
  readonly user?: string;
  readonly mask?: boolean;
  readonly remove?: boolean;
  readonly dryRun?: boolean;
}

interface Person {
  readonly subject: ErasureSubject;
  /** The identifier as given, and as the privacy policy may have hashed it. */
  readonly identifiers: readonly string[];
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const addressCharactersMin = 5;

/** Erases a person from every table permanently: later pulls are stored without them too. */
export async function eraseCommand(context: CommandContext, options: EraseOptions): Promise<number> {
  const asked = personOf(options);
  const policy: ErasurePolicy = policyOf(options);
  return withMigratedDatabase(context, async (opened) => {
    const person = withHash(asked, opened.config.privacy.key);
    const { counts, left } = await erase(context, opened, person, policy, options.dryRun === true);
    report(context, opened, counts, left, options.dryRun === true);
    return left.length === 0 ? exitDone : exitFailure;
  });
}

function personOf({ externalContact, address, user }: EraseOptions): Person {
  const given = [externalContact, address, user].filter((value) => value !== undefined);
  if (given.length !== 1) throw new UsageError('Name one person: --external-contact ID, --address TEXT or --user ID.');
  const [identifier = ''] = given;
  const isId = uuid.test(identifier);
  if (address === undefined && !isId)
    throw new UsageError(`${identifier} is not a UUID; use the id that Genesys gave.`);
  if (address !== undefined && normalAddress(address).length < addressCharactersMin)
    throw new UsageError(`"${address}" is too short for an address; give a whole telephone number or e-mail address.`);
  if (externalContact !== undefined) return { subject: 'external_contact', identifiers: [identifier.toLowerCase()] };
  if (user !== undefined) return { subject: 'user', identifiers: [identifier.toLowerCase()] };
  return { subject: 'address', identifiers: [normalAddress(identifier)] };
}

function policyOf({ mask, remove }: EraseOptions): ErasurePolicy {
  if (mask === true && remove === true)
    throw new UsageError('--mask and --remove exclude each other; use one of them.');
  return remove === true ? 'remove' : 'mask';
}

function withHash(person: Person, key: string | undefined): Person {
  if (person.subject !== 'address' || key === undefined) return person;
  return { ...person, identifiers: person.identifiers.flatMap((address) => [address, hashedAddress(key, address)]) };
}

async function erase(
  context: CommandContext,
  { pool }: Opened,
  person: Person,
  policy: ErasurePolicy,
  isDryRun: boolean,
): Promise<{ counts: EraseCounts; left: string[] }> {
  const salt = await inTransaction(pool, (client) => erasureSalt(client));
  const erasures = person.identifiers.map((identifier): Erasure => {
    return { subject: person.subject, digest: erasureDigest(salt, person.subject, identifier), policy };
  });
  // Registered before the search, so that nothing stored from now on contains the person.
  if (!isDryRun) await inTransaction(pool, (client) => registerErasures(client, erasures, context.now()));
  const isExternalContact = person.subject !== 'user';
  const plan = { eraser: createEraser(erasures, salt), salt, policy, isDryRun, isExternalContact, now: context.now() };
  const counts: EraseCounts = new Map();
  const client = await pool.connect();
  try {
    const ids = await find(client, person);
    const concerned = await eraseConversations(client, createStore(pool, context.now), ids, plan, counts);
    await eraseDeadLetters(client, plan, counts);
    if (isExternalContact)
      await eraseWrapup(
        client,
        [...concerned, ...(await formerConversations(client, plan.salt))],
        needles(person),
        plan,
        counts,
      );
    else await eraseUser(client, person.identifiers[0] as string, plan, counts);
    return { counts, left: isDryRun || !isExternalContact ? [] : await findRemaining(client, person, plan) };
  } finally {
    client.release();
  }
}

const needles = (person: Person): string[] => person.identifiers.map(toSearchPattern);

function find(client: pg.ClientBase, person: Person): Promise<string[]> {
  if (person.subject === 'user') return conversationsOfUser(client, person.identifiers[0] as string);
  return conversationsWith(client, needles(person));
}

/** Finds conversations that still contain the person; any would be a bug. */
async function findRemaining(client: pg.ClientBase, person: Person, plan: ErasePlan): Promise<string[]> {
  const left: string[] = [];
  for (const id of await conversationsWith(client, needles(person))) {
    if (plan.eraser.conversation(await storedRecord(client, id)) !== undefined) left.push(id);
  }
  return left;
}

function report(
  context: CommandContext,
  { log }: Opened,
  counts: EraseCounts,
  left: readonly string[],
  isDryRun: boolean,
): void {
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([relation, count]) => [relation, count]);
  if (rows.length > 0) context.print(table(['relation', isDryRun ? 'rows_to_change' : 'rows_changed'], rows));
  if (left.length > 0) log.error({ conversations: left.length }, 'Personal data remains in some conversations');
  else if (isDryRun) log.info('Nothing was changed; run without --dry-run to erase');
  else log.info('The person is erased; later pulls are stored without them');
}
