import type { JsonObject } from '@touchline/core';
import { isErased } from '@touchline/core';
import type { ErasureReceipt } from './customer.fold.js';
import type { Person } from './person.fold.js';
import type { CopyLanguage } from './copy-labels.js';
import { labelsIn } from './copy-labels.js';

/** One thing recorded, in clear, or marked as erased. */
export interface CopiedEntry {
  eventId: string;
  type: string;
  occurredAt: string;
  recordedAt: string;
  /** The event that this one replaces (a correction). */
  corrects?: string;
  source?: { system: string; reference: string };
  data: JsonObject;
}

/** A journey, a complaint, a contact …: everything recorded on it. */
export interface CopiedRecord {
  record: string;
  id: string;
  entries: readonly CopiedEntry[];
}

/** Everything held on a person (domain §13.4): who they are, then record after record as it is read. */
export interface PersonCopy {
  customerId: string;
  takenAt: string;
  /** Set where the person was erased: then this is all there is to say. */
  erasure: ErasureReceipt | null;
  person: Person;
  records: AsyncIterable<CopiedRecord>;
}

/** The copy as one JSON document, a record at a time. */
export async function* copyAsJson({ records, ...head }: PersonCopy): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"records":[`;
  let separator = '';
  for await (const record of records) {
    yield separator + JSON.stringify(record);
    separator = ',';
  }
  yield ']}\n';
}

/** The same as a page to read and to print, in the person's language. */
export async function* copyAsPage({ records, ...head }: PersonCopy, language: CopyLanguage): AsyncGenerator<string> {
  const say = labelsIn(language);
  yield `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escape(say.title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escape(say.title)}</h1>
<p>${escape(say.takenAt)} ${escape(head.takenAt)}</p>
${head.erasure === null ? '' : `<p><strong>${escape(say.erased)} ${escape(head.erasure.erasedAt)} (${escape(head.erasure.receipt)})</strong></p>`}
<h2>${escape(say.person)}</h2>
${table(personRows(head, say), say)}
`;
  for await (const { record, id, entries } of records) {
    yield `<h2>${escape(say.record(record))}</h2><p class="id">${escape(id)}</p>\n`;
    for (const entry of entries) yield `${entryOf(entry, say)}\n`;
  }
  yield '</body></html>\n';
}

type Labels = ReturnType<typeof labelsIn>;
type Row = readonly [label: string, value: unknown];

const STYLE =
  'body{font:15px/1.6 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}' +
  'th{text-align:left;font-weight:600;padding-right:1.5em;vertical-align:top;white-space:nowrap}.id,time{color:#666;font-size:13px}';

function personRows({ customerId, person }: Omit<PersonCopy, 'records'>, say: Labels): Row[] {
  const { name, formOfAddress, identifiers, details } = person;
  const named = { customerId, name, formOfAddress, ...details };
  return [
    ...Object.entries(named).flatMap(([field, value]): Row[] => (value === undefined ? [] : [[say.field(field), value]])),
    ...identifiers.map(({ identifierType, value }): Row => [say.field(identifierType), value]),
  ];
}

function entryOf({ type, occurredAt, recordedAt, corrects, source, data, eventId }: CopiedEntry, say: Labels): string {
  const rows: Row[] = [
    ...Object.entries(data).map(([field, value]): Row => [say.field(field), value]),
    ...(corrects === undefined ? [] : [[say.field('corrects'), corrects] as const]),
    ...(source === undefined ? [] : [[say.field('source'), `${source.system}: ${source.reference}`] as const]),
  ];
  const times = `<time>${escape(occurredAt)}</time> <span class="id">${escape(say.recordedAt)} ${escape(recordedAt)} · ${escape(eventId)}</span>`;
  return `<h3>${escape(say.event(type))}</h3><p>${times}</p>${table(rows, say)}`;
}

const table = (rows: readonly Row[], say: Labels): string =>
  `<table>${rows.map(([label, value]) => `<tr><th>${escape(label)}</th><td>${escape(textOf(value, say))}</td></tr>`).join('')}</table>`;

function textOf(value: unknown, say: Labels): string {
  if (isErased(value)) return say.gone;
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? say.yes : say.no;
  if (Array.isArray(value)) return value.map((each) => textOf(each, say)).join(say.comma);
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([field, each]) => `${say.field(field)} ${textOf(each, say)}`)
      .join(say.comma);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
