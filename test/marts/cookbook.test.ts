import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

interface Recipe {
  readonly question: string;
  readonly statement: string;
  readonly role: 'genesys_reader' | 'genesys_personal';
}

/** The day after the last working day of the filled database that came to rest. */
const today = '2026-03-14';

/** The filled database has no wrap-up rules, and nothing was removed from it. */
const mayBeEmpty: readonly RegExp[] = [/wrap-up rule decide/, /erased or pruned/];

const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8');
const sections = page.split(/^### /m).slice(1);
const recipes: readonly Recipe[] = sections.map((section) => ({
  question: section.slice(0, section.indexOf('\n')),
  statement: /```sql\n([\s\S]*?)```/.exec(section)?.[1] ?? '',
  role: section.includes('**Personal data**') ? 'genesys_personal' : 'genesys_reader',
}));

let database: TestDatabase;
let pool: pg.Pool;
let conversationId: string;

beforeAll(async () => {
  database = await filledDatabase();
  pool = testPool(database.url);
  const { rows } = await pool.query<{ id: string }>('select conversation_id as id from mart.fct_segments limit 1');
  conversationId = rows[0]?.id ?? '';
}, 240_000);

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** Runs as `role`, on the day on which the database was filled: nobody reads with the rights of an owner. */
async function runAs({ role, statement }: Recipe): Promise<unknown[]> {
  const text = statement.replaceAll('current_date', `date '${today}'`).replaceAll("'…'", `'${conversationId}'`);
  const client = await pool.connect();
  try {
    await client.query('begin read only');
    await client.query(`set local role ${role}`);
    return (await client.query(text)).rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('the cookbook', () => {
  test('answers at least sixty questions, numbered in order', () => {
    expect(recipes.length).toBeGreaterThanOrEqual(60);
    expect(recipes.map(({ question }) => Number.parseInt(question, 10))).toEqual(recipes.map((_, at) => at + 1));
  });

  test('gives each question one statement, a result and the trap', () => {
    for (const section of sections) {
      expect(section.match(/```sql\n/g), section).toHaveLength(1);
      expect(section, 'result').toMatch(/\n\| |No rows in the demo\./);
      expect(section, 'trap').toContain('**Trap.** ');
    }
  });

  test('reads schema mart only', () => {
    for (const { statement } of recipes) {
      expect(statement).toMatch(/\bmart\./);
      expect(statement).not.toMatch(/\b(genesys|extract|wrapup)\./);
    }
  });

  test.each(recipes)('answers as $role: $question', async (recipe) => {
    const rows = await runAs(recipe);
    if (!mayBeEmpty.some((question) => question.test(recipe.question))) expect(rows).not.toEqual([]);
  });

  test('hides personal data from roles that are not a member of genesys_personal', async () => {
    const personal = recipes.filter(({ role }) => role === 'genesys_personal');
    expect(personal).not.toEqual([]);
    for (const recipe of personal) {
      await expect(runAs({ ...recipe, role: 'genesys_reader' })).rejects.toThrow('permission denied');
    }
  });
});
