import { oneLine, severalLines } from '@touchline/core';
import type { Json, JsonObject } from '@touchline/core';
import type { TimeRead } from '@touchline/core/time/parse.js';
import { fieldRules } from '@touchline/playbooks';
import { CHANNELS } from '@touchline/touchpoints/touchpoint.events.js';
import type { Case, Fact, SourceJourney } from './facts.js';
import type { Fault } from './faults.js';
import { inOrder } from './fact-order.js';
import type { FactPlan, Plan, ReadField, ReadText } from './plan.js';
import type { FactMap } from './mapping/mapping.js';
import type { Row } from './readers/reader.js';
import type { ValueFault } from './values/read-value.js';

const MAX_NOTE = 4000;
const MAX_LABEL = 200;

/** What the records of one case, in the order of the file, come to. Pure; nothing is guessed and nothing left out unsaid. */
export function readCase(plan: Plan, key: string, rows: readonly Row[]): Case {
  const faults: Fault[] = [];
  const stated = plan.mapping.journey.from === 'last' ? rows.at(-1) : rows[0];
  const journey = stated === undefined ? null : readJourney(plan, stated, faults);
  // Of a journey that is not described no fact is kept, so nobody is missed for one.
  const ownerId = journey === null ? '' : journey.ownerId;
  const byRow = rows.map((row, index) => drawFacts(plan, row, { first: index === 0, last: index === rows.length - 1, ownerId }, faults));
  const drawn = byRow.flat();
  const counts = { key, rows: rows.length, rowsWithoutFact: byRow.filter(({ length }) => length === 0).length };
  const { facts, tooEarly } = inOrder(drawn.flatMap((read) => (read === null ? [] : [read])));
  if (journey !== null)
    return {
      ...counts,
      journey,
      facts,
      faults: [...faults, ...tooEarly.map((fact) => lostBefore(plan, fact))],
      reported: drawn.length - facts.length,
    };
  const told = new Set(faults.map((fault) => fault.line));
  for (const { line } of [...facts, ...tooEarly]) {
    if (told.has(line)) continue;
    told.add(line);
    faults.push({ line, column: '', reason: 'journey.not-described', detail: `see line ${stated?.line ?? 0}` });
  }
  return { ...counts, journey: null, facts: [], faults, reported: drawn.length };
}

function lostBefore(plan: Plan, { name, line, statedAt }: Fact): Fault {
  const column = plan.facts.find(({ map }) => map.name === name)?.at.label ?? '';
  return {
    line,
    column,
    reason: 'journey.out-of-order',
    value: statedAt,
    detail: 'it was lost before all else that is said of it',
    fact: name,
  };
}

/** Null for each fact that could not be read. */
function drawFacts(
  plan: Plan,
  row: Row,
  at: { first: boolean; last: boolean; ownerId: string | undefined },
  faults: Fault[],
): (Fact | null)[] {
  const drawn: (Fact | null)[] = [];
  for (const fact of plan.facts) {
    const { row: which = 'each' } = fact.map;
    if ((which === 'each' || at[which]) && fact.applies(row)) drawn.push(readFact(plan, fact, row, at.ownerId, faults));
  }
  const wanted = plan.mapping.unmatched !== 'ignore' && plan.facts.some(({ map }) => (map.row ?? 'each') === 'each');
  if (drawn.length === 0 && wanted)
    faults.push({ line: row.line, column: '', reason: 'record.no-fact', detail: 'no fact of the mapping applies to it' });
  return drawn;
}

/** Reads values off one record and notes each fault. */
class Reading {
  failed = false;

  constructor(
    private readonly plan: Plan,
    private readonly row: Row,
    private readonly faults: Fault[],
    private readonly fact?: string,
  ) {}

  text(value: ReadText | undefined, max = MAX_LABEL): string | undefined {
    return this.read(value, max, max > MAX_LABEL ? severalLines : oneLine);
  }

  /** What a fact is named by for ever stays as the source has it. */
  key(value: ReadText | undefined): string | undefined {
    return this.read(value, MAX_LABEL, (text) => text.trim());
  }

  private read(value: ReadText | undefined, max: number, taken: (text: string) => string): string | undefined {
    const result = value?.read(this.row);
    if (result?.fault !== undefined) this.fault(result.fault);
    const found = result?.fault === undefined ? result?.value : undefined;
    const text = typeof found === 'string' ? taken(found) : undefined;
    if (text !== undefined && text.length > max)
      this.fault({ column: value?.label ?? '', reason: 'value.too-long', detail: `at most ${max} characters` });
    return text;
  }

  field(field: ReadField): { json?: Json; time?: TimeRead } {
    const found = field.read(this.row);
    if (found.fault === undefined) return found;
    this.fault(found.fault);
    return {};
  }

  fault({ column, reason, raw, detail }: ValueFault): void {
    this.failed = true;
    const hidden = raw === undefined || this.plan.personal.has(column);
    this.faults.push({
      line: this.row.line,
      column,
      reason,
      ...(!hidden && { value: raw }),
      ...(detail !== undefined && { detail }),
      ...(this.fact !== undefined && { fact: this.fact }),
    });
  }
}

function readJourney(plan: Plan, row: Row, faults: Fault[]): SourceJourney | null {
  const { journey } = plan;
  const reading = new Reading(plan, row, faults);
  const siteId = reading.text(journey.site);
  const productLine = reading.text(journey.productLine);
  const owner = reading.text(journey.owner);
  const product = reading.text(journey.product);
  const media = reading.text(journey.media);
  const customerKey = reading.text(journey.customer?.key);
  const name = customerKey === undefined ? undefined : reading.text(journey.customer?.name);
  const attributes: Record<string, string> = {};
  for (const [attribute, read] of journey.attributes) {
    const text = reading.text(read);
    if (text !== undefined) attributes[attribute] = text;
  }
  if (reading.failed || siteId === undefined || productLine === undefined) return null;
  const by = plan.mapping.journey.customer?.phone === undefined ? 'identifier' : 'phone';
  return {
    line: row.line,
    siteId,
    productLine,
    attributes,
    ...(customerKey !== undefined && { customer: { [by]: customerKey, ...(name !== undefined && { name }) } }),
    ...(owner !== undefined && { ownerId: plan.userId(owner) }),
    ...(product !== undefined && { product }),
    ...(media !== undefined && { media }),
  };
}

/** By what the mapping says, a case has no more than one of it: with a reference of its own, or of its first or last record. */
const standsOnce = ({ reference, occurrence, row = 'each' }: FactMap): boolean =>
  occurrence === 'reference' || (occurrence === undefined && (reference !== undefined || row !== 'each'));

function readFact(plan: Plan, fact: FactPlan, row: Row, ownerId: string | undefined, faults: Fault[]): Fact | null {
  const { map, form } = fact;
  const reading = new Reading(plan, row, faults, map.name);
  const { json: at, time } = reading.field(fact.at);
  const own = reading.key(fact.reference);
  const responsible = reading.text(fact.responsible);
  const responsibleId = responsible === undefined ? ownerId : plan.userId(responsible);
  const channel = reading.text(fact.channel) ?? form.channel;
  const note = reading.text(fact.note, MAX_NOTE);
  if (!(CHANNELS as readonly string[]).includes(channel))
    reading.fault({
      column: fact.channel?.label ?? '',
      reason: 'value.not-allowed',
      raw: channel,
      detail: `a channel is one of ${CHANNELS.join(', ')}`,
    });
  if (responsibleId === undefined && !reading.failed)
    reading.fault({
      column: fact.responsible?.label ?? '',
      reason: 'responsible.missing',
      detail: 'neither the fact nor the journey names anybody',
    });
  const fields: JsonObject = {};
  for (const field of fact.fields) {
    const { json } = reading.field(field);
    if (json !== undefined) fields[field.name] = json;
  }
  if (form.schema !== undefined && !reading.failed)
    for (const fault of fieldRules.faults(form.schema, fields))
      reading.fault({ column: '', reason: `field.${fault.rule}`, detail: `${fault.path.slice(1)} ${fault.detail}` });
  if (reading.failed || typeof at !== 'string' || responsibleId === undefined) return null;
  return {
    name: map.name,
    line: row.line,
    ...(standsOnce(map) && { reference: own ?? '' }),
    each: map.occurrence === 'each' || map.occurrence === 'line',
    touchpoint: map.touchpoint,
    statedAt: at,
    occurredAt: at,
    ...(time?.until !== undefined && { precision: 'day' as const, until: time.until }),
    ...(time?.day !== undefined && { dayOfMonth: time.day }),
    channel,
    direction: map.direction ?? form.direction,
    responsibleId,
    ...(note !== undefined && { note }),
    fields,
  };
}
