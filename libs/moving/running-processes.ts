import type { ClientBase } from 'pg';

// The command line is not among them: it is what asks.
const RUNNING = `
  select application_name as name, count(*)::integer as sessions from pg_stat_activity
  where datname = current_database() and application_name ~ '^touchline-(api|projector|relay|intake|steward|standalone)$'
  group by 1 order by 1`;

/** Processes of the platform that are connected to this database, as an operator is told. */
export async function runningProcesses(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string; sessions: number }>(RUNNING);
  return rows.map(({ name, sessions }) => `${name} runs (${sessions} connections)`);
}
