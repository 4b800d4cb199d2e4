import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.js';
import { type ServedPage, servePage, wholeDay } from '../../dashboard/support.js';
import { filledAt, filledDatabase } from '../../support/filled.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { environmentFor, runCommand } from '../../support/program.js';
import { chromiumPath, launchBrowser, missingBrowser, openView, scrollsSideways, settled, visit } from './browser.js';

if (chromiumPath === undefined) process.stderr.write(`${missingBrowser}\n`);

describe.skipIf(chromiumPath === undefined)('somebody who uses the page', () => {
  let database: TestDatabase;
  let served: ServedPage;
  let browser: Browser;

  beforeAll(async () => {
    database = await filledDatabase();
    served = await servePage({ databaseUrl: database.url });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await database?.drop();
  });

  test('sees the figures that SQL gives, in one format', async () => {
    const pool = testPool(database.url);
    const { rows } = await pool.query(
      `select sum(offered_count)::int as offered, sum(abandoned_count)::int as abandoned,
         round(100 * sum(service_level_numerator) / sum(service_level_denominator), 1) as level,
         round(sum(handle_seconds) / sum(handled_count))::int as handle
       from mart.rpt_queue_days where day = $1 and media_type = 'voice'`,
      [wholeDay],
    );
    await pool.end();
    const view = await openView(browser, served.url);
    await visit(view.page, `/?day=${wholeDay}&media=voice`);
    const figure = (name: string) => view.page.locator(`[data-figure=${name}]`).textContent();
    expect(await figure('offered_count')).toBe(String(rows[0].offered));
    expect(await figure('abandoned_count')).toBe(String(rows[0].abandoned));
    expect(await figure('service_level_rate')).toBe(`${Number(rows[0].level).toFixed(1)} %`);
    const { handle } = rows[0];
    expect(await figure('average_handle_seconds')).toBe(
      `${Math.floor(handle / 60)}:${String(handle % 60).padStart(2, '0')}`,
    );
    await view.close();
  });

  test('can do everything from the keyboard: go to a page, sort, read a definition, choose a queue', async () => {
    const view = await openView(browser, served.url);
    const { page } = view;
    await visit(page, `/queues?from=2026-03-12&to=${wholeDay}`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.getByRole('button', { name: 'Queue', exact: true }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('th[aria-sort=ascending]').textContent()).toBe('Queue');
    const names = await page.locator('tbody tr td:first-child a').allTextContents();
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
    await page.locator('.pick summary').first().focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await settled(page);
    expect(page.url()).toContain('queues=');
    await page.keyboard.press('Escape');
    await visit(page, `/?day=${wholeDay}`);
    await page.locator('.tile .term', { hasText: 'Service level' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.definition:popover-open').textContent()).toContain('service_level');
    await page.keyboard.press('Escape');
    expect(await page.locator('.definition:popover-open').count()).toBe(0);
    await page.getByRole('link', { name: 'Trust' }).focus();
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await page.locator('h1').textContent()).toBe('Trust');
    expect(view.faults).toEqual([]);
    await view.close();
  });

  test('comes back to the same view by its address, and by the button back', async () => {
    const view = await openView(browser, served.url);
    const address = `/wrapup?from=2026-03-12&to=${wholeDay}&by=user&media=voice`;
    await visit(view.page, address);
    const before = await view.page.locator('main').innerText();
    await view.page.locator('.causes a').first().click();
    await settled(view.page);
    expect(view.page.url()).toContain('/conversations?');
    expect(await view.page.locator('tbody tr').count()).toBeGreaterThan(0);
    await view.page.goBack();
    // The charts are drawn after the text around them.
    await expect.poll(() => view.page.locator('main').innerText(), { timeout: 15_000 }).toBe(before);
    await view.close();
  });

  test('prints a page without its controls, on white', async () => {
    const view = await openView(browser, served.url, { media: 'print', scheme: 'dark' });
    await visit(view.page, `/queues?from=2026-03-12&to=${wholeDay}`);
    expect(await view.page.locator('.top nav').isVisible()).toBe(false);
    expect(await view.page.locator('.controls').isVisible()).toBe(false);
    expect(await view.page.locator('table').first().isVisible()).toBe(true);
    expect(await view.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    await view.close();
  });

  test('finds long names where they belong', async () => {
    const long = 'Kundenbetreuung für sehr langwierige Angelegenheiten '.repeat(5).trim();
    const own = await filledDatabase();
    const pool = testPool(own.url);
    await pool.query('update genesys.queues set name = $1 || left(queue_id::text, 4)', [long]);
    await pool.query('update genesys.users set name = $1', ['Donaudampfschifffahrtsgesellschaftskapitän'.repeat(3)]);
    await pool.end();
    const page = await servePage({ databaseUrl: own.url });
    const view = await openView(browser, page.url, { width: 390 });
    for (const path of [
      `/?day=${wholeDay}`,
      `/queues?from=2026-03-12&to=${wholeDay}`,
      `/agents?from=${wholeDay}&to=${wholeDay}`,
      `/wrapup?from=2026-03-12&to=${wholeDay}`,
    ]) {
      await visit(view.page, path);
      expect(await scrollsSideways(view.page), path).toBe(false);
    }
    expect(view.faults).toEqual([]);
    await view.close();
    await page.close();
    await own.drop();
  });

  test('of an empty warehouse is shown on every page what is missing', async () => {
    const empty = await migratedDatabase();
    const page = await servePage({ databaseUrl: empty.url });
    const view = await openView(browser, page.url);
    for (const path of ['/', '/queues', '/agents', '/wrapup', '/conversations', '/trust', '/report']) {
      await visit(view.page, path);
      expect(await view.page.locator('[role=alert]').count(), path).toBe(0);
      expect(await view.page.locator('.freshness').textContent(), path).toBe('No data yet');
      if (path !== '/report') expect(await view.page.locator('.empty').count(), path).toBeGreaterThan(0);
    }
    expect(view.faults).toEqual([]);
    await view.close();
    await page.close();
    await empty.drop();
  });

  test('sees which days were pulled whole and which are not', async () => {
    const pool = testPool(database.url);
    const { rows } = await pool.query<{ state: string; days: number }>(
      `select state, count(*)::int as days from mart.ops_covered_days
       where stream = 'queue_aggregates' and day between '2026-03-01' and '2026-03-16' group by state`,
    );
    await pool.end();
    const days = (state: string) => rows.find((row) => row.state === state)?.days ?? 0;
    const view = await openView(browser, served.url);
    await visit(view.page, '/trust?from=2026-03-01&to=2026-03-16');
    const label = await view.page.getByRole('img', { name: /^queue_aggregates: / }).getAttribute('aria-label');
    expect(days('whole')).toBeGreaterThan(2);
    expect(days('partly')).toBeGreaterThan(0);
    expect(label).toMatch(new RegExp(`: ${days('whole')} days whole, ${days('partly')} days? partly`));
    await view.close();
  });

  test('finds every page in order after a single day was pulled, of which the next has only begun', async () => {
    const own = await migratedDatabase();
    const sandbox = await startSandbox({
      conversationsPerDay: 120,
      agents: 12,
      clock: { kind: 'fixed', at: filledAt },
      requestsPerMinute: 'unlimited',
    });
    const range = ['--from', '2026-03-11', '--to', '2026-03-12T02:00:00Z'];
    const { status, output } = await runCommand(['backfill', ...range], sandbox, environmentFor(sandbox, own.url));
    expect(status, output).toBe(0);
    await sandbox.close();
    const page = await servePage({ databaseUrl: own.url, now: () => filledAt });
    const view = await openView(browser, page.url, { width: 390 });
    for (const path of [
      '/',
      '/?day=2026-03-11',
      '/queues?span=last-28',
      '/agents?from=2026-03-11&to=2026-03-11',
      '/wrapup?span=last-28',
      '/conversations?from=2026-03-11T00:00&to=2026-03-12T00:00',
      '/trust',
      '/report',
    ]) {
      await visit(view.page, path);
      expect(await view.page.locator('[role=alert]').count(), path).toBe(0);
      expect(await scrollsSideways(view.page), path).toBe(false);
    }
    expect(view.faults).toEqual([]);
    await view.close();
    await page.close();
    await own.drop();
  });

  test('says on every page since when Genesys Cloud does not answer, and why where it is asked', async () => {
    const pool = testPool(database.url);
    const outage = { since: '2026-03-16T13:30:00Z', lastSeenAt: '2026-03-16T14:00:00Z', reason: 'Host refused.' };
    await pool.query("insert into extract.settings (name, value) values ('outage', $1)", [JSON.stringify(outage)]);
    // Answers are shared for some seconds, so that each state is read through a server of its own.
    const during = await servePage({ databaseUrl: database.url });
    const view = await openView(browser, during.url);
    await visit(view.page, `/queues?from=2026-03-12&to=${wholeDay}`);
    expect(await view.page.locator('.freshness').textContent()).toContain(
      'no contact with Genesys since Mon 16 Mar 14:30',
    );
    await visit(view.page, '/trust');
    expect(await view.page.locator('main [role=status]').first().textContent()).toContain('Host refused.');
    await pool.query("delete from extract.settings where name = 'outage'");
    const after = await servePage({ databaseUrl: database.url });
    await visit(view.page, `${after.url}/trust`);
    expect(await view.page.locator('.freshness').textContent()).not.toContain('no contact');
    for (const page of [during, after]) await page.close();
    await pool.end();
    await view.close();
  });

  test('keeps what is shown while the database is away, is informed of that, and sees it come back', async () => {
    const way = await openWay(database.url);
    const page = await servePage({ databaseUrl: way.url });
    const view = await openView(browser, page.url);
    await visit(view.page, `/queues?from=2026-03-12&to=${wholeDay}`);
    await way.cut();
    await view.page.locator('main select').first().selectOption('last-28');
    await view.page.locator('[role=alert]').first().waitFor();
    expect(await view.page.locator('[role=alert]').first().textContent()).toContain('The database does not answer');
    await way.restore();
    await view.page.reload();
    await settled(view.page);
    expect(await view.page.locator('[role=alert]').count()).toBe(0);
    await view.close();
    await page.close();
    await way.close();
  });

  test('logs in where a password is asked for', async () => {
    const password = 'correct horse battery';
    const page = await servePage({ databaseUrl: database.url, password });
    const view = await openView(browser, page.url);
    await visit(view.page, `/?day=${wholeDay}`);
    await view.page.getByLabel('Password').fill('not this one');
    await view.page.keyboard.press('Enter');
    expect(await view.page.locator('[role=alert]').textContent()).toBe('This is not the password.');
    await view.page.getByLabel('Password').fill(password);
    await view.page.keyboard.press('Enter');
    await view.page.locator('[data-figure=offered_count]').waitFor();
    const [cookie] = await view.page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(page.logLines.join('\n')).not.toContain(password);
    await view.close();
    await page.close();
  });
});

/** A way to the database that can be cut and restored. */
async function openWay(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const onward = connect(Number(target.port || 5432), target.hostname);
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => {});
      each.on('close', () => sockets.delete(each));
    }
    socket.pipe(onward).pipe(socket);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as { port: number };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { url: url.href, cut, restore: () => listen(port), close: cut };
}
