import type { Platform } from '@touchline/platform';
import { eventually } from '@touchline/testing/eventually.js';
import { projections } from '../index.js';
import type { BuildStands } from '../rebuilds.js';
import { RebuildOperations } from '../rebuilds.js';

/** Has these views rebuilt, or all, by the projectors that run; each once it is live, or refused. */
export async function rebuilt(platform: Platform, names = projections.map(({ name }) => name), boundMs = 60_000): Promise<BuildStands[]> {
  const rebuilds = new RebuildOperations(platform);
  const begun = [];
  for (const name of names) begun.push(await rebuilds.begin(name));
  const done = begun.map(({ projection, build }) =>
    eventually(async () => {
      const stands = (await rebuilds.list(projection)).find((each) => each.build === build);
      return stands !== undefined && ['live', 'refused'].includes(stands.state) && stands;
    }, boundMs),
  );
  return Promise.all(done);
}
