import { Operations, operatorAtShell } from '@touchline/auth';
import type { Platform } from '@touchline/platform';
import { eventually } from '@touchline/testing/eventually.js';
import { projections } from '../index.js';
import type { BuildStands } from '../rebuilds.js';
import { RebuildOperations } from '../rebuilds.js';

export const OPERATOR = operatorAtShell('a test');

export const rebuildsOf = (platform: Platform): RebuildOperations =>
  new RebuildOperations({ ...platform, operations: new Operations(platform.services.deps) });

/** Has these views rebuilt, or all, by the projectors that run; each once it is live, or refused. */
export async function rebuilt(platform: Platform, names = projections.map(({ name }) => name), boundMs = 60_000): Promise<BuildStands[]> {
  const rebuilds = rebuildsOf(platform);
  const begun = [];
  for (const name of names) begun.push(await rebuilds.begin(OPERATOR, name));
  const done = begun.map(({ projection, build }) =>
    eventually(async () => {
      const stands = (await rebuilds.list(projection)).find((each) => each.build === build);
      return stands !== undefined && ['live', 'refused'].includes(stands.state) && stands;
    }, boundMs),
  );
  return Promise.all(done);
}
