import fc from 'fast-check';
import type { JsonObject, RecordedEvent, StageReached, StreamCategory, Subjects } from '@touchline/core';
import { asPosition, streamName } from '@touchline/core';
import { inAnotherOrder } from '@touchline/subscriptions/testing/arbitraries.js';
import { by, march, opening, yuan } from '@touchline/testing/journeys.js';

// Histories of a few journeys, complaints, contacts, customers and the group's own records as they may be recorded in any order: told late,
// corrected, out of turn, twice. What a decider would refuse live, an import may bring, so nothing is spared the views.

interface Told {
  type: string;
  data: JsonObject;
  stage?: StageReached;
}

/** One append: what one command recorded, at one instant. */
export interface Act {
  id: string;
  category: StreamCategory;
  /** Id of the stream's entity. */
  entity: string;
  minute: number;
  events: Told[];
  subjects: Subjects;
  /** The act whose last event this one corrects. */
  corrects?: string;
}

const stage = (id: string, order: number): { stage: StageReached } => ({ stage: { id, order } });
const note = (n: number): JsonObject => ({ sealed: `v1.note-${n}`, of: 'customer:c-1' });

type Teller = (n: number, flag: boolean) => Told[];

/** `n` numbers quotes and contracts, and tells people, prices and places apart. */
const journey: Record<string, Teller> = {
  opening: (n, flag) => [
    { type: 'journey-opened', data: { ...opening, ...(flag ? { media: `media-${n}` } : {}), attributes: { region: `r${n}` } } },
    { type: 'journey-owner-assigned', data: { ownerId: `u${n}`, reason: 'first-reception' } },
    { type: 'visit-received', data: { ...by, direction: 'in', batchSize: n, first: flag, contactTaken: true }, ...stage('reception', 0) },
  ],
  'call-received': (n, flag) => [
    { type: 'call-received', data: { ...by, contactTaken: flag, media: `m${n}`, note: note(n) }, ...stage('reception', 0) },
  ],
  'call-made': (_, flag) => [{ type: 'call-made', data: { ...by, reached: flag } }],
  identified: (n) => [{ type: 'journey-identified', data: { customerId: `c-${n}` } }],
  owner: (n) => [{ type: 'journey-owner-assigned', data: { ownerId: `u${n}`, reason: 'reassigned' } }],
  drive: (n) => [{ type: 'touchpoint-recorded', data: { ...by, kind: 'test-drive-taken', fields: { km: n } }, ...stage('test-drive', 1) }],
  quoted: (n, flag) => [
    { type: flag ? 'quote-issued' : 'quote-revised', data: { ...by, version: n, price: yuan(n * 1_000) }, ...stage('quote', 2) },
  ],
  withdrawn: (n, flag) => [{ type: 'quote-withdrawn', data: { ...by, ...(flag && { version: n }) } }],
  signed: (n, flag) => [
    { type: 'contract-signed', data: { ...by, number: n, settledQuote: flag ? n : 0, price: yuan(n * 900) }, ...stage('order', 3) },
  ],
  cancelled: (n) => [{ type: 'contract-cancelled', data: { ...by, number: n, reason: 'loan refused' } }],
  appointed: (n, flag) => [
    {
      type: flag ? 'handover-scheduled' : 'handover-rescheduled',
      data: { ...by, contract: n, at: march(n + 10) },
      ...stage('delivery', 4),
    },
  ],
  'handed-over': (n) => [{ type: 'handover-completed', data: { ...by, contract: n }, ...stage('delivery', 4) }],
  lost: (_, flag) => [{ type: 'journey-lost', data: { kind: flag ? 'gave-up' : 'unknown' } }],
  reactivated: () => [{ type: 'journey-reactivated', data: { cause: 'manager' } }],
};
const complaint: Record<string, Teller> = {
  received: (n, flag) => [
    { type: 'complaint-received', data: { ...by, category: flag ? 'leakage' : 'cracks', account: note(n), building: `b${n}` } },
  ],
  acknowledged: () => [{ type: 'complaint-acknowledged', data: by }],
  resolved: (n) => [{ type: 'complaint-resolved', data: { ...by, resolution: note(n), responsibility: 'ours' } }],
  closed: () => [{ type: 'complaint-closed', data: by }],
};
const contact: Record<string, Teller> = {
  recorded: (n, flag) => [{ type: 'contact-recorded', data: { ...by, kind: flag ? 'call' : 'visit', siteId: `site-${n}` } }],
  tied: (n) => [{ type: 'contact-tied', data: { customerId: `c-${n}`, journeyId: `j-${n}` } }],
  untied: (n) => [{ type: 'contact-untied', data: { customerId: `c-${n}`, journeyId: `j-${n}`, reason: note(n) } }],
};
const customer: Record<string, Teller> = {
  registered: (n, flag) => [
    { type: 'customer-registered', data: { kind: 'person', siteId: `site-${n}`, ...(flag && { name: `王${n}` }) } },
  ],
  changed: (n, flag) => [
    { type: 'customer-details-changed', data: { name: flag ? `李${n}` : null, ...(n > 1 && { formOfAddress: `女士${n}` }) } },
  ],
  identified: (n) => [{ type: 'customer-identified', data: { kind: 'phone', digest: `d${n}`, value: `+861381234567${n}` } }],
  removed: (n) => [{ type: 'customer-identifier-removed', data: { kind: 'phone', digest: `d${n}`, reason: 'changed' } }],
  withdrawn: (n) => [{ type: 'identifier-claim-withdrawn', data: { digest: `d${n}` } }],
  consented: (n, flag) => [
    { type: flag ? 'consent-given' : 'consent-withdrawn', data: { purpose: 'photos', how: 'spoken', evidence: `form ${n}` } },
  ],
  questioned: (n, flag) => [
    { type: 'identity-questioned', data: { about: flag ? 'other-name' : 'known-elsewhere', siteId: `site-${n}`, stated: note(n) } },
  ],
  settled: (n, flag) => [{ type: 'identity-settled', data: { questionId: `a${n}.0`, answer: flag ? 'same-person' : 'family' } }],
  erased: () => [{ type: 'customer-erased', data: { askedBy: 'person', reason: 'asked' } }],
};
const reveals: Record<string, Teller> = {
  revealed: (n) => [{ type: 'personal-data-revealed', data: { fields: ['name'], reason: note(n), by: `u${n}` } }],
};

const erasure: Record<string, Teller> = {
  begun: () => [{ type: 'erasure-begun', data: { askedBy: 'person', reason: 'asked' } }],
  'put-off': (n) => [{ type: 'erasure-put-off', data: { attempt: n, until: march(20 + n) } }],
  completed: () => [{ type: 'erasure-completed', data: { putOff: 0 } }],
};

const unit: Record<string, Teller> = {
  registered: (n, flag) => [{ type: flag ? 'unit-registered' : 'unit-renamed', data: { name: `单位${n}` } }],
};
const site: Record<string, Teller> = {
  opened: (n) => [
    {
      type: 'site-opened',
      data: {
        ...{ name: `案场${n}`, unitId: `unit-${n}`, zone: 'Asia/Shanghai' },
        ...{ playbook: { id: 'auto-test', version: n }, productLines: ['kaixuan'] },
      },
    },
  ],
  changed: (n, flag) => [{ type: 'site-changed', data: flag ? { name: `展厅${n}` } : { productLines: [`line-${n}`] } }],
  calendar: (n) => [{ type: 'site-calendar-set', data: { weekly: {}, closed: [`2026-10-0${n}`], makeUp: [] } }],
  closed: () => [{ type: 'site-closed', data: {} }],
};
const user: Record<string, Teller> = {
  registered: (n) => [
    { type: 'user-registered', data: { login: `u${n}`, displayName: `李${n}` } },
    { type: 'user-roles-set', data: { roles: ['consultant'], sites: [`site-${n}`] } },
  ],
  roles: (n, flag) => [{ type: 'user-roles-set', data: { roles: flag ? ['manager'] : [], sites: flag ? 'all' : [`site-${n}`] } }],
  state: (n, flag) => [{ type: flag ? 'user-deactivated' : 'user-reactivated', data: { reason: `r${n}` } }],
};
const playbook: Record<string, Teller> = {
  published: (n, flag) => [
    {
      type: 'playbook-published',
      data: { version: n, definition: { id: 'p-1', version: n, name: { zh: `册${n}`, en: flag ? 'A' : 'B' } } },
    },
  ],
};

const ENTITIES: { category: StreamCategory; entity: string; subjects: Subjects; tellers: Record<string, Teller> }[] = [
  { category: 'journey', entity: 'j-1', subjects: { journey: 'j-1', site: 'pudong', customer: 'c-1' }, tellers: journey },
  { category: 'journey', entity: 'j-2', subjects: { journey: 'j-2', site: 'pudong' }, tellers: journey },
  {
    category: 'complaint',
    entity: 'k-1',
    subjects: { complaint: 'k-1', journey: 'j-1', site: 'pudong', customer: 'c-1' },
    tellers: complaint,
  },
  { category: 'contact', entity: 't-1', subjects: { contact: 't-1', site: 'pudong' }, tellers: contact },
  { category: 'customer', entity: 'c-1', subjects: { customer: 'c-1', site: 'pudong' }, tellers: customer },
  { category: 'reveals', entity: 'c-1', subjects: { customer: 'c-1' }, tellers: reveals },
  { category: 'erasure', entity: 'c-1', subjects: { customer: 'c-1' }, tellers: erasure },
  { category: 'unit', entity: 'unit-1', subjects: {}, tellers: unit },
  { category: 'site', entity: 'site-1', subjects: { site: 'site-1' }, tellers: site },
  { category: 'user', entity: 'u1', subjects: {}, tellers: user },
  { category: 'playbook', entity: 'p-1', subjects: {}, tellers: playbook },
];

const draft = fc.constantFrom(...ENTITIES).chain(({ tellers, ...about }) =>
  fc.record({
    about: fc.constant(about),
    teller: fc.constantFrom(...Object.values(tellers)),
    n: fc.integer({ min: 1, max: 3 }),
    flag: fc.boolean(),
    /** Of the same stream's earlier acts, counted from the first. */
    correctsEarlier: fc.option(fc.nat(), { freq: 3 }),
    again: fc.record({ n: fc.integer({ min: 1, max: 3 }), flag: fc.boolean() }),
  }),
);
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

/** The same acts in two recorded orders; corrections come after what they correct, and of one event in one order. */
export const actsInTwoOrders: fc.Arbitrary<[Act[], Act[]]> = fc.array(draft, { minLength: 1, maxLength: 24 }).chain((drafts) =>
  fc
    .tuple(
      fc.shuffledSubarray(
        drafts.map((_, index) => index),
        { minLength: drafts.length },
      ),
      fc.array(fc.nat({ max: 1_000 }), { minLength: drafts.length, maxLength: drafts.length }),
    )
    .map(([minutes, ranks]): [Act[], Act[]] => {
      const acts = actsOf(drafts, minutes);
      return [acts, inAnotherOrder(acts, ranks)];
    }),
);

function actsOf(drafts: readonly Draft[], minutes: readonly number[]): Act[] {
  const acts: Act[] = [];
  const tellers = new Map<string, Teller>();
  for (const [index, { about, teller, n, flag, correctsEarlier, again }] of drafts.entries()) {
    const id = `a${index}`;
    const minute = minutes[index] ?? index;
    const earlier = acts.filter(({ category, entity }) => category === about.category && entity === about.entity);
    const corrected = correctsEarlier === null ? undefined : earlier[correctsEarlier % Math.max(1, earlier.length)];
    const told = corrected === undefined ? undefined : tellers.get(corrected.id);
    tellers.set(id, told ?? teller);
    if (corrected === undefined || told === undefined) acts.push({ ...about, id, minute, events: teller(n, flag) });
    // Only the last event of an act, the act itself, is what people get wrong.
    else acts.push({ ...about, id, minute, events: told(again.n, again.flag).slice(-1), corrects: corrected.id });
  }
  return acts;
}

/** The log that holds these acts, in the order they are given. Whatever is said of an event is the same in every order. */
export function recordActs(acts: readonly Act[]): RecordedEvent[] {
  const log: RecordedEvent[] = [];
  const heights = new Map<string, number>();
  const lastOf = new Map(acts.map(({ id, events }) => [id, `${id}.${events.length - 1}`]));
  for (const act of acts) {
    const stream = streamName(act.category, 'dongfang', act.entity);
    const corrects = act.corrects === undefined ? undefined : lastOf.get(act.corrects);
    for (const [index, { type, data, stage: reached }] of act.events.entries()) {
      const revision = heights.get(stream) ?? 0;
      heights.set(stream, revision + 1);
      const position = asPosition(String(log.length + 1).padStart(16, '0'));
      const meta = { ...metaOf(act), ...(reached && { stage: reached }), ...(corrects !== undefined && { corrects }) };
      log.push({ id: `${act.id}.${index}`, stream, revision, position, type, data, meta });
    }
  }
  return log;
}

const metaOf = ({ id, minute, subjects }: Act): RecordedEvent['meta'] => ({
  tenant: 'dongfang',
  occurredAt: new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString(),
  recordedAt: march(20),
  actor: { kind: 'user', id: `by-${id}` },
  commandId: id,
  requestHash: '',
  correlationId: id,
  causationId: id,
  schemaVersion: 1,
  subjects,
  playbook: { id: 'auto-test', version: 1 },
  previousHash: '',
  hash: '',
});
