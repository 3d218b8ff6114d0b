import { WORD_LISTS } from '@touchline/core';
import type { JsonObject } from '@touchline/core';

/** Deepest nesting of a declared touchpoint's fields, and the size of their schema as JSON text in characters. */
export const MAX_FIELDS_DEPTH = 4;
export const MAX_FIELDS_SIZE = 16_384;
/** Longest playbook file, in characters. */
export const MAX_PLAYBOOK_SIZE = 200_000;

const slug = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{1,39}$' };
const closed = { type: 'object', additionalProperties: false };
const count = { type: 'integer', minimum: 0, maximum: 100_000 };

/**
 * The format of a playbook file (JSON Schema 2020-12); what spans several places of it is checked in check-playbook.ts.
 * A declared touchpoint's fields are themselves a JSON Schema, of a subset that always ends: no references, no patterns,
 * no conditions, and objects are closed.
 */
export const playbookSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://touchline.dev/schemas/playbook.json',
  title: 'Touchline playbook',
  ...closed,
  required: ['id', 'version', 'name', 'stages', 'touchpoints', 'reactivationDays'],
  properties: {
    id: { ...slug, description: 'Chosen once; every version of the playbook keeps it.' },
    version: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    name: { $ref: '#/$defs/bilingual' },
    stages: {
      description: 'The steps of the journey, first to last.',
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: { ...closed, required: ['id', 'name'], properties: { id: slug, name: { $ref: '#/$defs/bilingual' } } },
    },
    touchpoints: {
      description: 'The stage that each built-in touchpoint type reaches; null for none.',
      type: 'object',
      maxProperties: 200,
      propertyNames: slug,
      additionalProperties: { type: ['string', 'null'] },
    },
    declares: {
      description: 'Further touchpoint types, which need no code.',
      type: 'object',
      maxProperties: 200,
      propertyNames: slug,
      additionalProperties: {
        ...closed,
        required: ['name', 'stage', 'fields'],
        properties: {
          name: { $ref: '#/$defs/bilingual' },
          stage: { type: ['string', 'null'] },
          fields: { allOf: [{ $ref: '#/$defs/field' }, { type: 'object', properties: { type: { const: 'object' } } }] },
        },
      },
    },
    attributes: {
      description: 'Labels a journey may carry for slicing, each a word of the group’s list `label`.',
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: slug,
    },
    reactivationDays: { type: 'integer', minimum: 0, maximum: 3650 },
  },
  $defs: {
    bilingual: {
      ...closed,
      required: ['zh', 'en'],
      properties: { zh: { type: 'string', minLength: 1, maxLength: 100 }, en: { type: 'string', minLength: 1, maxLength: 100 } },
    },
    field: {
      ...closed,
      required: ['type'],
      properties: {
        type: { enum: ['string', 'integer', 'number', 'boolean', 'array', 'object'] },
        label: { $ref: '#/$defs/bilingual' },
        description: { type: 'string', maxLength: 500 },
        enum: { type: 'array', minItems: 1, maxItems: 200, uniqueItems: true, items: { type: ['string', 'number', 'boolean'] } },
        words: { description: 'The list of the group whose word the text is.', enum: [...WORD_LISTS] },
        format: { enum: ['date', 'date-time', 'time', 'duration', 'uuid'] },
        minLength: count,
        maxLength: count,
        minimum: { type: 'number' },
        maximum: { type: 'number' },
        minItems: count,
        maxItems: count,
        uniqueItems: { type: 'boolean' },
        items: { $ref: '#/$defs/field' },
        required: { type: 'array', uniqueItems: true, items: { type: 'string' } },
        additionalProperties: { const: false },
        properties: {
          type: 'object',
          maxProperties: 100,
          propertyNames: { pattern: '^[a-z][A-Za-z0-9]{0,39}$' },
          additionalProperties: { $ref: '#/$defs/field' },
        },
      },
      allOf: [
        {
          if: { properties: { type: { const: 'object' } } },
          then: { required: ['additionalProperties', 'properties'] },
        },
        { if: { properties: { type: { const: 'array' } } }, then: { required: ['items'] } },
        { if: { required: ['words'] }, then: { properties: { type: { const: 'string' } } } },
      ],
    },
  },
} as const satisfies JsonObject;
