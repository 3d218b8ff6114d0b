import { randomUUID } from 'node:crypto';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { CommandMetadata } from '@touchline/commands';
import type { RecordedEvent } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import { registerCustomer, removeIdentifier } from '@touchline/identity/customers.js';
import { onCustomer } from '@touchline/identity/holdings.js';
import type { Platform } from '@touchline/platform';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { ImportSummary } from './summary.js';
import { importInto, openForImport, useWorkplace } from './testing/sample.js';

const INPUTS = join(import.meta.dirname, 'testing/inputs');

describe('inputs that went wrong, imported', () => {
  const database = useDatabase();
  const workplace = useWorkplace();
  let platform: Platform;
  let number = 0;

  beforeAll(async () => {
    platform = await openForImport(database.url);
    for (const name of await readdir(INPUTS)) await copyFile(join(INPUTS, name), join(workplace.folder, name));
  });
  afterAll(() => platform.close());
  beforeEach(() => void (number += 1));

  const tenant = (): string => `inputs${number}`;
  /** Into a group of its own for every test. */
  async function run(file: string, map = 'leads', change: (text: string) => string = (text) => text): Promise<ImportSummary> {
    const text = (await readFile(join(INPUTS, `${map}.map.yaml`), 'utf8')).replace(/(['"]?)source/, '$1words$1: add, $1source');
    const path = join(workplace.folder, 'map.yaml');
    await writeFile(path, change(text.replace(/imp\d/, tenant())));
    return workplace.run({ file: join(workplace.folder, file), map: path }, importInto(platform));
  }
  const events = async (category: string): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for await (const stored of platform.store.readAll()) {
      const event = platform.registry.decode(stored);
      if (event.meta.tenant === tenant() && parseStreamName(event.stream)?.category === category) found.push(event);
    }
    return found;
  };
  const registered = async (): Promise<string[]> =>
    (await events('customer')).filter(({ type }) => type === 'customer-registered').map(({ stream }) => parseStreamName(stream)?.id ?? '');
  const customersOfJourneys = async (): Promise<(string | undefined)[]> =>
    (await events('journey')).filter(({ type }) => type === 'journey-opened').map(({ data }) => data['customerId'] as string | undefined);
  const metadata = (): CommandMetadata => {
    const trace = { commandId: randomUUID(), requestHash: '', correlationId: '', causationId: '' };
    return { tenant: tenant(), sites: 'all', actor: { kind: 'user', id: userIdOf(tenant(), 'root') }, ...trace };
  };
  const identity = () => importInto(platform).identity;

  it('gives a number that moved to whoever has it when the lead is imported', async () => {
    await run('moved-number-1.csv');
    const [before = ''] = await registered();
    const identifier = { kind: 'phone', value: '13900040002' } as const;
    const occurredAt = '2026-11-10T02:00:00.000Z';
    await removeIdentifier(identity(), metadata(), { customerId: before, identifier, reason: 'changed', occurredAt });
    const details = { kind: 'person', siteId: 'hall' } as const;
    await registerCustomer(identity(), metadata(), { identifiers: [identifier], share: false, details, occurredAt });
    const now = (await registered()).find((id) => id !== before);
    expect(await run('moved-number-2.csv')).toMatchObject({ effects: { customersFound: 1, customersRegistered: 0 } });
    expect(await customersOfJourneys()).toEqual([before, now]);
    // The first lead is still who it was.
    expect(await run('moved-number-1.csv')).toMatchObject({ facts: { repeated: 1 }, report: { faults: 0 } });
  });

  it('registers somebody new for a number whose holder was erased', async () => {
    await writeFile(join(workplace.folder, 'erased.csv'), 'lead,phone,name,media,at\nE1,13900033001,甲,web,2026-10-01 10:00\n');
    await run('erased.csv');
    const [erased = ''] = await registered();
    const erasure = { askedBy: 'person', reason: 'asked' } as const;
    // What decides about the number is that the log says so; the keys are no matter here.
    const told = { kind: 'erase', customerId: erased, erasure, occurredAt: '2026-11-10T02:00:00.000Z' } as const;
    expect(await onCustomer(identity(), metadata(), told)).toMatchObject({ kind: 'recorded' });
    expect(await run('erased-number-again.csv')).toMatchObject({ effects: { customersRegistered: 1 } });
    const [, other] = await registered();
    expect([other === erased, await customersOfJourneys()]).toEqual([false, [erased, other]]);
    expect(await run('erased.csv')).toMatchObject({ facts: { recorded: 0, repeated: 1 } });
    expect(await registered()).toHaveLength(2);
  });

  it('registers nobody for a number that was corrected in the source, and reports what changed', async () => {
    await run('corrected-number-1.csv');
    const people = await registered();
    expect(await run('corrected-number-2.csv')).toMatchObject({
      facts: { recorded: 0, repeated: 2 },
      effects: { customersRegistered: 0, journeysOpened: 0 },
      report: { byReason: { 'source.changed': 2 } },
    });
    expect(await registered()).toEqual(people);
    expect(await workplace.reported()).toEqual([
      ['2', 'phone', 'source.changed', '', 'imported before, and said something else then', ''],
      ['3', 'media', 'source.changed', 'ad2', 'imported before as ad', ''],
    ]);
  });

  it('registers nobody for a case of which nothing is recorded', async () => {
    await writeFile(
      join(workplace.folder, 'future.csv'),
      'lead,phone,name,media,at\nF1,13900095001,甲,web,2199-01-01 10:00\nF2,13900095002,乙,web,2026-10-01 10:00\n',
    );
    expect(await run('future.csv')).toMatchObject({ facts: { recorded: 1, refused: 1 }, effects: { customersRegistered: 1 } });
    expect(await workplace.reported()).toEqual([
      ['2', 'at', 'occurred-at.in-future', '2199-01-01T02:00:00.000Z', 'it cannot have happened later than now', 'visit'],
    ]);
  });

  it('opens a journey unidentified where the number is none, and says why', async () => {
    expect(await run('numbers-as-written.csv')).toMatchObject({
      facts: { recorded: 7, refused: 0 },
      effects: { journeysOpened: 7, customersMissing: 1, customersInvalid: 4 },
    });
    expect((await workplace.reported()).map(([line, column, reason, value]) => [line, column, reason, value])).toEqual([
      ['2', 'phone', 'phone.extension', ''],
      ['3', 'phone', 'phone.invalid', ''],
      ['4', 'phone', 'phone.invalid', ''],
      ['7', 'phone', 'phone.extension', ''],
    ]);
    const strict = (text: string): string => text.replace(/(['"]?)whenMissing/, '$1whenInvalid$1: report, $1whenMissing');
    number += 1;
    expect(await run('numbers-as-written.csv', 'leads', strict)).toMatchObject({ facts: { recorded: 3, refused: 4 } });
  });

  it('takes a number that the mapping calls a placeholder for nobody’s', async () => {
    const placeholder = (text: string): string => text.replace(/(['"]?)whenMissing/, '$1placeholders$1: [138 0013 8000], $1whenMissing');
    expect(await run('one-number-four-people.csv', 'leads', placeholder)).toMatchObject({
      facts: { recorded: 4 },
      effects: { customersPlaceholder: 4, customersRegistered: 0 },
      report: { faults: 0 },
    });
    expect(await customersOfJourneys()).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('takes a date for a day: after what came before on it, lost once it was open', async () => {
    expect(await run('date-only.csv', 'date-only')).toMatchObject({ facts: { recorded: 10, refused: 0, unread: 1 }, deviations: {} });
    expect((await workplace.reported()).map((cells) => cells.slice(0, 3))).toEqual([['5', 'lost', 'journey.out-of-order']]);
    const told = (await events('journey')).filter(({ type }) => !/opened|assigned/.test(type));
    const of = (lead: string): string[] =>
      told.flatMap(({ type, meta }) =>
        meta.source?.reference.startsWith(lead) ? [`${type} ${meta.occurredAt} ${meta.precision ?? ''}`] : [],
      );
    expect(of('T1')).toEqual(['visit-received 2026-10-05T02:30:00.000Z ', 'contract-signed 2026-10-05T02:30:00.000Z day']);
    expect(of('T2').slice(1)).toEqual(['contract-signed 2026-10-05T16:00:00.000Z day', 'handover-completed 2026-10-05T16:00:00.000Z day']);
    expect(of('T3')).toEqual(['visit-received 2026-10-05T02:30:00.000Z ', 'journey-lost 2026-10-05T02:30:00.000Z day']);
    expect(of('T4')).toEqual(['visit-received 2026-10-05T15:30:00.000Z ']);
    expect(of('T5')).toHaveLength(2);
    expect(await run('date-only.csv', 'date-only')).toMatchObject({ facts: { recorded: 0, repeated: 10, unread: 1 } });
  });

  it('takes a sale without a price for a sale, its value unknown', async () => {
    await writeFile(
      join(workplace.folder, 'unpriced.csv'),
      'lead,phone,name,media,visited,signed,handed,lost,price\nU1,13900096001,甲,web,2026-10-05 10:30,2026-10-06,,,\n',
    );
    expect(await run('unpriced.csv', 'date-only')).toMatchObject({ facts: { recorded: 2 }, deviations: {}, report: { faults: 0 } });
    const [signed] = (await events('journey')).filter(({ type }) => type === 'contract-signed');
    expect(Object.keys(signed?.data ?? {})).not.toContain('price');
  });

  it('records a log of traces as its standard says', async () => {
    expect(await run('trace-attributes-last.xes', 'trace-attributes-last')).toMatchObject({
      rows: 7,
      cases: 4,
      facts: { recorded: 6, unread: 1 },
      effects: { customersRegistered: 4 },
    });
    expect((await workplace.reported()).map((cells) => cells.slice(0, 3))).toEqual([['20', 'time:timestamp', 'value.missing']]);
    const prices = (await events('journey')).flatMap(({ data }) => (data['price'] === undefined ? [] : [JSON.stringify(data['price'])]));
    // Cases go beside one another: the log has them in any order.
    expect(prices.sort()).toEqual([100, 22_980_000, 22_980_000].map((amount) => `{"amount":${amount},"currency":"CNY"}`));
  });

  it('reports a time that no store holds, and sets nothing up for it', async () => {
    const withSeconds = (text: string): string => text.replace('yyyy-MM-dd HH:mm', 'yyyy-MM-dd HH:mm:ss');
    expect(await run('dotnet-minvalue.csv', 'leads', withSeconds)).toMatchObject({ facts: { recorded: 0, unread: 1 }, created: [] });
    expect((await workplace.reported()).map((cells) => cells.slice(0, 4))).toEqual([
      ['2', 'at', 'value.not-a-time', '0001-01-01 00:00:00'],
    ]);
    expect(await events('site')).toEqual([]);
  });
});
