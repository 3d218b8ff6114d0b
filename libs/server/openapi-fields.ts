import type { OpenAPIObject } from '@nestjs/swagger';
import type { Schema } from './openapi-examples.js';

interface Named {
  format?: string;
  example: unknown;
}

const uuid: Named = { format: 'uuid', example: '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4' };
const instant: Named = { format: 'date-time', example: '2026-03-02T02:00:00.000Z' };
const position: Named = { example: '00000000000004d2' };
const cursor: Named = { example: 'WyIyMDI2LTAzLTAyIl0' };
const digest: Named = { example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' };

/** What a field of an answer is and looks like, by its name: one thing has one name everywhere, so this is said once. */
const NAMED: Readonly<Record<string, Named>> = {
  ...{ eventId: uuid, customerId: uuid, journeyId: uuid, complaintId: uuid, contactId: uuid, userId: uuid, ownerId: uuid, corrects: uuid },
  ...{ ownerIds: uuid, responsibleId: uuid, questionId: uuid, recordedAs: uuid, settledBy: uuid },
  // A source system says who it was in words of its own.
  ...{ recordedById: { example: 'li.na' }, by: { example: 'ops' }, id: { example: uuid.example } },
  ...{ happenedBy: instant, knownBy: instant, since: instant, standsSince: instant },
  ...{ position, head: position, next: cursor, root: digest, live: digest, built: digest, logId: uuid },
  ...{ stageId: { example: 'test-drive' }, playbookId: { example: 'auto-ssp9' } },
  ...{ siteId: { example: 'pudong' }, siteIds: { example: 'pudong' }, unitId: { example: 'shanghai' } },
  ...{ tenant: { example: 'dongfang' }, holder: { example: 'relay-1' }, prefix: { example: 'touchline' } },
  product: { example: '凯旋 2026' },
  productLine: { example: 'kaixuan' },
  media: { example: 'referral' },
  channel: { example: 'phone' },
  category: { example: 'delivery' },
  severity: { example: 'general' },
  lostKind: { example: 'competitor' },
  kind: { example: 'test-drive' },
  customerType: { example: 'person' },
  currency: { example: 'CNY' },
  formOfAddress: { example: '王女士' },
  deviations: { example: 'quote.none-standing' },
  sealed: { example: 'note' },
  field: { example: 'occurredAt' },
  columns: { example: 'touchpoints' },
  onlyLive: { example: 'visits' },
  onlyBuilt: { example: 'first_visits' },
  key: { example: 'pudong' },
  projection: { example: 'customer-status' },
  name: { example: 'customer-status' },
  schema: { example: 'customer_status_v1_2' },
  stream: { example: 'journey-dongfang.3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4' },
  type: { example: 'visit-received' },
  error: { example: 'the event has no site' },
  stack: { example: 'Error: the event has no site' },
  trouble: { example: 'no broker answers' },
  detail: { example: 'it follows the log' },
  advice: { example: 'rebuild it: POST /admin/projections/customer-status/rebuild' },
  atSiteId: { example: 'yunqili' },
  operator: { example: 'ops' },
  word: { example: 'walk-in' },
  aliases: { example: 'Walk-in' },
  zh: { example: '自然到访' },
  en: { example: 'walk-in' },
  group: { example: 'touchline.intake' },
  end: { example: '4711' },
  fault: { example: 'the database does not answer' },
  topic: { example: 'touchline.touchpoints' },
  hash: digest,
  previousHash: digest,
  token: { example: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJsaSJ9.c2lnbmF0dXJl' },
  keyId: { example: '2026-a' },
  publicKey: { example: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=' },
  signature: { example: 'c2lnbmVkIHdpdGggRWQyNTUxOQ==' },
};

const named = (name: string): Named | undefined =>
  Object.hasOwn(NAMED, name) ? NAMED[name] : /^[a-z]+([A-Z][a-z]+)*At$/.test(name) ? instant : undefined;

/** Days of a calendar, in requests as well. */
const DATES = new Set(['day', 'date', 'replaces', 'closed']);

const isOf = ({ type }: Schema, wanted: string): boolean => [type].flat().includes(wanted);

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Completes what fields say of themselves, so that clients get the right types: instants and ids their format, counts a width;
 * a fraction is declared as one, every other number is whole. Texts get an example after their name.
 */
export function completeFields(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const asked = askedFor(document, schemas);
  for (const [name, schema] of Object.entries(schemas)) complete(schema, !asked.has(name));
  for (const { name, in: place, schema } of parametersOf(document)) if (place === 'path') complete(schema, true, name);
}

const parametersOf = (document: OpenAPIObject): { name: string; in: string; schema: Schema }[] =>
  Object.values(document.paths)
    .flatMap((path) => Object.values(path as Record<string, { parameters?: { name: string; in: string; schema: Schema }[] }>))
    .flatMap(({ parameters = [] }) => parameters);

function complete(schema: Schema, isAnswer: boolean, name = ''): void {
  const known = isAnswer ? named(name) : undefined;
  if (isOf(schema, 'string') && schema.enum === undefined && known !== undefined) {
    if (known.format !== undefined) schema.format ??= known.format;
    schema.example ??= known.example;
  }
  if (isOf(schema, 'string') && DATES.has(name)) schema.format ??= 'date';
  if (schema['x-anything']) {
    delete schema.type;
    delete schema['x-anything'];
  }
  if (isOf(schema, 'number') && schema.format === undefined) schema.type = schema.type === 'number' ? 'integer' : ['integer', 'null'];
  if (isOf(schema, 'integer') && (schema.maximum ?? Infinity) > MAX_INT32) schema.format ??= 'int64';
  for (const [property, below] of Object.entries(schema.properties ?? {})) complete(below, isAnswer, property);
  if (schema.items !== undefined) complete(schema.items, isAnswer, name);
}

/** Schemas that requests are of: what their fields are is said beside each, and is the form that messages are released with. */
function askedFor(document: OpenAPIObject, schemas: Record<string, Schema>): Set<string> {
  const found = new Set<string>();
  const follow = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { $ref } = node as Schema;
    const name = $ref?.replace('#/components/schemas/', '');
    if (name !== undefined && !found.has(name)) {
      found.add(name);
      follow(schemas[name]);
    }
    Object.values(node).forEach(follow);
  };
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path as Record<string, unknown>)))
    follow((operation as { requestBody?: unknown }).requestBody);
  return found;
}
