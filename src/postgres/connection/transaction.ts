import pg from 'pg';

/** Runs `work` in one transaction of its own connection; any error rolls everything back and is rethrown. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await transactionOn(client, () => work(client));
  } catch (error) {
    // Only an error that Postgres itself reported leaves a connection that may be used again.
    if (!(error instanceof pg.DatabaseError)) broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The same on a connection that the caller holds, e.g. because it carries a slice's advisory lock. */
export async function transactionOn<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // A lost connection has rolled back by itself; its error must not hide the first one.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
