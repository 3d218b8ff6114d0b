import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Field, Fields, Json, JsonObject, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { importInto, useWorkplace } from '@touchline/importing/testing/sample.js';
import { BUILT_INS, builtIn } from '@touchline/importing/touchpoint-fields.js';
import type { Intake } from '@touchline/intake/intake.js';
import { binary, intakeOf } from '@touchline/intake/testing/messages.js';
import { eachAtOnce } from '@touchline/server/testing/each-at-once.js';
import { yuan } from '@touchline/server/testing/look.js';
import { fitOf } from '@touchline/server/testing/refusals/fits.js';
import { DAY_BEFORE, World } from '@touchline/server/testing/refusals/world.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { heardBy } from '@touchline/touchpoints/call/call.events.js';
import type { Value } from './values.js';
import { cellsOfAll, readingsOf, valuesOf } from './values.js';

// One table of values, of every field that a source of an import may give: whether it is taken, and what is stored of it, is the same
// over HTTP, in a message and in an import of a whole file.

const PRICE = { price: yuan(226_800) };
type Act = readonly [touchpoint: string, fields: JsonObject];
const VISIT: Act = ['visit-received', { batchSize: 1, first: true, contactTaken: true }];
const COMPLAINT: Act = ['complaint-received', { category: 'delivery', account: '交车晚了三天' }];

/** What has to be there before, in a source, where the order of acts holds for history, too. */
const BEFORE: Readonly<Record<string, readonly Act[]>> = {
  'quote-revised': [['quote-issued', PRICE]],
  'quote-withdrawn': [['quote-issued', PRICE]],
  'contract-cancelled': [['contract-signed', PRICE]],
  'handover-scheduled': [['contract-signed', PRICE]],
  'handover-completed': [['contract-signed', PRICE]],
  'progress-told': [['contract-signed', PRICE]],
  'journey-reactivated': [VISIT, ['journey-lost', { kind: 'gave-up' }]],
  'complaint-received': [VISIT],
  'complaint-acknowledged': [VISIT, COMPLAINT],
  'complaint-resolved': [VISIT, COMPLAINT],
  'complaint-closed': [VISIT, COMPLAINT, ['complaint-resolved', { resolution: '已致歉', responsibility: 'ours' }]],
};

interface Row {
  /** Also the case of the source. */
  id: string;
  touchpoint: string;
  name: string;
  field: Field;
  value: Value;
}

/** Fields of a fact: a source states them all in columns, and the note of a fact in a key of its own. */
function fieldsOf(touchpoint: string): Fields {
  const { note: _, ...fields }: Fields = { ...builtIn(touchpoint)?.fields };
  return builtIn(touchpoint)?.in === 'contact' ? { ...fields, campaign: heardBy.campaign } : fields;
}

const rows: Row[] = BUILT_INS.flatMap((touchpoint) =>
  Object.entries(fieldsOf(touchpoint)).flatMap(([name, field]) =>
    valuesOf(name, field).map((value) => ({ id: `${touchpoint} ${name}, ${value.what}`, touchpoint, name, field, value })),
  ),
);

/** What becomes of a value: refused, or what is stored of its field. */
type Outcome = { taken: false } | { taken: true; stored: Json | undefined };

describe('a value of a field', () => {
  const api = useApi();
  const workplace = useWorkplace();
  let intake: Intake;
  let world: World;
  let token: string;
  const outcomes = { http: new Map<string, Outcome>(), message: new Map<string, Outcome>(), import: new Map<string, Outcome>() };

  /** Texts that are sealed show that they are there. */
  const storedOf = ({ name, field }: Row, data: JsonObject): Json | undefined =>
    field.sealed ? Object.keys(data).some((key) => key === 'sealed' || JSON.stringify(data[key]).includes('"sealed"')) : data[name];
  const storedAt = async (row: Row, position: string): Promise<Json | undefined> =>
    storedOf(row, JSON.parse((await api.platform.store.eventAt(asPosition(position)))?.data ?? '{}') as JsonObject);
  const withValue = (body: JsonObject, { name, value }: Row): JsonObject => {
    const { [name]: _, ...rest } = body;
    return value.json === undefined ? rest : { ...rest, [name]: value.json };
  };

  async function overHttp(row: Row): Promise<Outcome> {
    const { path, body } = await fitOf(`POST /${builtIn(row.touchpoint)!.path}`, world);
    const response = await fetch(api.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
      body: JSON.stringify(withValue(body as JsonObject, row)),
    });
    const answer = (await response.json()) as { position?: string };
    return response.status === 201 ? { taken: true, stored: await storedAt(row, answer.position!) } : { taken: false };
  }

  async function asMessage(row: Row): Promise<Outcome> {
    const { body } = await fitOf(`POST /${builtIn(row.touchpoint)!.path}`, world);
    const outcome = await intake.take(binary({ type: row.touchpoint, reference: randomUUID(), data: withValue(body as JsonObject, row) }));
    return outcome.kind === 'recorded' ? { taken: true, stored: await storedAt(row, outcome.answer.position!) } : { taken: false };
  }

  /** All of them as one file, each a case with what has to be there before. */
  async function imported(): Promise<void> {
    const bodies = new Map<string, JsonObject>();
    for (const touchpoint of BUILT_INS)
      bodies.set(touchpoint, (await fitOf(`POST /${builtIn(touchpoint)!.path}`, world)).body as JsonObject);
    const lines = rows.flatMap(({ id, touchpoint, name, value }) => {
      const { [name]: _, ...base } = bodies.get(touchpoint) ?? {};
      const own = { ...cellsOfAll('', fieldsOf(touchpoint), base), ...value.cells };
      const before = (BEFORE[touchpoint] ?? []).map(([what, fields], place) => ({
        ...{ id, party: id, what, happened: DAY_BEFORE.replace('02:00', `0${place}:00`) },
        ...cellsOfAll('', fieldsOf(what), fields),
      }));
      return [...before, { id, party: id, what: touchpoint, happened: api.now, ...own }] as Record<string, string>[];
    });
    const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))];
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const csv = [columns, ...lines.map((line) => columns.map((column) => line[column] ?? ''))].map((line) => line.map(cell).join(','));
    const map = {
      ...{ version: 1, tenant: 'dongfang', source: 'table', file: { format: 'csv' }, zone: 'Asia/Shanghai' },
      playbook: { id: 'auto-ssp9', version: 1 },
      case: [{ column: 'id' }],
      journey: {
        ...{ site: { value: 'pudong' }, productLine: { value: 'kaixuan' }, owner: { value: 'li' } },
        customer: { identifier: { column: 'party' }, whenMissing: 'unidentified' },
      },
      facts: BUILT_INS.map((touchpoint) => ({
        ...{ name: touchpoint, touchpoint, when: [{ column: 'what', is: touchpoint }], at: { column: 'happened', format: 'iso' } },
        fields: Object.fromEntries(
          Object.entries(readingsOf('', fieldsOf(touchpoint))).filter(([, reading]) => namesOnly(reading, columns)),
        ),
      })),
    };
    const order = { file: join(workplace.folder, 'table.csv'), map: join(workplace.folder, 'map.yaml') };
    await writeFile(order.file, csv.join('\n'));
    await writeFile(order.map, JSON.stringify(map));
    const from = await api.platform.store.head();
    await workplace.run(order, importInto(api.platform));
    const stored = new Map<string, RecordedEvent>();
    for await (const each of api.platform.store.readAll({ after: from })) {
      const event = api.platform.registry.decode(each);
      // The case first, then its fact.
      const id = event.meta.source?.reference.split('/')[0];
      stored.set(`${id} ${event.type}`, event);
    }
    for (const row of rows) {
      const event = stored.get(`${row.id} ${row.touchpoint}`);
      // A rule that history broke is noted with it, where a request is refused (ADR 0010).
      const taken = event !== undefined && (event.meta.deviations ?? []).length === 0;
      outcomes.import.set(row.id, taken ? { taken, stored: storedOf(row, event.data) } : { taken: false });
    }
  }

  beforeAll(async () => {
    intake = intakeOf(api);
    world = await World.of(api);
    token = (await world.client('anybody')).token;
    await eachAtOnce(rows, async (row) => outcomes.http.set(row.id, await overHttp(row)));
    await eachAtOnce(
      rows.filter(({ touchpoint }) => builtIn(touchpoint)?.taken),
      async (row) => outcomes.message.set(row.id, await asMessage(row)),
    );
    await imported();
  });

  it('is tried for every field, some of them taken and some refused', () => {
    const taken = rows.filter(({ id }) => outcomes.http.get(id)?.taken);
    expect(new Set(taken.map(({ touchpoint, name }) => `${touchpoint} ${name}`)).size).toBe(
      new Set(rows.map(({ touchpoint, name }) => `${touchpoint} ${name}`)).size,
    );
    expect(rows.length - taken.length).toBeGreaterThan(100);
  });

  it.each(rows.filter(({ touchpoint }) => builtIn(touchpoint)?.taken).map((row) => [row.id] as const))(
    'is the same over HTTP and in a message: %s',
    (id) => {
      expect(outcomes.message.get(id)).toEqual(outcomes.http.get(id));
    },
  );

  it.each(rows.map((row) => [row.id] as const))('is the same over HTTP and in an import: %s', (id) => {
    const row = rows.find((each) => each.id === id)!;
    // What history may lack is taken of it alone.
    expect(outcomes.import.get(id)).toEqual(mayLack(row) ? { taken: true, stored: undefined } : outcomes.http.get(id));
  });
});

const mayLack = ({ touchpoint, name, value }: Row): boolean =>
  value.json === undefined && !fieldsOf(touchpoint)[name]?.optional && builtIn(touchpoint)?.history?.[name]?.optional === true;

/** A mapping names no column that the file does not have. */
const namesOnly = (reading: Json | undefined, columns: readonly string[]): boolean =>
  [...JSON.stringify(reading).matchAll(/"column":"([^"]*)"/g)].every(([, column = '']) => columns.includes(column));
