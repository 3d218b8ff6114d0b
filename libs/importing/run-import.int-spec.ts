import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { RecordedEvent } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { EventStoreUnavailable, StreamRepository } from '@touchline/event-store';
import type { Platform } from '@touchline/platform';
import type { ImportServices } from './commands.js';
import { MappingFaults, UnreadableFile } from './faults.js';
import { MAP, PLAYBOOK, csvOf, sourceOf } from './testing/bikes.js';
import { importInto, openForImport, useWorkplace } from './testing/sample.js';
import { useDatabase } from '@touchline/testing/postgres.js';

describe('an import', () => {
  const database = useDatabase();
  const workplace = useWorkplace();
  let platform: Platform;
  let order: { file: string; map: string };
  let tenant = 0;

  beforeAll(async () => {
    platform = await openForImport(database.url);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    // A group of its own for every test.
    tenant += 1;
    order = { file: join(workplace.folder, 'source.csv'), map: join(workplace.folder, 'map.yaml') };
    await writeFile(join(workplace.folder, 'playbook.yaml'), PLAYBOOK);
    await writeMap(MAP);
    await rm(join(workplace.folder, 'checkpoint'), { force: true });
  });

  const writeMap = (text: string): Promise<void> => writeFile(order.map, text.replace('tenant: shop', `tenant: shop${tenant}`));
  const writeSource = (rows: string[][]): Promise<void> => writeFile(order.file, csvOf(rows));
  const run = (more: Partial<Parameters<typeof workplace.run>[0]> = {}, target = importInto(platform)) =>
    workplace.run({ ...order, ...more }, target);

  /** What the log says of this group, without the times of recording; streams by their ids, which the source makes. */
  async function recorded(): Promise<string[]> {
    const found: string[] = [];
    for (const { type, stream, revision, meta } of await events()) {
      const { category = '' } = parseStreamName(stream) ?? {};
      const { reference = '' } = meta.source ?? {};
      found.push(
        [category, reference.replaceAll(' ', '_'), revision, type, meta.occurredAt, meta.correlationId, ...(meta.deviations ?? [])].join(
          ' ',
        ),
      );
    }
    return found.sort();
  }

  const events = async (): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for await (const stored of platform.store.readAll()) found.push(platform.registry.decode(stored));
    return found.filter(({ meta }) => meta.tenant === `shop${tenant}`);
  };

  /** What can be compared with another group, whose name stands in every id that is made. */
  const counted = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const line of await recorded()) {
      const [category = '', , , type = ''] = line.split(' ');
      counts[`${category} ${type}`] = (counts[`${category} ${type}`] ?? 0) + 1;
    }
    return counts;
  };

  /** A target whose log cannot be reached any more after so many appends. */
  function failingAfter(appends: number): ImportServices {
    let left = appends;
    const { store, registry } = platform;
    const failing: EventStore = Object.create(store, {
      append: {
        value: (...args: Parameters<EventStore['append']>) =>
          (left -= 1) < 0 ? Promise.reject(new EventStoreUnavailable('gone')) : store.append(...args),
      },
    }) as EventStore;
    const deps = { ...platform.services.deps, streams: new StreamRepository(failing, registry) };
    const target = importInto(platform);
    return {
      services: { ...platform.services, deps },
      identity: { ...target.identity, deps },
      mayPass: () => false,
    };
  }

  it('records each fact once, however often it is run', async () => {
    await writeSource(sourceOf(20));
    const first = await run();
    expect(first).toMatchObject({
      rows: 20,
      cases: 20,
      facts: { recorded: 40, repeated: 0, refused: 0, unread: 0 },
      report: { faults: 0 },
      interrupted: false,
    });
    expect(first.created).toEqual(['playbook bikes version 1', 'unit shop', 'site east', 'site west', 'user ann', 'user bob']);
    const then = await recorded();
    expect(await run()).toMatchObject({ facts: { recorded: 0, repeated: 40 }, created: [], report: { faults: 0 } });
    expect(await recorded()).toEqual(then);
    expect(await counted()).toMatchObject({ 'journey journey-opened': 20, 'customer customer-registered': 7, 'journey journey-lost': 7 });
  });

  it('reports what is no word of the group with what is written like it, and makes nobody of it; or adds it where the mapping says so', async () => {
    const withMedia = MAP.replace('  owner: ', '  media: { column: sector }\n  owner: ');
    await writeMap(withMedia.replace('words: add\n', ''));
    await writeSource(sourceOf(3));
    expect(await run()).toMatchObject({ facts: { recorded: 0 } });
    expect((await workplace.reported()).flat()).toContain('word.unknown');
    expect(await counted()).not.toHaveProperty('customer customer-registered');
    await writeMap(withMedia);
    expect(await run()).toMatchObject({ facts: { refused: 0 }, report: { faults: 0 } });
    expect((await recorded()).join('\n')).toContain(' word-added ');
    expect(await run()).toMatchObject({ facts: { recorded: 0, refused: 0 }, report: { faults: 0 } });
  });

  it('takes labels of a journey as words of the group alone, in one spelling, and seals what a declared field says', async () => {
    const playbook = PLAYBOOK.replace('properties: {}', 'properties: { asked: { type: string, maxLength: 100 } }');
    await writeFile(join(workplace.folder, 'playbook.yaml'), playbook);
    const asking = MAP.replace('format: yyyy-MM-dd }', 'format: yyyy-MM-dd }, fields: { asked: { column: account } }');
    await writeMap(asking.replace('words: add\n', ''));
    await writeSource(sourceOf(1));
    expect(await run()).toMatchObject({ facts: { recorded: 0 } });
    expect(await workplace.reported()).toContainEqual(expect.arrayContaining(['sector', 'word.unknown']));
    await writeMap(asking);
    await writeSource([...sourceOf(1), sourceOf(2)[1]!.with(4, 'ＲETAIL')]);
    expect(await run()).toMatchObject({ facts: { recorded: 4, refused: 0 }, report: { faults: 0 } });
    const stored = await events();
    expect(stored.filter(({ type }) => type === 'journey-opened').map(({ data }) => data['attributes'])).toEqual([
      { sector: 'retail' },
      { sector: 'retail' },
    ]);
    const [said] = stored.filter(({ type }) => type === 'touchpoint-recorded');
    expect(said?.data).toMatchObject({ fields: {}, textFields: { sealed: expect.any(String) } });
    await writeSource([...sourceOf(1).map((row) => row.with(2, 'Somebody else'))]);
    await run();
    expect(
      (await workplace.reported())
        .filter(([, column]) => column === 'account')
        .flat()
        .join(),
    ).not.toMatch(/Somebody|Acme/);
  });

  it('keeps every name that is given at one number, and asks who it was, once in every run', async () => {
    await writeMap(MAP.replace('name: { column: account }', 'name: { column: sector }'));
    const rows = sourceOf(8).map((row, index) => row.with(2, 'Acme').with(4, ['陈甲', '林乙', '黄丙', '何丁'][index % 4]!));
    await writeSource(rows);
    for (const wanted of [{ recorded: 16 }, { recorded: 0 }]) expect(await run()).toMatchObject({ facts: { ...wanted, refused: 0 } });
    expect(await counted()).toMatchObject({ 'customer customer-registered': 1 });
    expect((await recorded()).filter((line) => line.includes(' identity-questioned '))).toHaveLength(3);
  });

  it('records the same whatever is under way at once', async () => {
    await writeSource(sourceOf(20));
    await run({ atOnce: 1 });
    // Digests are of the group, and the group's own records are of now.
    const contents = async (): Promise<string[]> =>
      (await recorded())
        .filter((line) => /^(journey|customer|identifier) /.test(line))
        .map((line) => line.replace(/customer\/\S+|[0-9a-f-]{36}|[0-9a-f]{16}/g, ''))
        .sort();
    const one = await contents();
    tenant += 1;
    await writeMap(MAP);
    await run({ atOnce: 50 });
    // Customers are registered by the first of their cases, at its time.
    expect(await contents()).toEqual(one);
  });

  it('decides everything in a dry run and writes nothing, not even a key', async () => {
    await writeSource([...sourceOf(5), ['B900', 'north', '', 'ann', '', '2024-01-01', '', '', '']]);
    const everything = async (): Promise<unknown[]> => [
      await platform.store.head(),
      (await database.pool.query('select count(*) from touchline.personal_keys')).rows,
    ];
    const before = await everything();
    const dry = await run({ dryRun: true });
    expect(await everything()).toEqual(before);
    expect(dry).toMatchObject({ dryRun: true, facts: { recorded: 10, refused: 1 }, report: { byReason: { 'site.unknown': 1 } } });
    const { created, facts } = await run();
    expect([created, facts]).toEqual([dry.created, dry.facts]);
  });

  it('notices what a source said otherwise when it was imported, and leaves it as it was', async () => {
    const rows = sourceOf(4);
    await writeSource(rows);
    await run();
    const then = await recorded();
    rows[1] = rows[1]!.with(8, '999');
    rows[2] = rows[2]!.with(4, 'medical').with(3, 'bob');
    await writeSource(rows);
    expect(await run()).toMatchObject({ facts: { recorded: 0, repeated: 5, changed: 3, refused: 0 } });
    const [ann, bob] = [userIdOf(`shop${tenant}`, 'ann'), userIdOf(`shop${tenant}`, 'bob')];
    expect(await workplace.reported()).toEqual([
      ['3', 'value', 'source.changed', '{"amount":99900,"currency":"CNY"}', 'imported before as {"amount":10100,"currency":"CNY"}', 'won'],
      ['4', 'agent', 'source.changed', bob, `imported before as ${ann}`, ''],
      ['4', 'agent', 'source.changed', bob, `imported before as ${ann}`, 'engaged'],
      ['4', 'agent', 'source.changed', bob, `imported before as ${ann}`, 'won'],
      ['4', 'sector', 'source.changed', 'medical', 'imported before as retail', ''],
    ]);
    expect(await recorded()).toEqual(then);
  });

  it('records what is new beside what is known', async () => {
    const rows = sourceOf(6);
    rows[5] = rows[5]!.with(6, '').with(7, '');
    await writeSource(rows);
    expect(await run()).toMatchObject({ facts: { recorded: 11, repeated: 0 } });
    await writeSource(sourceOf(8));
    expect(await run()).toMatchObject({ facts: { recorded: 5, repeated: 11 }, report: { faults: 0 } });
  });

  it('notes a rule that history breaks on the event, and counts it (ADR 0010)', async () => {
    await writeMap(MAP.replace('when: [{ column: stage, is: Lost }]', 'when: [{ column: closed, present: true }]'));
    await writeSource(sourceOf(3).map((row) => row.with(6, 'Won')));
    expect(await run()).toMatchObject({ facts: { recorded: 9, refused: 0 }, deviations: { 'journey.contract-stands': 3 } });
    expect((await recorded()).filter((line) => line.endsWith('journey.contract-stands'))).toHaveLength(3);
  });

  it('records facts that say the same as often as they are said, and once where they have one reference', async () => {
    const [row = []] = sourceOf(1);
    const once = row.with(6, '').with(7, '');
    await writeSource([once, once]);
    expect(await run()).toMatchObject({ facts: { recorded: 2, repeated: 0, saidTwice: 0 } });
    await writeSource([once, once, once]);
    expect(await run()).toMatchObject({ facts: { recorded: 1, repeated: 2 }, report: { faults: 0 } });
    tenant += 1;
    await writeMap(MAP.replace('name: engaged,', 'name: engaged, occurrence: reference,'));
    await writeSource([once, once, once.with(5, '2024-01-09')]);
    expect(await run()).toMatchObject({
      facts: { recorded: 1, saidTwice: 1, refused: 1 },
      report: { byReason: { 'reference.not-unique': 1 } },
    });
  });

  it('knows every fact again where a record is put in above, in whatever order, whatever it was called before', async () => {
    const [row = []] = sourceOf(1);
    const states = ['2024-01-03', '2024-01-04', '2024-01-04', '2024-01-05'].map((day) => row.with(6, '').with(7, '').with(5, day));
    // As earlier versions named them: by fact and line, or by the fact alone.
    for (const old of ['reference: [{ column: closed }],', 'occurrence: reference,']) {
      tenant += 1;
      const lines = states.map((state, index) => state.with(7, `line ${index + 2}`));
      await writeMap(MAP.replace('name: engaged,', `name: engaged, ${old}`));
      await writeSource(old.startsWith('reference') ? lines : lines.slice(0, 1));
      const { facts } = await run();
      await writeMap(MAP);
      await writeSource([row.with(0, 'B111'), ...states.toReversed()]);
      expect(await run()).toMatchObject({ facts: { recorded: 5 - facts.recorded + 1, repeated: facts.recorded, changed: 0 } });
      expect((await counted())['journey touchpoint-recorded']).toBe(5);
    }
  });

  it('decides on all that a long case said before, though it is written in pieces', async () => {
    await writeMap(MAP.replace('name: engaged,', 'name: engaged, note: { column: value }, reference: [{ column: closed }],'));
    const [row = []] = sourceOf(1);
    const rows = Array.from({ length: 120 }, (_, n) =>
      row
        .with(6, '')
        .with(7, `2024-03-${n}`)
        .with(8, `${n} ${'x'.repeat(3_500)}`),
    );
    // The last says the first once more.
    await writeSource([...rows, rows[0]!]);
    expect(await run()).toMatchObject({ facts: { recorded: 120, saidTwice: 1, refused: 0 }, report: { faults: 0 } });
    expect((await counted())['journey touchpoint-recorded']).toBe(120);
    expect(await run()).toMatchObject({ facts: { recorded: 0, repeated: 120, saidTwice: 1 } });
  });

  it('goes on where it was stopped, and ends as if it had not been', async () => {
    await writeSource(sourceOf(30));
    const stop = new AbortController();
    let done = 0;
    const progress = {
      begin: () => (done = 0),
      end: () => undefined,
      advance: () => {
        done += 1;
        if (done === 10) stop.abort();
      },
    };
    const stopped = await run({ atOnce: 3, signal: stop.signal, progress });
    expect(stopped).toMatchObject({ interrupted: true, report: null });
    expect(stopped.cases).toBeLessThan(20);
    const rest = await run();
    expect(rest).toMatchObject({ interrupted: false, resumedAfter: stopped.cases, cases: 30, facts: { recorded: 60, repeated: 0 } });
    const [pieces, number] = [await counted(), tenant];
    tenant += 1;
    await writeMap(MAP);
    await run();
    expect([await counted(), number]).toEqual([pieces, tenant - 1]);
  });

  it('goes on after a failure, with what was refused before it still in the report', async () => {
    const rows = sourceOf(30);
    rows[0] = rows[0]!.with(1, 'north');
    await writeSource(rows);
    await expect(run({ atOnce: 1 }, failingAfter(30))).rejects.toThrow(EventStoreUnavailable);
    const rest = await run();
    expect(rest.resumedAfter).toBeGreaterThan(1);
    expect(rest).toMatchObject({ cases: 30, facts: { recorded: 58, repeated: 0, refused: 2 } });
    expect((await workplace.reported()).map(([line, , reason]) => [line, reason])).toEqual([
      ['2', 'site.unknown'],
      ['2', 'site.unknown'],
    ]);
  });

  it('begins anew after another source, another mapping, or a log that lacks the event it stopped at', async () => {
    await writeSource(sourceOf(10));
    const path = join(workplace.folder, 'checkpoint');
    const cut = async (): Promise<string> => {
      await expect(run({ atOnce: 1 }, failingAfter(23))).rejects.toThrow();
      return readFile(path, 'utf8');
    };
    const checkpoint = await cut();
    expect(JSON.parse(checkpoint.trimEnd().split('\n').at(-1)!)).toMatchObject({ progress: { cases: expect.any(Number) } });
    await writeFile(path, checkpoint.replace(/"eventId":"[^"]+"/g, '"eventId":"another"'));
    expect(await run()).toMatchObject({ resumedAfter: 0, cases: 10 });
    await writeFile(path, checkpoint);
    await writeMap(`${MAP}\n# otherwise\n`);
    expect(await run()).toMatchObject({ resumedAfter: 0, cases: 10 });
    await writeFile(path, checkpoint.slice(0, -20));
    await writeMap(MAP);
    expect(await run()).toMatchObject({ cases: 10, facts: { refused: 0 } });
  });

  it('records nothing of a source or under a mapping that cannot be used', async () => {
    const head = await platform.store.head();
    await writeFile(order.file, `${csvOf(sourceOf(3))}B9,"broken"quote,\n${csvOf(sourceOf(3))}`);
    await expect(run()).rejects.toThrow(UnreadableFile);
    await writeSource(sourceOf(3));
    await writeMap(MAP.replace('format: yyyy-MM-dd', 'format: dd.MM'));
    await expect(run()).rejects.toThrow(MappingFaults);
    await writeMap(MAP.replace('column: office', 'column: place'));
    await expect(run()).rejects.toThrow(/no column "place"/);
    await writeMap(MAP);
    await writeFile(order.file, csvOf([]));
    await expect(run()).rejects.toThrow(/holds no record/);
    expect(await platform.store.head()).toBe(head);
  });

  it('sets nothing up before the first record is good, and counts all that was read', async () => {
    const head = await platform.store.head();
    const [row = []] = sourceOf(1);
    const bad = [row.with(1, 'north'), row.with(0, ''), row.with(5, 'soon').with(6, ''), row.slice(1), row.map(() => '')];
    await writeSource(bad);
    expect(await run()).toMatchObject({
      rows: 4,
      records: { withFacts: 2, withoutFact: 0, withoutCase: 1, broken: 1, empty: 1 },
      facts: { recorded: 0 },
      created: [],
    });
    expect(await platform.store.head()).toBe(head);
    await writeSource([...bad, row.with(0, 'C1')]);
    expect(await run()).toMatchObject({ facts: { recorded: 2 }, created: expect.arrayContaining(['site east']) });
  });

  it('refuses to record under another playbook than the mapping is made for', async () => {
    await writeSource(sourceOf(2));
    await run();
    await writeFile(join(workplace.folder, 'playbook.yaml'), PLAYBOOK.replace('version: 1', 'version: 2'));
    const second = await run();
    expect(second).toMatchObject({ created: [], facts: { recorded: 0, repeated: 0, refused: 4 } });
    expect(second.report?.byReason).toEqual({ 'site.other-playbook': 4 });
  });
});
