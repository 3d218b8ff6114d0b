import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { streamName } from '@touchline/core';
import type { Decider, DecideContext, EventShape, StreamCategory } from '@touchline/core';
import type { CommandDeps, EventStore } from '@touchline/event-store';
import { EventRegistry, handleCommand, StreamRepository } from '@touchline/event-store';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import type { Playbook } from '@touchline/playbooks';
import { PlaybookSource } from '@touchline/playbooks';
import { useDatabase } from '@touchline/testing/postgres.js';
import { touchpoints } from '@touchline/touchpoints/list.js';
import { playbookDecider } from '@touchline/touchpoints/playbook/playbook.decider.js';
import { siteDecider } from '@touchline/touchpoints/site/site.decider.js';
import type { SiteOpened } from '@touchline/touchpoints/site/site.events.js';
import { userDecider } from '@touchline/touchpoints/user/user.decider.js';
import { SiteDirectory, UserDirectory, publishedPlaybooks } from './directories.js';

const db = useDatabase();
let store: PostgresEventStore;
let deps: CommandDeps & { store: EventStore };
const time = { now: 0 };
const ticks = () => time.now;

beforeAll(async () => {
  store = await PostgresEventStore.open({ url: db.url });
  const registry = new EventRegistry(touchpoints.flatMap(({ events }) => events));
  deps = {
    store,
    streams: new StreamRepository(store, registry),
    registry,
    sealing: { seal: ({ data }) => Promise.resolve(data) },
    clock: { now: () => Promise.resolve('2026-06-01T08:00:00.000Z') },
    words: { find: (_tenant, _list, typed) => Promise.resolve({ word: typed }) },
    toleranceMs: 0,
  };
});
afterAll(() => store.close());
beforeEach(() => {
  time.now = 0;
});

let commands = 0;
async function record<S, C, E extends EventShape, X extends DecideContext>(
  stream: [StreamCategory, string, string],
  decider: Decider<S, C, E, X>,
  command: C,
  context: Omit<X, keyof DecideContext>,
): Promise<void> {
  commands += 1;
  const ids = { requestHash: '', correlationId: 'test', causationId: 'test' };
  const commandId = `00000000-0000-4000-8000-${String(commands).padStart(12, '0')}`;
  const request = { tenant: stream[1], actor: { kind: 'system', id: 'test' } as const, commandId, ...ids };
  const outcome = await handleCommand(deps, {
    stream: streamName(...stream),
    decider,
    command,
    request,
    context: () => Promise.resolve(context),
  });
  expect(outcome.kind).toBe('recorded');
}

const register = (login: string) =>
  record(
    ['user', 'dongfang', login],
    userDecider,
    { kind: 'register', user: { login, displayName: login }, grant: { roles: ['consultant'], sites: ['pudong'] } },
    { unknownSites: [], isLastAdministrator: false },
  );
const deactivate = (id: string) =>
  record(['user', 'dongfang', id], userDecider, { kind: 'deactivate' }, { unknownSites: [], isLastAdministrator: false });

describe('the directory of users', () => {
  it('gives what the events of a user add up to, within the group', async () => {
    const users = new UserDirectory(deps);
    await register('li');
    expect(await users.user('dongfang', 'li')).toEqual({
      login: 'li',
      displayName: 'li',
      roles: ['consultant'],
      sites: ['pudong'],
      active: true,
      generation: 0,
      tokensEndedAt: null,
    });
    expect(await users.user('huadong', 'li')).toBeNull();
  });

  it('is at most as old as its time to live, in a process that did not write', async () => {
    const users = new UserDirectory({ ...deps, ttlMs: 5_000, ticks });
    await register('chen');
    expect(await users.user('dongfang', 'chen')).toMatchObject({ active: true });
    await deactivate('chen');
    time.now = 4_999;
    expect(await users.user('dongfang', 'chen')).toMatchObject({ active: true });
    time.now = 5_000;
    expect(await users.user('dongfang', 'chen')).toMatchObject({ active: false });
  });

  it('is new at once in the process that wrote', async () => {
    const users = new UserDirectory({ ...deps, ticks });
    await register('zhou');
    await users.user('dongfang', 'zhou');
    await deactivate('zhou');
    await users.changed('dongfang', 'zhou');
    expect(await users.user('dongfang', 'zhou')).toMatchObject({ active: false });
  });

  it('reads once for many who ask, and not again meanwhile', async () => {
    const users = new UserDirectory({ ...deps, ticks });
    await register('he');
    const reads = jest.spyOn(store, 'readStream');
    await Promise.all(Array.from({ length: 20 }, () => users.user('dongfang', 'he')));
    await users.user('dongfang', 'he');
    expect(reads).toHaveBeenCalledTimes(1);
    reads.mockRestore();
  });

  it('reads only what came since, once its answer is too old or the stream was written', async () => {
    const users = new UserDirectory({ ...deps, ttlMs: 5_000, ticks });
    await register('gao');
    await users.user('dongfang', 'gao');
    const reads = jest.spyOn(store, 'readStream');
    await deactivate('gao');
    users.heard(null);
    expect(await users.user('dongfang', 'gao')).toMatchObject({ active: false });
    time.now += 5_000;
    expect(await users.user('dongfang', 'gao')).toMatchObject({ active: false });
    const stream = streamName('user', 'dongfang', 'gao');
    expect(
      reads.mock.calls
        .filter(([name]) => name === stream)
        .slice(-2)
        .map(([, options]) => options?.from),
    ).toEqual([2, 3]);
    reads.mockRestore();
  });

  it('holds neither what does not exist nor what failed', async () => {
    const users = new UserDirectory({ ...deps, ticks });
    expect(await users.user('dongfang', 'new')).toBeNull();
    await register('new');
    expect(await users.user('dongfang', 'new')).toMatchObject({ active: true });

    const broken = jest.spyOn(store, 'readStream').mockImplementationOnce(() => {
      throw new Error('the log is away');
    });
    await expect(users.user('dongfang', 'li')).rejects.toThrow('the log is away');
    expect(await users.user('dongfang', 'li')).toMatchObject({ active: true });
    broken.mockRestore();
  });
});

describe('the directory of sites', () => {
  const site: SiteOpened = {
    name: '浦东展厅',
    unitId: 'east',
    zone: 'Asia/Shanghai',
    playbook: { id: 'auto-ssp9', version: 1 },
    productLines: ['kaixuan'],
  };
  const known = { unitKnown: true, playbookKnown: true };

  it('knows a site from its opening on, and still when it is closed', async () => {
    const sites = new SiteDirectory({ ...deps, ticks });
    expect(await sites.site('dongfang', 'pudong')).toBeNull();
    await record(['site', 'dongfang', 'pudong'], siteDecider, { kind: 'open', siteId: 'pudong', site }, known);
    expect(await sites.site('dongfang', 'pudong')).toEqual({ ...site, calendar: null, open: true });
    await record(['site', 'dongfang', 'pudong'], siteDecider, { kind: 'close', siteId: 'pudong' }, known);
    await sites.changed('dongfang', 'pudong');
    expect(await sites.site('dongfang', 'pudong')).toMatchObject({ open: false });
  });
});

describe('the playbooks a group has published', () => {
  const playbook = (version: number): Playbook => ({
    id: 'bikes',
    version,
    name: { zh: '自行车', en: 'Bikes' },
    stages: [{ id: 'hello', name: { zh: '接待', en: 'Hello' } }],
    touchpoints: {},
    declares: {},
    attributes: [],
    reactivationDays: 180,
  });

  it('are found as soon as they are published, every version of them', async () => {
    const source = new PlaybookSource([], publishedPlaybooks(deps));
    expect(await source.find('dongfang', { id: 'bikes', version: 1 })).toBeUndefined();
    for (const version of [1, 2])
      await record(['playbook', 'dongfang', 'bikes'], playbookDecider, { definition: playbook(version), shipped: false }, {});
    expect(await source.get('dongfang', { id: 'bikes', version: 2 })).toEqual(playbook(2));
    expect(await source.get('dongfang', { id: 'bikes', version: 1 })).toEqual(playbook(1));
    expect(await source.find('huadong', { id: 'bikes', version: 1 })).toBeUndefined();
  });
});
