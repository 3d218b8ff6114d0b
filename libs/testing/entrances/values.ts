import { userIdOf } from '@touchline/commands/user-id.js';
import type { Field, Fields, Json, JsonObject } from '@touchline/core';
import { GROUPS } from '@touchline/server/testing/group.js';

/** A value of a field, as a request or message says it and as a source of an import does: cells by the path of the field. */
export interface Value {
  /** What it is, in the name of its test. */
  what: string;
  /** Undefined where the field is left out. */
  json: Json | undefined;
  cells: Readonly<Record<string, string>>;
}

const LONG = '长';
const NEVER_SO_MANY = 60;
const SOON = '2026-06-02T02:00:00.000Z';
/** Of a list's items in one cell. */
export const SEPARATOR = '|';

const words = (list: keyof NonNullable<(typeof GROUPS)['dongfang']['words']>): readonly string[] => GROUPS.dongfang.words?.[list] ?? [];

/** The cells in which a source says what a request says; `login` names users, as their ids do over HTTP. */
export function cellsOf(path: string, { kind }: Field, json: Json): Record<string, string> {
  switch (kind.is) {
    case 'money': {
      const { amount } = json as { amount: number };
      return { [path]: (amount / 100).toFixed(2) };
    }
    case 'texts':
      return { [path]: (json as string[]).join(SEPARATOR) };
    case 'object':
      return cellsOfAll(`${path}.`, kind.form.fields, json as JsonObject);
    case 'objects':
      return cellsOfAll(`${path}.0.`, kind.form.fields, (json as JsonObject[])[0] ?? {});
    default:
      return { [path]: typeof json === 'string' ? json : JSON.stringify(json) };
  }
}

export const cellsOfAll = (prefix: string, fields: Fields, json: JsonObject): Record<string, string> =>
  Object.assign(
    {},
    ...Object.entries(fields).flatMap(([name, field]) => (json[name] === undefined ? [] : [cellsOf(prefix + name, field, json[name])])),
  ) as Record<string, string>;

/** How a mapping reads the field from those cells. */
export function readingOf(path: string, { kind }: Field): JsonObject {
  switch (kind.is) {
    case 'money':
      return { column: path, currency: 'CNY' };
    case 'instant':
      return { column: path, format: 'iso' };
    case 'texts':
      return { column: path, separator: SEPARATOR };
    case 'object':
      return { record: readingsOf(`${path}.`, kind.form.fields) };
    case 'objects':
      return { records: [readingsOf(`${path}.0.`, kind.form.fields)] };
    default:
      return { column: path };
  }
}

export const readingsOf = (prefix: string, fields: Fields): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, readingOf(prefix + name, field)]));

/** Values at the limits of a field and beyond them, of its kind and of none, and its absence. */
export function valuesOf(name: string, field: Field): Value[] {
  const value = (what: string, json: Json, cells = cellsOf(name, field, json)): Value => ({ what, json, cells });
  return [{ what: 'absent', json: undefined, cells: {} }, ...ofKind(value, name, field)];
}

function ofKind(value: (what: string, json: Json, cells?: Record<string, string>) => Value, name: string, field: Field): Value[] {
  const { kind } = field;
  const said = field.words === undefined ? undefined : words(field.words);
  switch (kind.is) {
    case 'text':
      return said === undefined
        ? [value('longest', LONG.repeat(kind.max)), value('too long', LONG.repeat(kind.max + 1))]
        : [value('word', said[0] ?? ''), value('no word', '王芳'), value('too long', LONG.repeat(kind.max + 1))];
    case 'texts': {
      const items = said ?? [LONG.repeat(kind.max)];
      return [
        value('items', items.slice(0, 1)),
        value('item too long', [LONG.repeat(kind.max + 1)]),
        value(
          'too many',
          Array.from({ length: NEVER_SO_MANY }, (_, index) => `${items[0]?.slice(0, 3)} ${index}`),
        ),
        ...(said === undefined ? [] : [value('no word', ['王芳'])]),
      ];
    }
    case 'integer':
      return [
        ...[value('least', kind.min), value('most', kind.max), value('below', kind.min - 1), value('above', kind.max + 1)],
        ...[value('a fraction', kind.min + 0.5), value('a word', 'many')],
      ];
    case 'flag':
      return [value('true', true), value('false', false), value('a word', 'perhaps')];
    case 'choice':
      return [...kind.of.map((each) => value(each, each)), value('no such choice', 'no-such-choice')];
    case 'instant':
      return [value('a time', SOON), value('a day only', 'yesterday'), value('no such day', '2026-02-30T10:00:00Z')];
    case 'money':
      return [
        ...[1, 22_680_000, 0, -1, 100_000_000_000_001].map((amount) => value(`${amount} fen`, { amount, currency: 'CNY' })),
        value('a word', 'dear', { [name]: 'dear' }),
      ];
    case 'user':
      return [
        value('somebody', userIdOf('dongfang', 'chen'), { [name]: 'chen' }),
        value('nobody', userIdOf('dongfang', 'nobody'), { [name]: 'nobody' }),
      ];
    case 'object':
      return Object.entries(kind.form.fields).flatMap(([inner, each]) =>
        valuesOf(inner, each).map((of) => {
          const json = withInner(kind.form.fields, inner, of.json);
          return value(`${inner} ${of.what}`, json);
        }),
      );
    case 'objects':
      return Object.entries(kind.form.fields).flatMap(([inner, each]) =>
        valuesOf(inner, each).map((of) => {
          const json = withInner(kind.form.fields, inner, of.json);
          return value(`${inner} ${of.what}`, [json], { ...cellsOf(name, field, [json]), ...prefixed(`${name}.0.`, of.cells) });
        }),
      );
    default:
      return [];
  }
}

const prefixed = (prefix: string, cells: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(cells).map(([path, text]) => [prefix + path, text]));

/** All that an inner form needs, with one of its values another. */
function withInner(fields: Fields, inner: string, json: Json | undefined): JsonObject {
  const whole = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fitting(field)]));
  const { [inner]: _, ...rest } = whole;
  return json === undefined ? rest : { ...rest, [inner]: json };
}

function fitting({ kind }: Field): Json {
  switch (kind.is) {
    case 'integer':
      return kind.min;
    case 'instant':
      return SOON;
    case 'money':
      return { amount: 22_680_000, currency: 'CNY' };
    default:
      throw new Error(`say what fits a field that is ${kind.is}`);
  }
}
