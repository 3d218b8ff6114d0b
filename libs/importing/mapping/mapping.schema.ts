import { GROUP_ROLES } from '@touchline/core';
import { CUSTOMER_KINDS } from '@touchline/touchpoints/customer/customer.events.js';
import { ENCODINGS } from '../readers/bytes.js';
import { FORMATS } from '../readers/read-source.js';
import { OCCURRENCES, TRANSFORMS } from './mapping.js';

const closed = { type: 'object', additionalProperties: false };
const text = { type: 'string', minLength: 1, maxLength: 200 };
const slug = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{1,39}$' };
const column = { anyOf: [text, { type: 'integer', minimum: 1, maximum: 10_000 }] };
const literal = { type: ['string', 'number', 'boolean'] };
const ref = (name: string): object => ({ $ref: `#/$defs/${name}` });
const listOf = (items: object, minItems = 1): object => ({ type: 'array', minItems, maxItems: 1000, items });
const recordOf = (value: object): object => ({ type: 'object', maxProperties: 1000, additionalProperties: value });

const value = {
  column,
  join: text,
  value: literal,
  parts: listOf(ref('value')),
  separator: { type: 'string', maxLength: 10 },
  map: recordOf(literal),
  otherwise: { enum: ['report', 'keep'] },
  transform: { enum: TRANSFORMS },
  default: literal,
  required: { type: 'boolean' },
  missing: listOf({ type: 'string', maxLength: 50 }),
};
const time = {
  format: { anyOf: [text, listOf(text)] },
  zone: text,
  century: { type: 'integer', minimum: 1900, maximum: 2100 },
  locale: text,
  pastMidnight: { type: 'boolean' },
};
const oneSource = { oneOf: [{ required: ['column'] }, { required: ['value'] }, { required: ['parts'] }] };

const sourceFormat = {
  ...closed,
  required: ['format'],
  properties: {
    format: { enum: FORMATS },
    encoding: { enum: ENCODINGS },
    delimiter: { type: 'string', minLength: 1, maxLength: 5 },
    quote: { anyOf: [{ type: 'string', minLength: 1, maxLength: 1 }, { type: 'null' }] },
    escape: { type: 'string', minLength: 1, maxLength: 1 },
  },
};

const users = { roles: listOf({ enum: GROUP_ROLES }) };

/** The format of a mapping file (JSON Schema 2020-12); what spans several places of it is checked in check-mapping.ts. */
export const mappingSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://touchline.dev/schemas/import-mapping.json',
  title: 'Touchline import mapping',
  ...closed,
  required: ['version', 'tenant', 'source', 'file', 'zone', 'playbook', 'case', 'journey', 'facts'],
  properties: {
    version: { const: 1 },
    tenant: { type: 'string', pattern: '^[a-z][a-z0-9]{1,30}$' },
    source: slug,
    file: sourceFormat,
    zone: text,
    clockChange: { enum: ['reject', 'earlier', 'later'] },
    missing: listOf({ type: 'string', maxLength: 50 }),
    playbook: {
      oneOf: [
        { ...closed, required: ['file'], properties: { file: text } },
        { ...closed, required: ['id', 'version'], properties: { id: slug, version: { type: 'integer', minimum: 1 } } },
      ],
    },
    directory: {
      ...closed,
      properties: {
        units: listOf({ ...closed, required: ['id', 'name'], properties: { id: slug, name: text } }),
        sites: listOf({
          ...closed,
          required: ['id', 'name', 'unit', 'zone', 'productLines'],
          properties: { id: slug, name: text, unit: slug, zone: text, productLines: listOf(slug) },
        }),
        users: listOf({
          ...closed,
          required: ['login', 'name', 'roles', 'sites'],
          properties: { login: text, name: text, ...users, sites: { anyOf: [{ const: 'all' }, listOf(slug)] } },
        }),
        usersFrom: listOf({
          ...closed,
          required: ['join', 'login', 'name', 'roles', 'sites'],
          properties: {
            join: text,
            login: ref('value'),
            name: ref('value'),
            ...users,
            sites: { anyOf: [{ const: 'all' }, listOf(ref('value'))] },
          },
        }),
      },
    },
    joins: recordOf({
      ...closed,
      required: ['file', 'key', 'on'],
      properties: { file: text, format: sourceFormat, key: column, on: ref('value') },
    }),
    personal: listOf(column),
    unmatched: { enum: ['report', 'ignore'] },
    words: { enum: ['report', 'add'] },
    case: listOf(ref('value')),
    journey: {
      ...closed,
      required: ['site', 'productLine'],
      properties: {
        from: { enum: ['first', 'last'] },
        site: ref('value'),
        productLine: ref('value'),
        customer: {
          ...closed,
          required: ['whenMissing'],
          properties: {
            phone: ref('value'),
            identifier: ref('value'),
            name: ref('value'),
            customerType: { enum: CUSTOMER_KINDS },
            whenMissing: { enum: ['unidentified', 'report'] },
            whenInvalid: { enum: ['unidentified', 'report'] },
            placeholders: listOf(text),
          },
          oneOf: [{ required: ['phone'] }, { required: ['identifier'] }],
        },
        owner: ref('value'),
        product: ref('value'),
        media: ref('value'),
        attributes: recordOf(ref('value')),
      },
    },
    facts: listOf({
      ...closed,
      required: ['name', 'touchpoint', 'at'],
      properties: {
        name: slug,
        touchpoint: slug,
        row: { enum: ['each', 'first', 'last'] },
        when: listOf(ref('condition')),
        at: { ...closed, ...oneSource, required: ['format'], properties: { ...value, ...time } },
        reference: listOf(ref('value')),
        occurrence: { enum: OCCURRENCES },
        responsible: ref('value'),
        channel: ref('value'),
        direction: { enum: ['in', 'out'] },
        note: ref('value'),
        fields: recordOf(ref('field')),
      },
    }),
  },
  $defs: {
    value: { ...closed, ...oneSource, properties: value },
    field: {
      ...closed,
      oneOf: [...oneSource.oneOf, { required: ['list'] }, { required: ['record'] }, { required: ['records'] }],
      properties: {
        ...value,
        ...time,
        list: listOf(ref('value')),
        record: recordOf(ref('field')),
        records: listOf(recordOf(ref('field'))),
        scientific: { type: 'boolean' },
        currency: { type: 'string', pattern: '^[A-Z]{3}$' },
        decimal: { enum: ['.', ','] },
        group: { enum: [',', '.', ' ', "'"] },
      },
    },
    condition: {
      ...closed,
      required: ['column'],
      oneOf: [{ required: ['is'] }, { required: ['isNot'] }, { required: ['present'] }],
      properties: {
        column,
        join: text,
        is: { anyOf: [{ type: 'string' }, listOf({ type: 'string' })] },
        isNot: { anyOf: [{ type: 'string' }, listOf({ type: 'string' })] },
        present: { type: 'boolean' },
      },
    },
  },
};
