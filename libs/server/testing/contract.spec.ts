import { describe, expect, it } from '@jest/globals';
import { Contract } from './contract.js';

const problem = (code: string) => ({
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples: { [code]: {} } } },
});
const contract = new Contract({
  paths: {
    '/homes/{id}': {
      get: {
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Home' } } } },
          '404': problem('home.unknown'),
        },
      },
    },
    '/homes/count': {
      get: {
        responses: {
          '200': { content: { 'application/json': { schema: { type: 'integer' } } } },
          '500': { $ref: '#/components/responses/Problem500' },
        },
      },
    },
  },
  components: {
    schemas: {
      Home: {
        type: 'object',
        required: ['rooms'],
        properties: { rooms: { type: 'integer' }, soldAt: { type: ['string', 'null'], format: 'date-time' } },
      },
      Problem: { type: 'object', properties: { code: { type: 'string' } }, additionalProperties: true },
    },
    responses: { Problem500: problem('internal') },
  },
});

function differs(path: string, status: number, body: unknown): string | null {
  const type = status === 200 ? 'application/json; charset=utf-8' : 'application/problem+json';
  return contract.differs({ method: 'GET', path, status, headers: new Headers({ 'content-type': type }), text: JSON.stringify(body) });
}

describe('the contract', () => {
  it.each([
    ['/homes/h1?after=1', 200, { rooms: 3, soldAt: null }],
    ['/homes/count', 200, 3],
    ['/homes/h1', 404, { code: 'home.unknown', view: 'homes' }],
    ['/homes/count', 500, { code: 'internal' }],
    ['/nowhere', 404, { code: 'route.unknown' }],
  ])('%s may answer %i %j', (path, status, body) => {
    expect(differs(path, status, body)).toBeNull();
  });

  it.each([
    ['a count that is no whole number', '/homes/h1', 200, { rooms: 3.5 }, 'must be integer'],
    ['a day where an instant is told', '/homes/h1', 200, { rooms: 3, soldAt: '2026-03-02' }, 'date-time'],
    ['a field that nobody told of', '/homes/h1', 200, { rooms: 3, colour: 'red' }, 'additional properties'],
    ['a field that is missing', '/homes/h1', 200, {}, "required property 'rooms'"],
    ['another status', '/homes/h1', 409, { code: 'home.sold' }, '409 is not among its answers'],
    ['another code', '/homes/h1', 404, { code: 'home.sold' }, '404 never is home.sold'],
    ['the form of another route', '/homes/count', 200, { rooms: 3 }, 'must be integer'],
  ])('sees %s', (_what, path, status, body, why) => {
    expect(differs(path, status, body)).toContain(why);
  });
});
