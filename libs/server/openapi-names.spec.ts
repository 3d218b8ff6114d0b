import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { apiControllers } from './features.js';
import type { Schema } from './openapi-examples.js';

// One thing has one name, an instant and an id say that they are one, and a number says in its name what it counts in (ADR 0050).

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
}
interface Operation {
  operationId: string;
  tags: string[];
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** A named value: a field of a request or of an answer, or a parameter. `of` is its schema or operation. */
interface Named {
  name: string;
  of: string;
  schema: Schema;
}

const listed = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/).filter((name) => name !== ''));

const INSTANT = /(^a|[a-z]A)t$|From$|To$|^(happened|known)By$|^since$|Since$|Until$/;
const IDS = listed('corrects onBehalfOf recordedAs receipt settledBy ownerIds');
/** Chosen by an administrator, by a playbook or made of a key. */
const NAMES_FOR_IDS = listed('siteId atSiteId unitId playbookId stageId reachedStageId keyId recordedById');

const UNITS = /(^s|S)econds$|Hours$|PerSecond$|(^a|A)mount$|Rate$/;
/** How many there are of something, or which of them it is. */
const COUNTS = listed(`
  total byTotal changesTotal furtherErrors count events done rows streams members waiting attempts treeSize limit slices
  open lost bought won closed opportunities journeys contracts touchpoints identifiers entered converted dropped inside takenBack
  potential trial intending committed formal prospect owner
  calls callsKept visits firstVisits firstVisitsKept people unidentified batchSize rings passed failed
  live built changed missing added differing
  number settledQuote contract version versions revision order stageOrder build onQuote partition from to status below`);

describe('the names of the OpenAPI document', () => {
  let document: Document;
  let operations: Operation[] = [];
  let all: Named[] = [];

  beforeAll(async () => {
    document = JSON.parse(await readFile('docs/openapi.json', 'utf8')) as Document;
    operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const fields = Object.entries(document.components.schemas).flatMap(([of, schema]) => fieldsOf(schema, of));
    const parameters = operations.flatMap(({ operationId: of, parameters: has = [] }) =>
      has.flatMap(({ name, in: place, schema }) => (place === 'header' ? [] : [{ name, of, schema }])),
    );
    all = [...fields, ...parameters];
  });

  const told = (found: readonly Named[]): string[] => found.map(({ of, name }) => `${of}.${name}`);

  it('give every instant its format', () => {
    const instants = all.filter(({ name, schema }) => INSTANT.test(name) && isOf(schema, 'string'));
    expect(instants.length).toBeGreaterThan(100);
    // A question is asked as known by an instant or by a position of the log, which no format says.
    const isEither = ({ name, of }: Named): boolean => name === 'knownBy' && of.includes('_');
    expect(told(instants.filter((each) => formatOf(each.schema) !== 'date-time' && !isEither(each)))).toEqual([]);
    expect(told(all.filter(({ name, schema }) => formatOf(schema) === 'date-time' && !INSTANT.test(name)))).toEqual([]);
  });

  it('give every day its format', () => {
    const days = all.filter(({ name, schema }) => /^(day|date|replaces|closed)$/.test(name) && isOf(schema, 'string'));
    expect(told(days.filter(({ schema }) => formatOf(schema) !== 'date'))).toEqual([]);
    expect(days.length).toBeGreaterThan(3);
  });

  it('give every id its format, and no other', () => {
    const isId = ({ name, of, schema }: Named): boolean =>
      isOf(schema, 'string') &&
      (IDS.has(name) || (/Ids?$/.test(name) && !NAMES_FOR_IDS.has(name.replace(/Ids$/, 'Id')) && !orNone(name, of)));
    // Journeys of which it is not known are asked for by the empty text.
    const orNone = (name: string, of: string): boolean => of.startsWith('JourneyStages_') && ['ownerId', 'customerId'].includes(name);
    const ids = all.filter(isId);
    expect(ids.length).toBeGreaterThan(100);
    expect(told(ids.filter(({ schema }) => formatOf(schema) !== 'uuid'))).toEqual([]);
    const others = all.filter((each) => formatOf(each.schema) === 'uuid' && !isId(each));
    expect(told(others)).toEqual(['FailedEventShown.id']);
  });

  it('say of every number in what it is, but of a count or an ordinal', () => {
    const numbers = all.filter(({ schema }) => isOf(schema, 'integer') || isOf(schema, 'number'));
    expect(told(numbers.filter(({ name }) => !UNITS.test(name) && !COUNTS.has(name)))).toEqual([]);
    const used = new Set(numbers.map(({ name }) => name));
    expect([...COUNTS].filter((name) => !used.has(name))).toEqual([]);
  });

  it('have one meaning for `kind`: what kind of its type a touchpoint is', () => {
    const others = all.filter(({ name, of }) => name === 'kind' && !of.endsWith('Entry'));
    expect(told(others).sort()).toEqual(['JourneyLostDto.kind', 'TouchpointRecordedDto.kind']);
  });

  it('tell what is in every object', () => {
    const isBare = ({ type, properties, additionalProperties, $ref, oneOf, anyOf, allOf }: Schema): boolean =>
      [type].flat().includes('object') && [properties, additionalProperties, $ref, oneOf, anyOf, allOf].every((each) => each === undefined);
    expect(told(all.filter(({ schema }) => isBare(schema) || (schema.items !== undefined && isBare(schema.items))))).toEqual([]);
  });

  it('tell the details of every type of touchpoint apart', () => {
    const { oneOf = [], discriminator } = document.components.schemas['TimelinePageShown']?.properties?.['items']?.items ?? {};
    const types = storedEvents.flatMap(({ type, touchpoint }) => (touchpoint ? [type] : []));
    expect(Object.keys(discriminator?.mapping ?? {}).sort()).toEqual([...types].sort());
    const detailsOf = ({ $ref = '' }: Schema): string | undefined =>
      document.components.schemas[$ref.split('/').at(-1) ?? '']?.properties?.['details']?.$ref;
    expect(new Set(oneOf.map(detailsOf)).size).toBe(types.length);
    expect(oneOf.map(detailsOf)).not.toContain(undefined);
  });

  it('are of one controller and one tag, where operations begin alike', () => {
    const names = apiControllers().map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const tags = new Map<string, Set<string>>();
    for (const { operationId, tags: of } of operations) {
      const [prefix = ''] = operationId.split('_');
      tags.set(prefix, new Set([...(tags.get(prefix) ?? []), ...of]));
    }
    expect([...tags].filter(([, of]) => of.size > 1)).toEqual([]);
  });

  describe('of filters', () => {
    /** What says which part of an answer is wanted, and how it is put. */
    const NO_FILTER = listed(
      'after cursor limit order sort by slices events eventsAfter happenedBy knownBy q reason format language below build',
    );
    /** An answer that counts what another operation lists. */
    const COUNTS_WHAT: Readonly<Record<string, string>> = {
      CustomerStatus_counts: 'CustomerStatus_list',
      JourneyStages_funnel: 'JourneyStages_journey',
      JourneyStages_list: 'JourneyStages_journey',
      JourneyStages_journeys: 'JourneyStages_journey',
      CustomerTimeline_complaint: 'CustomerTimeline_ofCustomer',
      Traffic_traffic: 'CustomerTimeline_ofCustomer',
    };
    /** Named after a field in another way, with the field. */
    const NAMED_ELSE: Readonly<Record<string, string>> = {
      attribute: 'attributes',
      monthOpened: 'openedAt',
      monthClosed: 'closedAt',
      reachedStageId: 'stagesId',
      outcome: 'stagesOutcome',
      // Of a customer: one of several.
      ownerId: 'ownerIds',
      siteId: 'siteIds',
    };
    /** A filter on what an answer does not tell: units of a customer's journeys; the sites of a user. */
    const NOT_TOLD = listed('CustomerStatus_list.unitId CustomerStatus_counts.unitId GroupDirectory_users.siteId');

    /** The name of a field, and that with what it is in: `contract.price.currency` is `currency`, `priceCurrency` and so on. */
    function namesIn(schema: Schema | undefined, path: readonly string[] = []): string[] {
      if (schema === undefined || path.length > 6) return [];
      const whole = resolved(schema);
      const below = Object.entries(whole.properties ?? {}).flatMap(([name, each]) => [
        ...path.map((_, index) => camel([...path.slice(index), name])),
        name,
        ...namesIn(each, [...path, name]),
      ]);
      return [...below, ...[whole.items, ...(whole.anyOf ?? []), ...(whole.oneOf ?? [])].flatMap((each) => namesIn(each, path))];
    }

    const resolved = (schema: Schema): Schema =>
      schema.$ref === undefined ? schema : (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    const camel = ([first = '', ...rest]: readonly string[]): string =>
      first + rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');

    const fieldsOfAnswer = (id: string): Set<string> => {
      const operation = operations.find(({ operationId }) => operationId === id);
      const media = Object.values(operation?.responses['200']?.content ?? {});
      return new Set(media.flatMap(({ schema }) => namesIn(schema)));
    };

    it('are those of the fields they filter by', () => {
      const unlike = operations.flatMap(({ operationId, parameters = [] }) => {
        const filters = parameters.filter(({ in: place, name }) => place === 'query' && !NO_FILTER.has(name));
        if (filters.length === 0) return [];
        const fields = new Set([operationId, COUNTS_WHAT[operationId]].flatMap((id) => (id === undefined ? [] : [...fieldsOfAnswer(id)])));
        const has = (name: string): boolean =>
          fields.has(name) || fields.has(name.replace(/(From|To)$/, 'At')) || fields.has(NAMED_ELSE[name] ?? name);
        return filters.flatMap(({ name }) => (has(name) || NOT_TOLD.has(`${operationId}.${name}`) ? [] : [`${operationId}.${name}`]));
      });
      expect(unlike).toEqual([]);
    });
  });
});

function fieldsOf(schema: Schema, of: string): Named[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [{ name, of, schema: each }, ...fieldsOf(each, of)]);
  const below = [schema.items, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [...own, ...below.flatMap((each) => (each === undefined ? [] : fieldsOf(each, of)))];
}

const isOf = ({ type, items }: Schema, wanted: string): boolean =>
  [type].flat().includes(wanted) || (items !== undefined && [items.type].flat().includes(wanted));

const formatOf = ({ format, items }: Schema): string | undefined => format ?? items?.format;
