import type { JsonObject } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import { declaredTouchpoint } from '@touchline/playbooks';
import { COMPLAINT_CATEGORIES, GROUNDS, RESPONSIBILITIES, SEVERITIES } from '@touchline/touchpoints/complaint/complaint.events.js';
import { LOSS_KINDS } from '@touchline/touchpoints/journey/journey.events.js';
import type { Channel } from '@touchline/touchpoints/touchpoint.events.js';
import type { Kind } from './values/kinds.js';

/** A field a mapping may give to a touchpoint. */
export interface Field {
  kind: Kind;
  required?: true;
}

/** What a mapping may say of a touchpoint, and how it came about where it does not say. */
export interface TouchpointForm {
  channel: Channel;
  direction: 'in' | 'out';
  fields: Readonly<Record<string, Field>>;
  /** Schema of a declared touchpoint's fields. */
  schema?: JsonObject;
}

const text = (max = 200): Field => ({ kind: { kind: 'text', max } });
const integer = (min: number, max: number): Field => ({ kind: { kind: 'integer', min, max } });
const choice = (of: readonly string[]): Field => ({ kind: { kind: 'choice', of } });
const list = (max: number): Field => ({ kind: { kind: 'list', max } });
const flag: Field = { kind: { kind: 'boolean' } };
const instant: Field = { kind: { kind: 'instant' } };
const money: Field = { kind: { kind: 'money' } };
const user: Field = { kind: { kind: 'user' } };
const record = (of: Readonly<Record<string, Kind>>): Field => ({ kind: { kind: 'record', of } });
const records = (of: Readonly<Record<string, Kind>>): Field => ({ kind: { kind: 'records', of } });
const must = (field: Field): Field => ({ ...field, required: true });

const quote = { price: must(money), discount: money, product: text(), items: list(200), promises: list(200), validUntil: instant };
const DAY_SECONDS = 86_400;

const BUILT_IN = {
  'call-received': {
    channel: 'phone',
    direction: 'in',
    fields: {
      contactTaken: must(flag),
      rings: integer(0, 99),
      durationSeconds: integer(0, DAY_SECONDS),
      rolledOver: flag,
      repeatCaller: flag,
      visitInvited: flag,
      visitDeclined: flag,
      visitAt: instant,
      nextCallAt: instant,
      asked: list(60),
      campaign: text(100),
    },
  },
  'call-made': {
    channel: 'phone',
    direction: 'out',
    fields: {
      reached: must(flag),
      durationSeconds: integer(0, DAY_SECONDS),
      visitAt: instant,
      nextCallAt: instant,
      purpose: text(),
    },
  },
  'visit-received': {
    channel: 'showroom',
    direction: 'in',
    fields: {
      batchSize: must(integer(1, 99)),
      first: must(flag),
      contactTaken: must(flag),
      byAppointment: flag,
      arrivedAt: instant,
      greetedAfterSeconds: integer(0, DAY_SECONDS),
      homeDistrict: text(100),
      campaign: text(100),
      wishToBuy: flag,
      onBehalfOf: user,
      materialShown: list(200),
      risksShown: list(200),
    },
  },
  'quote-issued': { channel: 'showroom', direction: 'out', fields: quote },
  'quote-revised': { channel: 'showroom', direction: 'out', fields: quote },
  'quote-withdrawn': { channel: 'showroom', direction: 'out', fields: { reason: text() } },
  'contract-signed': {
    channel: 'showroom',
    direction: 'in',
    fields: {
      price: money,
      product: text(),
      onQuote: integer(1, 10_000),
      paymentSchedule: records({ dueAt: instant.kind, amount: money.kind }),
      termsExplained: flag,
      serviceCentreIntroduced: flag,
    },
  },
  'contract-cancelled': { channel: 'showroom', direction: 'in', fields: { reason: must(text()) } },
  'handover-scheduled': { channel: 'phone', direction: 'out', fields: { at: must(instant), reason: text(), customerToldAt: instant } },
  'handover-completed': {
    channel: 'site',
    direction: 'out',
    fields: {
      checklist: record({ passed: integer(0, 999).kind, failed: integer(0, 999).kind }),
      documents: flag,
      keys: flag,
      feesExplained: flag,
      fitOutGuidance: flag,
      complaintGuidance: flag,
      serviceContactIntroduced: flag,
      photo: flag,
    },
  },
  'journey-lost': { channel: 'other', direction: 'in', fields: { kind: must(choice(LOSS_KINDS)), to: text(), why: text() } },
  'journey-reactivated': {
    channel: 'other',
    direction: 'in',
    fields: { cause: must(choice(['recorded-in-error', 'manager'])) },
  },
  'complaint-received': {
    channel: 'hotline',
    direction: 'in',
    fields: {
      category: must(choice(COMPLAINT_CATEGORIES)),
      account: must(text(20_000)),
      wish: text(4000),
      severity: choice(SEVERITIES),
      building: text(100),
    },
  },
  'complaint-acknowledged': { channel: 'phone', direction: 'out', fields: {} },
  'complaint-resolved': {
    channel: 'phone',
    direction: 'out',
    fields: { resolution: must(text(4000)), responsibility: must(choice(RESPONSIBILITIES)), ground: choice(GROUNDS) },
  },
  'complaint-closed': { channel: 'phone', direction: 'out', fields: {} },
} as const satisfies Record<string, TouchpointForm>;

export type BuiltIn = keyof typeof BUILT_IN;
export const BUILT_INS = Object.keys(BUILT_IN) as BuiltIn[];
export const isBuiltIn = (touchpoint: string): touchpoint is BuiltIn => Object.hasOwn(BUILT_IN, touchpoint);

/** The form of a built-in touchpoint, or of one that the playbook declares; undefined where there is none. */
export function formOf(touchpoint: string, playbook: Playbook): TouchpointForm | undefined {
  if (isBuiltIn(touchpoint)) return BUILT_IN[touchpoint];
  const declared = declaredTouchpoint(playbook, touchpoint);
  if (declared === undefined) return undefined;
  const { properties = {}, required = [] } = declared.fields as { properties?: Record<string, Schema>; required?: string[] };
  const fields = Object.entries(properties).flatMap(([name, schema]) => {
    const kind = kindOfSchema(schema);
    return kind === undefined ? [] : [[name, { kind, ...(required.includes(name) && { required: true as const }) }] as const];
  });
  return { channel: 'other', direction: 'in', fields: Object.fromEntries(fields), schema: declared.fields };
}

interface Schema {
  type?: string;
  format?: string;
  items?: Schema;
}

/** Fields that are objects have no place in a flat source. What the schema asks beyond the type is checked on the whole. */
function kindOfSchema(schema: Schema): Kind | undefined {
  switch (schema.type) {
    case 'string':
      return schema.format === 'date-time' ? { kind: 'instant' } : { kind: 'text', max: 20_000 };
    case 'integer':
      return { kind: 'integer', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
    case 'number':
    case 'boolean':
      return { kind: schema.type };
    case 'array':
      return schema.items?.type === 'string' ? { kind: 'list', max: 20_000 } : undefined;
    default:
      return undefined;
  }
}
