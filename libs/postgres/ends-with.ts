import type { ClientBase, Pool } from 'pg';

/** What a cancelled statement, and the next one if it was hit instead, is answered with. */
const absorbed = (): void => undefined;

/**
 * Works on a connection until the signal: what it runs then is cancelled in the server, through another connection. The
 * connection may go on being used afterwards.
 */
export async function endsWith<T>(
  client: ClientBase,
  beside: Pick<Pool, 'query'>,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
) {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  const { processID } = client as ClientBase & { processID: number };
  const under: { way?: Promise<unknown> } = {};
  const cancel = (): void => {
    under.way = beside.query('select pg_cancel_backend($1)', [processID]).catch(absorbed);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', cancel);
    // A cancel that comes late must not hit whoever has the connection next.
    await under.way?.then(() => client.query('select 1')).catch(absorbed);
  }
}
