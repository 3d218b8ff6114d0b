import type { PageQuery, ReadQuery } from '@touchline/http';
import { Paging, Problem, pick, scopeShown } from '@touchline/http';
import { shippedFiles } from '@touchline/playbooks';
import type { PlaybookSource } from '@touchline/playbooks';
import { query } from '../named-query.js';
import type { ReadModels } from '../read-models.js';
import type {
  ColleaguePageShown,
  ListSitesQuery,
  ListUsersQuery,
  ListedPlaybookShown,
  PlaybookPageShown,
  SitePageShown,
  SiteShown,
  UnitPageShown,
  UnitShown,
  UserPageShown,
  UserShown,
} from './group-directory.dto.js';
import type { Listed } from './group-directory.entity.js';
import { groupDirectoryProjection } from './group-directory.projection.js';
import type { DirectoryFilter, Found } from './group-directory.query.js';
import { findEntry, listEntries } from './group-directory.query.js';

const VIEW = groupDirectoryProjection.name;

export const unitsListed = query<PageQuery, UnitPageShown>('units-listed', ({ read }, asked, { tenant }) =>
  page(read, asked, { tenant, kind: 'unit' }, ({ id, revision, record }) => ({ unitId: id, name: record.name, revision })),
);

export const unitAsked = query<ReadQuery & { unitId: string }, UnitShown>('unit', async ({ read }, { after, unitId }, { tenant }) => {
  const { record, revision } = await one(read, after, { tenant, kind: 'unit', id: unitId }, 'unit.unknown');
  return { unitId, name: record.name, revision };
});

export const sitesListed = query<ListSitesQuery, SitePageShown>('sites-listed', ({ read }, asked, { tenant }) =>
  page(read, asked, { tenant, kind: 'site', ...pick(asked, 'unitId') }, ({ id, revision, record }) => ({
    ...{ siteId: id, revision },
    ...pick(record, 'name', 'unitId', 'zone', 'playbook', 'productLines', 'open'),
  })),
);

export const siteAsked = query<ReadQuery & { siteId: string }, SiteShown>('site', async ({ read }, { after, siteId }, { tenant }) => {
  const { record, revision } = await one(read, after, { tenant, kind: 'site', id: siteId }, 'site.unknown');
  return { siteId, revision, ...pick(record, 'name', 'unitId', 'zone', 'playbook', 'productLines', 'open', 'calendar') };
});

export const usersListed = query<ListUsersQuery, UserPageShown>('users-listed', ({ read }, asked, { tenant }) => {
  const at = asked.siteId === undefined ? {} : { at: [asked.siteId] };
  return page(read, asked, { tenant, kind: 'user', ...at }, userShown);
});

export const userAsked = query<ReadQuery & { userId: string }, UserShown>('user', async ({ read }, { after, userId }, { tenant }) =>
  userShown(await one(read, after, { tenant, kind: 'user', id: userId }, 'user.not-registered')),
);

export const colleaguesListed = query<PageQuery, ColleaguePageShown>('colleagues-listed', ({ read }, asked, { tenant, sites }) =>
  page(read, asked, { tenant, kind: 'user', at: sites }, ({ id, record }) => ({
    userId: id,
    ...pick(record, 'displayName', 'roles', 'active'),
  })),
);

export const playbooksListed = query<PageQuery, PlaybookPageShown>('playbooks-listed', async ({ read, playbooks }, asked, { tenant }) => {
  await read.upTo(asked.after, VIEW);
  const paging = new Paging(asked, 'id', ['text'], 'asc');
  const published = await listEntries(read.ask, { tenant, kind: 'playbook' }, paging);
  const [after] = paging.after() ?? [];
  const shipped = (await shippedOnes(playbooks, tenant)).filter(({ playbookId }) => after === undefined || playbookId > after);
  const all = [...shipped, ...published.map(({ id, revision, record }) => ({ playbookId: id, ...record, shipped: false, revision }))];
  return paging.page(
    all.sort((a, b) => (a.playbookId < b.playbookId ? -1 : 1)),
    ({ playbookId }) => [playbookId],
  );
});

async function page<Kind extends keyof Listed, Shown>(
  read: ReadModels,
  asked: PageQuery,
  wanted: DirectoryFilter & { tenant: string; kind: Kind },
  shown: (found: Found<Kind>) => Shown,
): Promise<{ items: Shown[]; next: string | null }> {
  await read.upTo(asked.after, VIEW);
  const paging = new Paging(asked, 'id', ['text'], 'asc');
  const { items, next } = paging.page(await listEntries(read.ask, wanted, paging), ({ id }) => [id]);
  return { items: items.map(shown), next };
}

async function one<Kind extends keyof Listed>(
  read: ReadModels,
  after: string | undefined,
  wanted: { tenant: string; kind: Kind; id: string },
  code: string,
): Promise<Found<Kind>> {
  await read.upTo(after, VIEW);
  const found = await findEntry(read.ask, wanted);
  if (found === null) throw new Problem(404, code, `there is no such ${wanted.kind}`);
  return found;
}

const userShown = ({ id: userId, revision, record }: Found<'user'>): UserShown => ({
  userId,
  revision,
  ...record,
  ...scopeShown(record.sites),
});

function shippedOnes(playbooks: PlaybookSource, tenant: string): Promise<ListedPlaybookShown[]> {
  const ids = [...new Set<string>(shippedFiles.map(({ id }) => id))];
  return Promise.all(
    ids.map(async (id) => {
      const versions = shippedFiles.flatMap((file) => (file.id === id ? [file.version] : []));
      const { name } = await playbooks.get(tenant, { id, version: Math.max(...versions) });
      return { playbookId: id, name, versions, shipped: true, revision: null };
    }),
  );
}
