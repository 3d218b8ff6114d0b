import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@touchline/core';
import { apartFromText, holdsText, wordPlaces } from './free-text.js';

const text = { type: 'string' };
const model = { type: 'string', words: 'product' };
const object = (properties: JsonObject): JsonObject => ({ type: 'object', additionalProperties: false, properties });
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });

describe('a declared field', () => {
  it.each<[string, JsonObject]>([
    ['a text', text],
    ['a text of at most so many characters', { type: 'string', maxLength: 1 }],
    ['a list of texts', list(text)],
    ['a text deep within', list(object({ cars: list(object({ year: { type: 'integer' }, name: text })) }))],
    ['what declares no type', {}],
  ])('that is %s may hold any text', (_, schema) => {
    expect(holdsText(schema)).toBe(true);
  });

  it.each<[string, JsonObject]>([
    ['a choice', { type: 'string', enum: ['family', 'business'] }],
    ['a day', { type: 'string', format: 'date' }],
    ['a word of the group', model],
    ['a list of such words', list(model)],
    ['a number', { type: 'integer' }],
    ['yes or no', { type: 'boolean' }],
    ['an object of such', object({ model, budget: { type: 'number' } })],
  ])('that is %s holds none', (_, schema) => {
    expect(holdsText(schema)).toBe(false);
  });
});

describe('the fields of a declared touchpoint', () => {
  const schema = object({
    model,
    minutes: { type: 'integer' },
    trade: object({ model: text, km: { type: 'integer' } }),
    remarks: list(text),
  });

  it('are those in clear, and those that may hold any text, each whole', () => {
    const trade = { model: 'Golf', km: 90_000 };
    expect(apartFromText(schema, { model: 'EV', minutes: 18, trade, remarks: ['王芳'] })).toEqual({
      fields: { model: 'EV', minutes: 18 },
      textFields: { trade, remarks: ['王芳'] },
    });
  });

  it('of a name that is not declared are kept as text', () => {
    expect(apartFromText(schema, { constructor: '王芳' })).toEqual({ fields: {}, textFields: { constructor: '王芳' } });
  });

  it('say where words of the group stand', () => {
    const shown = object({ model, models: list(model), cars: list(object({ model, km: { type: 'integer' } })) });
    expect(wordPlaces(shown, { model: 'a', models: ['b', 'c'], cars: [{ km: 1 }, { model: 'd' }] }, 'fields')).toEqual(
      ['fields.model', 'fields.models.0', 'fields.models.1', 'fields.cars.1.model'].map((path) => ({ path, list: 'product' })),
    );
  });
});
