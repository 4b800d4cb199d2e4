import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedPage, servePage, wholeDay } from '../../dashboard/support.js';
import { filledDatabase } from '../../support/filled.js';
import { type TestDatabase, testPool } from '../../support/postgres.js';
import { axeFaults, chromiumPath, launchBrowser, missingBrowser, openView, scrollsSideways, visit } from './browser.js';

if (chromiumPath === undefined) process.stderr.write(`${missingBrowser}\n`);

describe.skipIf(chromiumPath === undefined)('in a browser', () => {
  let database: TestDatabase;
  let served: ServedPage;
  let browser: Browser;
  let paths: Record<string, string>;

  beforeAll(async () => {
    database = await filledDatabase();
    served = await servePage({ databaseUrl: database.url });
    browser = await launchBrowser();
    paths = await pathsOf(database.url);
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await database?.drop();
  });

  const looks = [
    { width: 1_440, scheme: 'light' },
    { width: 1_440, scheme: 'dark' },
    { width: 390, scheme: 'light' },
    { width: 390, scheme: 'dark' },
  ] as const;

  test.each(looks)(
    'each page at $width pixels, $scheme, loads without a fault, needs no sideways scrolling, and axe finds nothing serious',
    async (look) => {
      const view = await openView(browser, served.url, look);
      const found: Record<string, unknown> = {};
      for (const [name, path] of Object.entries(paths)) {
        await visit(view.page, path);
        const faults = [...view.faults.splice(0), ...(await axeFaults(view.page))];
        const alerts = await view.page.locator('[role=alert]').allTextContents();
        if (await scrollsSideways(view.page)) faults.push('scrolls sideways');
        if (faults.length + alerts.length > 0) found[name] = [...faults, ...alerts];
      }
      await view.close();
      expect(found).toEqual({});
    },
  );
});

/** An address of every page, with what the database holds. */
async function pathsOf(databaseUrl: string): Promise<Record<string, string>> {
  const pool = testPool(databaseUrl);
  const { rows } = await pool.query(
    `select conversation_id, queue_id, user_id from mart.fct_agent_sessions
     where queue_id is not null and user_id is not null and started_local::date = $1 order by handle_seconds desc nulls last limit 1`,
    [wholeDay],
  );
  await pool.end();
  const { conversation_id, queue_id, user_id } = rows[0];
  const span = `from=2026-03-12&to=${wholeDay}`;
  return {
    today: `/?day=${wholeDay}`,
    queues: `/queues?${span}`,
    queue: `/queues/${queue_id}?${span}`,
    agents: `/agents?${span}`,
    'agents by hour': `/agents?from=2026-03-13T13:00&to=2026-03-13T15:30&step=hour`,
    agent: `/agents/${user_id}?day=${wholeDay}`,
    'wrap-up': `/wrapup?${span}`,
    'wrap-up by agent': `/wrapup?${span}&by=user`,
    conversations: `/conversations?${span}`,
    conversation: `/conversations/${conversation_id}`,
    'no conversation': '/conversations/00000000-0000-4000-8000-000000000000',
    trust: `/trust?${span}`,
    report: '/report',
    'a report': `/report?relation=fct_queue_intervals&by=queue_name&measures=sum:offered_count,ratio:service_level_rate&step=day&${span}`,
  };
}
