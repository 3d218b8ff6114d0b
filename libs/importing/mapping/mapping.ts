import type { PlaybookRef, Role } from '@touchline/core';
import type { Disambiguation } from '@touchline/core/time/parse.js';
import type { CustomerRegistered } from '@touchline/touchpoints/customer/customer.events.js';
import type { ColumnRef } from '../readers/reader.js';
import type { SourceFormat } from '../readers/read-source.js';

/** How a source becomes touchpoints: the whole of a mapping file. Its form is checked by `mapping.schema.ts`. */
export interface Mapping {
  version: 1;
  /** The group it is imported into. */
  tenant: string;
  /** Name of the system it comes from; part of every event's source and of every command's identity. */
  source: string;
  file: SourceFormat;
  /** IANA zone of times that state no offset. */
  zone: string;
  /** Which instant a wall-clock time means that a change of clocks skips or repeats; default `reject`. */
  clockChange?: Disambiguation;
  /** Texts that stand for "no value", beside the empty one. */
  missing?: string[];
  /** A file beside the mapping, published if that version is not there yet, or one that is there. */
  playbook: { file: string } | PlaybookRef;
  directory?: Directory;
  joins?: Record<string, Join>;
  /** Further columns whose values no report may show. */
  personal?: ColumnRef[];
  /** What to do with a record that no fact is drawn from; default `report`. */
  unmatched?: 'report' | 'ignore';
  /** Words that the group's lists lack (media, product …): the fact is reported, the default, or they are added. */
  words?: 'report' | 'add';
  /** What tells one journey from another; its parts are joined with ":". */
  case: Value[];
  journey: JourneyMap;
  facts: FactMap[];
}

/** What is created where it is absent. Ids are slugs. */
export interface Directory {
  units?: { id: string; name: string }[];
  sites?: { id: string; name: string; unit: string; zone: string; productLines: string[] }[];
  users?: { login: string; name: string; roles: Role[]; sites: 'all' | string[] }[];
  /** A user for each record of a joined file; values are of that file's columns. */
  usersFrom?: { join: string; login: Value; name: Value; roles: Role[]; sites: 'all' | Value[] }[];
}

/** A further file, looked up by key and held in memory. */
export interface Join {
  /** Beside the source, or in the folder that `--joins` names. */
  file: string;
  format?: SourceFormat;
  /** The column of that file that is the key; each value once. */
  key: ColumnRef;
  /** What is looked up. */
  on: Value;
}

/** Where a text comes from. Exactly one of `column`, `value`, `parts`; of a field also `list`, `record` or `records`. */
export interface Value {
  column?: ColumnRef;
  /** Of the joined file of this name. */
  join?: string;
  /** The same for every record. */
  value?: string | number | boolean;
  /** Several texts in one; missing if one of them is. */
  parts?: Value[];
  separator?: string;
  /** Says it in other words; a text that is not named is reported, or kept with `otherwise: keep`. */
  map?: Record<string, string | number | boolean>;
  otherwise?: 'report' | 'keep';
  transform?: Transform;
  /** What stands where there is no value. */
  default?: string | number | boolean;
  /** Report the record where there is none. */
  required?: boolean;
  /** Further texts that stand for "no value" here, beside those of the mapping. */
  missing?: string[];
}

export const TRANSFORMS = ['trim', 'lower', 'upper', 'slug'] as const;
export type Transform = (typeof TRANSFORMS)[number];

/** How a time is written. */
export interface TimeShape {
  /** Several where a column has several: the one that fits, if they do not contradict each other. */
  format?: string | string[];
  zone?: string;
  /** First of the hundred years that years of two digits are of. */
  century?: number;
  /** Language of the months' names, beside English and Chinese. */
  locale?: string;
  /** 25:30 is half past one of the day after. */
  pastMidnight?: boolean;
}

/** A value with what its kind needs: a time its format, money its currency, a list its separator or its parts. */
export interface FieldValue extends Value, TimeShape {
  currency?: string;
  /** What separates the whole from its fraction, and groups of digits from one another; default "." and nothing. */
  decimal?: '.' | ',';
  group?: ',' | '.' | ' ' | "'";
  /** 2.298E5 is a number; not so by default, since a spreadsheet that writes so may have cut digits. */
  scientific?: boolean;
  separator?: string;
  /** A list of texts, each a value; those that are missing are left out. */
  list?: Value[];
  /** Values that belong together; `records` are several of them, those without any value left out. */
  record?: Record<string, FieldValue>;
  records?: Record<string, FieldValue>[];
}

export interface TimeValue extends Value, TimeShape {
  format: string | string[];
}

/** All must hold. */
export interface Condition {
  column: ColumnRef;
  join?: string;
  is?: string | string[];
  isNot?: string | string[];
  present?: boolean;
}

export interface CustomerMap {
  /** A telephone number, as typed; or the source's own name or number for the customer. */
  phone?: Value;
  identifier?: Value;
  name?: Value;
  /** Default `person`. */
  customerType?: CustomerRegistered['kind'];
  /** What to do without one: open the journey unidentified (domain §15), or report it. */
  whenMissing: 'unidentified' | 'report';
  /** The same where it is no telephone number, which is reported either way; default as `whenMissing` says. */
  whenInvalid?: 'unidentified' | 'report';
  /** Numbers or names that stand for nobody, as they are written where none was given. */
  placeholders?: string[];
}

export interface JourneyMap {
  /** Which record of the case states what follows; by place in the file; default the first. */
  from?: 'first' | 'last';
  site: Value;
  productLine: Value;
  /** Absent: every journey is opened unidentified. */
  customer?: CustomerMap;
  /** Login of the owner. */
  owner?: Value;
  product?: Value;
  media?: Value;
  attributes?: Record<string, Value>;
}

export const OCCURRENCES = ['reference', 'each', 'line'] as const;

export interface FactMap {
  /** Part of the fact's reference, so never change it. */
  name: string;
  /** Stored name of a built-in touchpoint, or a kind that the playbook declares. */
  touchpoint: string;
  /** Records it is drawn from: each, or the first or last of its case; default each. */
  row?: 'each' | 'first' | 'last';
  when?: Condition[];
  at: TimeValue;
  /** What tells facts of this name within a case apart: one that says something else under it was changed. */
  reference?: Value[];
  /**
   * `each`: every record is a fact of its own, and none a change of another (`line` is its older name); `reference`: one
   * for each reference, or one in all. Default: `reference` where there is one or `row` is first or last; else what a
   * record says and how often tells it apart, and one that took the place of another was changed.
   */
  occurrence?: (typeof OCCURRENCES)[number];
  /** Login of the person responsible; default the journey's owner. */
  responsible?: Value;
  channel?: Value;
  direction?: 'in' | 'out';
  /** Free text, sealed. */
  note?: Value;
  fields?: Record<string, FieldValue>;
}
