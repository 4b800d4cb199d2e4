import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { pool: 'forks', maxWorkers: 2, isolate: false, globalSetup: ['test/support/global-setup.ts'], include: ['test/unit/slots.test.ts'] } });
