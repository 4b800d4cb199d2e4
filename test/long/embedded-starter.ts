import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';

/** Run as a process of its own: starts the server, says so on one line, and waits to be killed. */
const [dataDirectory = '', tie] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDirectory, tie: tie === 'true' });
process.stdout.write(`${JSON.stringify({ url: server.url, attached: server.attached })}\n`);
await pause(60_000);
