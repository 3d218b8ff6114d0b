import type { JsonObject, RecordedEvent, Rejection } from '@touchline/core';
import { canonicalJson } from '@touchline/event-store';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import type { Fact, SourceJourney } from './facts.js';
import type { Fault } from './faults.js';
import type { Plan } from './plan.js';

const CHANGED = 'source.changed';

/** Says in the source's own words what the program calls by its own: columns for fields, what was before beside what is now. */
export class Labels {
  constructor(private readonly plan: Pick<Plan, 'journey' | 'facts' | 'personal' | 'mapping'>) {}

  /** Why a fact was not recorded. */
  refusal(fact: Fact, { code, field, detail }: Rejection): Fault {
    const { column, value } = field === undefined ? { column: '', value: undefined } : this.field(fact, field);
    return this.fault(fact.line, column, code, value, detail, fact.name);
  }

  /** Of the customer that a journey states. */
  customer(line: number, { code, detail }: Pick<Rejection, 'code' | 'detail'>): Fault {
    return this.fault(line, this.plan.journey.customer?.key.label ?? '', code, undefined, detail);
  }

  ambiguous({ line, name }: Fact): Fault {
    const detail = 'another record says something else under this reference; give each its own, or set occurrence: each';
    return this.fault(line, '', 'reference.not-unique', undefined, detail, name);
  }

  /** What a fact says now, and did not when it was imported: a line for each field. */
  changes(fact: Fact, before: RecordedEvent): Fault[] {
    const { fields, textFields } = before.data;
    const was: JsonObject = { ...before.data, ...(fields as JsonObject | undefined), occurredAt: before.meta.occurredAt };
    // Which of them are sealed there cannot be seen.
    const isHidden = (name: string): boolean => isSealed(was[name]) || (textFields !== undefined && was[name] === undefined);
    const { statedAt, channel, responsibleId } = fact;
    // A day's place within it follows from what else was on that day.
    const occurredAt = was['occurredAt'] === statedAt ? statedAt : fact.occurredAt;
    const is: JsonObject = { ...fact.fields, channel, responsibleId, occurredAt };
    const stored = ['channel', 'responsibleId', 'occurredAt'].filter((name) => was[name] !== undefined);
    const names = [...new Set([...Object.keys(fact.fields), ...this.fieldsOf(fact.name), ...stored])];
    const found = names.flatMap((name) => {
      const [old = null, now = null] = [was[name], is[name]];
      if (isHidden(name) || canonicalJson(old) === canonicalJson(now)) return [];
      const { column } = this.field(fact, name);
      return [this.changed(fact.line, column, textOf(now), textOf(old), fact.name)];
    });
    return found.length > 0 ? found : [this.changed(fact.line, '', undefined, undefined, fact.name)];
  }

  /** What the source says of a journey now, and did not when it was opened. */
  changesOfJourney({ line }: SourceJourney, before: JourneyOpening, now: JourneyOpening): Fault[] {
    const compared = ({ siteId, productLine, product, media, attributes = {} }: JourneyOpening): JsonObject => ({
      siteId,
      productLine,
      ...(product !== undefined && { product }),
      ...(media !== undefined && { media }),
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`attributes.${name}`, value])),
    });
    const [was, is] = [compared(before), compared(now)];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
      was[name] === is[name] ? [] : [this.changed(line, this.ofJourney(name), textOf(is[name]), textOf(was[name]))],
    );
  }

  /** Whom the journey belongs to: never shown, so only that it changed. */
  customerChanged({ line }: SourceJourney): Fault {
    return this.changed(line, this.plan.journey.customer?.key.label ?? '', undefined, undefined);
  }

  ownerChanged({ line }: SourceJourney, was: string, is: string): Fault {
    return this.changed(line, this.plan.journey.owner?.label ?? '', is, was);
  }

  private changed(line: number, column: string, value: string | undefined, before: string | undefined, fact?: string): Fault {
    const hidden = this.plan.personal.has(column) || (value === undefined && before === undefined);
    const detail = hidden ? 'imported before, and said something else then' : `imported before as ${before ?? '(no value)'}`;
    return this.fault(line, column, CHANGED, value, detail, fact);
  }

  private fault(line: number, column: string, reason: string, value: string | undefined, detail: string, fact?: string): Fault {
    const shown = value !== undefined && !this.plan.personal.has(column);
    return { line, column, reason, ...(shown && { value }), detail, ...(fact !== undefined && { fact }) };
  }

  private fieldsOf(name: string): string[] {
    return this.plan.facts.find(({ map }) => map.name === name)?.fields.map((field) => field.name) ?? [];
  }

  /** The column that a field of the command came from; fields within a field by the whole. */
  private field(fact: Fact, path: string): { column: string; value: string | undefined } {
    const plan = this.plan.facts.find(({ map }) => map.name === fact.name);
    const [, name = ''] = /^(?:fields\.)?([^.]*)/.exec(path) ?? [];
    if (name === 'attributes') return { column: this.ofJourney(path), value: undefined };
    const own = plan?.fields.find((field) => field.name === name);
    if (own !== undefined) return { column: own.label, value: textOf(fact.fields[name]) };
    switch (name) {
      case 'occurredAt':
        return { column: plan?.at.label ?? '', value: fact.occurredAt };
      case 'channel':
        return { column: plan?.channel?.label ?? '', value: fact.channel };
      case 'responsibleId':
      case 'ownerId':
        return { column: plan?.responsible?.label ?? this.plan.journey.owner?.label ?? '', value: undefined };
      default:
        return { column: this.ofJourney(name), value: undefined };
    }
  }

  private ofJourney(name: string): string {
    const { site, productLine, product, media, attributes } = this.plan.journey;
    const known: Record<string, string | undefined> = {
      siteId: site.label,
      productLine: productLine.label,
      product: product?.label,
      media: media?.label,
      customer: this.plan.journey.customer?.key.label,
      ...Object.fromEntries(attributes.map(([attribute, { label }]) => [`attributes.${attribute}`, label])),
    };
    return known[name] ?? '';
  }
}

const isSealed = (value: unknown): boolean => typeof value === 'object' && value !== null && 'sealed' in value;

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : typeof value === 'string' ? value : canonicalJson(value);
