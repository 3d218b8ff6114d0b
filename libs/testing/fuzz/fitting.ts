import fc from 'fast-check';
import type { Schema } from '@touchline/server/openapi-examples.js';
import { whole } from '@touchline/server/openapi-examples.js';
import { hostile, oneIn } from './hostile.js';

/** Values that fit what the documents say, and values that fit but for something. */
export class Grammar {
  constructor(
    private readonly schemas: Record<string, Schema>,
    /** Ids of what is really there, by the name of the field that asks for them. */
    private readonly there: Readonly<Record<string, readonly string[]>>,
    /** What everything that is there happened before. */
    private readonly now: string,
  ) {}

  fitting(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const { oneOf } = schema as { oneOf?: Schema[] };
    if (oneOf !== undefined) return fc.oneof(...oneOf.map((each) => this.fitting(each, name)));
    const { type, enum: values, minimum = 0, maximum = 1_000_000, properties, required = [], items, ...rest } = whole(schema, this.schemas);
    const known = this.there[name];
    if (values !== undefined && items === undefined) return fc.constantFrom(...values);
    switch ([type ?? (properties === undefined ? 'string' : 'object')].flat()[0]) {
      case 'object':
        return this.object(properties ?? {}, required);
      case 'array':
        return fc.array(this.fitting(items ?? {}, name), { minLength: rest.minItems ?? 0, maxLength: Math.min(rest.maxItems ?? 3, 3) });
      case 'boolean':
        return fc.boolean();
      case 'integer':
      case 'number':
        return fc.oneof(fc.integer({ min: minimum, max: Math.min(maximum, minimum + 100) }), fc.constantFrom(minimum, maximum));
      default:
        return known === undefined ? this.text(rest) : fc.constantFrom(...known);
    }
  }

  /** Fits but for one to three things. */
  spoilt(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const damage = fc.record({ at: fc.nat(), value: hostile, field: oneIn(4, hostileField) });
    return fc
      .tuple(this.fitting(schema, name), fc.array(damage, { minLength: 1, maxLength: 3 }))
      .map(([value, damages]) => damages.reduce((spoilt: unknown, { at, value: bad, field }) => replaced(spoilt, at, bad, field), value));
  }

  private object(properties: Record<string, Schema>, required: readonly string[]): fc.Arbitrary<object> {
    const fields = Object.entries(properties).map(([name, property]) => {
      const value = this.fitting(property, name);
      return fc.tuple(fc.constant(name), required.includes(name) ? value : oneIn(6, value));
    });
    return fc.tuple(...fields).map((pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== null)) as object);
  }

  private text({ format, pattern, minLength = 1, maxLength = 200, example }: Schema): fc.Arbitrary<unknown> {
    if (format === 'uuid') return fc.uuid();
    if (format === 'date-time') return mostly(this.now, fitInstant);
    if (pattern !== undefined) return mostly(example ?? 'pudong', fc.stringMatching(new RegExp(pattern)));
    const size = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 30)) };
    return mostly(example ?? '王芳', fc.string({ unit: 'grapheme', ...size }));
  }
}

const mostly = (usual: unknown, others: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });

/** Within the years that are held, mostly before the clock of the tests. */
const fitInstant = fc
  .integer({ min: Date.UTC(1900, 0) / 1000, max: Date.UTC(2026, 5) / 1000 })
  .map((seconds) => new Date(seconds * 1000).toISOString());

const hostileField = fc.constantFrom('noSuchField', '__proto__', 'constructor', 'toString', 'x'.repeat(300), 'a\0b', '\ud800', 'a.b', '');

/** The value with something else at one of its places, counted in depth; a further field there where one is named. */
function replaced(value: unknown, at: number, bad: unknown, field: string | null): unknown {
  const places = placesOf(value);
  const chosen = places[at % places.length]!;
  return rebuilt(value, [], chosen, bad, field);
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  // Only plain values and lists have places within; whatever is raw is one.
  const entries = Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value) ? Object.entries(value).slice(0, 40) : [];
  return [place, ...entries.flatMap(([key, each]) => placesOf(each, [...place, key]))].slice(0, 200);
}

function rebuilt(value: unknown, here: Place, chosen: Place, bad: unknown, field: string | null): unknown {
  if (here.length === chosen.length) {
    const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return field !== null && isPlain ? withOwn(value, field, bad) : bad;
  }
  const key = String(chosen[here.length]);
  if (Array.isArray(value))
    return value.map((each, index): unknown => (String(index) === key ? rebuilt(each, [...here, index], chosen, bad, field) : each));
  return withOwn(value as object, key, rebuilt((value as Record<string, unknown>)[key], [...here, key], chosen, bad, field));
}

/** Also a field that every object seems to have already. */
const withOwn = (value: object, name: string, inner: unknown): object =>
  Object.defineProperty<object>({ ...value }, name, { value: inner, enumerable: true, configurable: true, writable: true });
