import { SiteDirectory, UserDirectory, WordDirectory, publishedPlaybooks } from '@touchline/auth/directories.js';
import type { JsonObject } from '@touchline/core';
import { StreamRepository } from '@touchline/event-store';
import { parseStreamName } from '@touchline/core';
import { PlaybookSource, shippedPlaybooks } from '@touchline/playbooks';
import type { ImportServices } from './commands.js';
import { BufferedEventStore } from './buffered-event-store.js';

const DIRECTORY = ['unit', 'site', 'user', 'words', 'playbook'];

/**
 * Services for a dry run: everything is decided, nothing is written. What the mapping's directory would create is held
 * back and found by what comes after; a case and a customer are forgotten as soon as they are decided.
 */
export function rehearsal({ services, identity, ...rest }: ImportServices): ImportServices {
  const { registry } = services.deps;
  const store = new BufferedEventStore(services.deps.streams.store, (stream) =>
    DIRECTORY.includes(parseStreamName(stream)?.category ?? ''),
  );
  // Sealing would make keys.
  const sealing = { seal: ({ data }: { data: JsonObject }) => Promise.resolve(data) };
  const deps = { ...services.deps, streams: new StreamRepository(store, registry), sealing, words: new WordDirectory({ store, registry }) };
  const types = new Set(registry.all().flatMap(({ type, touchpoint }) => (touchpoint ? [type] : [])));
  const directory = { store, registry };
  return {
    ...rest,
    services: {
      ...services,
      deps,
      playbooks: new PlaybookSource(shippedPlaybooks(types), publishedPlaybooks(directory)),
      sites: new SiteDirectory(directory),
      users: new UserDirectory(directory),
      // What is held back is read anew as it is, and nobody else is told of it.
      changed: () => Promise.resolve(),
    },
    identity: { ...identity, deps },
    dryRun: true,
  };
}
