import type { SiteScope } from './caller.js';
import type { Json, JsonObject } from './json.js';
import type { Money } from './money.js';
import type { WordList } from './words.js';

// What a field is, said once beside the event or command that has it. The request's form, the fields of an import, what is sealed,
// what is told on topics and what a screen or a copy calls it follow from this.

/** What a field holds. Instants are ISO 8601 in UTC, money is minor units and a currency (ADR 0026). */
export type FieldKind =
  | { is: 'text'; min: number; max: number; pattern?: RegExp }
  /** Lower-case name chosen by an administrator: site, unit, playbook, product line. */
  | { is: 'slug' }
  | { is: 'id' }
  /** Id of somebody whom the group knows; it is looked up. */
  | { is: 'user' }
  | { is: 'integer'; min: number; max: number }
  | { is: 'flag' }
  | { is: 'choice'; of: readonly string[] }
  | { is: 'choices'; of: readonly string[]; minItems: number }
  | { is: 'instant' }
  | { is: 'money' }
  | { is: 'texts'; max: number; maxItems: number; pattern?: RegExp }
  /** Where somebody may act: ids of sites, each once, or the word `all`. */
  | { is: 'sites' }
  | { is: 'object'; form: Form }
  | { is: 'objects'; form: Form; minItems: number; maxItems: number }
  /** A map whose meaning is checked further on: what a playbook declares. */
  | { is: 'map'; mayBeEmpty?: true };

export interface FieldOptions {
  optional?: true;
  /** Null says that there is nothing, as absent says nothing. */
  nullable?: true;
  /** What a caller of the API reads. */
  description?: string;
  example?: Json;
  /** In Chinese and in English. */
  label?: readonly [zh: string, en: string];
  /** Sealed with the key of the person it is about (ADR 0008). */
  sealed?: true;
  /** Holds a word of a list of the group's, a list of such words, or one under each of its names (domain §13.1). */
  words?: WordList;
  /** Stands in messages on topics, there with this description. */
  told?: true | string;
  /** These other fields say the same in another way, and are absent beside it. */
  notBeside?: readonly string[];
  /** A rule of its form that its kind does not tell; the message may name `$property`. */
  check?: { name: string; valid: (value: unknown) => boolean; message: string };
}

/** `T` is what it holds. */
export interface Field<T = unknown, Optional extends boolean = boolean> extends Omit<FieldOptions, 'optional'> {
  kind: FieldKind;
  optional: Optional;
  readonly holds?: T;
}

export type Fields = Readonly<Record<string, Field>>;

/** Fields of a request, under the name that the OpenAPI document gives them. */
export interface Form<F extends Fields = Fields> {
  name: string;
  fields: F;
}

/** A name that an administrator chooses. */
export const SLUG = /^[a-z0-9][a-z0-9-]{1,39}$/;

export const form = <F extends Fields>(name: string, fields: F): Form<F> => ({ name, fields });

type Holds<F> = F extends Field<infer T> ? T : never;
type NamesOf<F, Optional extends boolean> = { [K in keyof F]: F[K] extends Field<unknown, Optional> ? K : never }[keyof F];

/** The data that fields hold. */
export type DataOf<F> = { [K in NamesOf<F, false>]: Holds<F[K]> } & { [K in NamesOf<F, true>]?: Holds<F[K]> };

type OptionalIn<O> = O extends { optional: true } ? true : false;
type NullIn<O> = O extends { nullable: true } ? null : never;
type Made<T, O> = Field<T | NullIn<O>, OptionalIn<O>>;

function made<T, O extends FieldOptions>(kind: FieldKind, { optional, ...options }: FieldOptions): Made<T, O> {
  return { ...options, kind, optional: (optional ?? false) as OptionalIn<O> };
}

/** Longest where nothing else is said, characters. */
const MAX_TEXT = 200;

interface TextOptions extends FieldOptions {
  min?: number;
  max?: number;
  pattern?: RegExp;
}

/** Text of `min`…`max` characters: a short one is a line, a long one keeps its lines, one of a pattern is taken as given. */
export function text<const O extends TextOptions>(options: O = {} as O): Made<string, O> {
  const { min = 1, max = MAX_TEXT, pattern, ...rest } = options;
  return made({ is: 'text', min, max, ...(pattern && { pattern }) }, rest as FieldOptions);
}

export const slug = <const O extends FieldOptions>(options: O = {} as O): Made<string, O> => made({ is: 'slug' }, options);
export const id = <const O extends FieldOptions>(options: O = {} as O): Made<string, O> => made({ is: 'id' }, options);
export const user = <const O extends FieldOptions>(options: O = {} as O): Made<string, O> => made({ is: 'user' }, options);
export const flag = <const O extends FieldOptions>(options: O = {} as O): Made<boolean, O> => made({ is: 'flag' }, options);
export const instant = <const O extends FieldOptions>(options: O = {} as O): Made<string, O> => made({ is: 'instant' }, options);
export const money = <const O extends FieldOptions>(options: O = {} as O): Made<Money, O> => made({ is: 'money' }, options);

export function integer<const O extends FieldOptions & { min?: number; max?: number }>(options: O = {} as O): Made<number, O> {
  const { min = 0, max = 1_000_000, ...rest } = options;
  return made({ is: 'integer', min, max }, rest as FieldOptions);
}

export const choice = <const T extends string, const O extends FieldOptions>(of: readonly T[], options: O = {} as O): Made<T, O> =>
  made({ is: 'choice', of }, options);

export function choices<const T extends string, const O extends FieldOptions & { minItems?: number }>(
  of: readonly T[],
  options: O = {} as O,
): Made<T[], O> {
  const { minItems = 1, ...rest } = options;
  return made({ is: 'choices', of, minItems }, rest as FieldOptions);
}

interface TextsOptions extends FieldOptions {
  max?: number;
  maxItems?: number;
  /** Of each of them. */
  pattern?: RegExp;
}

export function texts<const O extends TextsOptions>(options: O = {} as O): Made<string[], O> {
  const { max = MAX_TEXT, maxItems = 50, pattern, ...rest } = options;
  return made({ is: 'texts', max, maxItems, ...(pattern && { pattern }) }, rest as FieldOptions);
}

export const sites = <const O extends FieldOptions>(options: O = {} as O): Made<SiteScope, O> => made({ is: 'sites' }, options);

export const object = <F extends Fields, const O extends FieldOptions>(of: Form<F>, options: O = {} as O): Made<DataOf<F>, O> =>
  made({ is: 'object', form: of }, options);

export function objects<F extends Fields, const O extends FieldOptions & { minItems?: number; maxItems?: number }>(
  of: Form<F>,
  options: O = {} as O,
): Made<DataOf<F>[], O> {
  const { minItems = 0, maxItems = 50, ...rest } = options;
  return made({ is: 'objects', form: of, minItems, maxItems }, rest as FieldOptions);
}

export const map = <const O extends FieldOptions & { mayBeEmpty?: true }>(options: O = {} as O): Made<JsonObject, O> => {
  const { mayBeEmpty, ...rest } = options;
  return made({ is: 'map', ...(mayBeEmpty && { mayBeEmpty }) }, rest as FieldOptions);
};

export const mapOfTexts = <const O extends FieldOptions>(options: O = {} as O): Made<Record<string, string>, O> =>
  made({ is: 'map' }, options);

export const optional = <T>(field: Field<T>): Field<T, true> => ({ ...field, optional: true });
export const required = <T>(field: Field<T>): Field<T, false> => ({ ...field, optional: false });

export const nullable = <T, Optional extends boolean>(field: Field<T, Optional>): Field<T | null, Optional> => ({
  ...field,
  nullable: true,
});

type AllOptional<F extends Fields> = { [K in keyof F]: Field<Holds<F[K]>, true> };
/** The same fields, of which none need be given. */
export const optionalAll = <F extends Fields>(fields: F): AllOptional<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, optional(field)])) as AllOptional<F>;

/** The fields of the names that have a value in `from`, in the order of the fields and in their form alone. */
export function dataOf<F extends Fields>(fields: F, from: object): DataOf<F> {
  const given = from as Readonly<Record<string, unknown>>;
  const data: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = given[name];
    if (value !== undefined) data[name] = plain(fields[name]!.kind, value);
  }
  return data as DataOf<F>;
}

function plain(kind: FieldKind, value: unknown): unknown {
  if (value === null) return value;
  switch (kind.is) {
    case 'money': {
      const { amount, currency } = value as Money;
      return { amount, currency };
    }
    case 'object':
      return dataOf(kind.form.fields, value as object);
    case 'objects':
      return (value as object[]).map((each) => dataOf(kind.form.fields, each));
    default:
      return value;
  }
}

/** The names of the fields of which `holds` is true. */
export const namesWhere = (fields: Fields, holds: (field: Field) => boolean): string[] =>
  Object.entries(fields).flatMap(([name, field]) => (holds(field) ? [name] : []));
