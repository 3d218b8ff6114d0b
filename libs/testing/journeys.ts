import type { Given } from './given-when-then.js';
import type { Playbook } from '@touchline/playbooks';

// A journey as sentences about it need it: opened on 2 March 2026 at 10:00 in Shanghai by a visit that gave it an owner.

/** Instants of March 2026, UTC; a day and, if needed, a time. */
export const march = (day: number, time = '02:00'): string => `2026-03-${String(day).padStart(2, '0')}T${time}:00.000Z`;

export const opening = { siteId: 'pudong', unitId: 'east', productLine: 'kaixuan', customerId: 'c-1', ordinal: 0 };
export const about = { journey: 'j-1', site: 'pudong', customer: 'c-1' };
export const by = { channel: 'showroom', direction: 'out', responsibleId: 'li' } as const;

export const opened: Given = { type: 'journey-opened', data: opening, occurredAt: march(2), subjects: about };
export const owned: Given = {
  type: 'journey-owner-assigned',
  data: { ownerId: 'li', reason: 'first-reception' },
  occurredAt: march(2),
  subjects: about,
};
export const visited: Given = {
  type: 'visit-received',
  data: { ...by, direction: 'in', batchSize: 2, first: true, contactTaken: true },
  occurredAt: march(2),
  subjects: about,
};
export const lost = (occurredAt: string): Given => ({ type: 'journey-lost', data: { kind: 'gave-up' }, occurredAt, subjects: about });

export const yuan = (amount: number) => ({ amount: amount * 100, currency: 'CNY' });

export const quoted = (version: number, occurredAt: string): Given => ({
  type: version === 1 ? 'quote-issued' : 'quote-revised',
  data: { ...by, version, price: yuan(229_800) },
  occurredAt,
  subjects: about,
});
export const withdrawn = (version: number, occurredAt: string): Given => ({
  type: 'quote-withdrawn',
  data: { ...by, version },
  occurredAt,
  subjects: about,
});
export const signed = (number: number, occurredAt: string, settledQuote = 0): Given => ({
  type: 'contract-signed',
  data: { ...by, number, settledQuote, price: yuan(226_800) },
  occurredAt,
  subjects: about,
});
export const cancelled = (number: number, occurredAt: string): Given => ({
  type: 'contract-cancelled',
  data: { ...by, number, reason: 'loan refused' },
  occurredAt,
  subjects: about,
});
export const appointed = (contract: number, at: string, occurredAt: string): Given => ({
  type: 'handover-scheduled',
  data: { ...by, contract, at },
  occurredAt,
  subjects: about,
});
export const handedOver = (contract: number, occurredAt: string): Given => ({
  type: 'handover-completed',
  data: { ...by, contract },
  occurredAt,
  subjects: about,
});

/** Rules of the playbook and the site that decisions are made under. */
const DRIVEN = {
  type: 'object',
  properties: { minutes: { type: 'integer' }, car: { type: 'string', words: 'product' }, route: { type: 'string' } },
};

export const rules: { playbook: Playbook; zone: string } = {
  zone: 'Asia/Shanghai',
  playbook: {
    id: 'auto-test',
    version: 1,
    name: { zh: '测试', en: 'Test' },
    stages: [
      { id: 'reception', name: { zh: '接待', en: 'Reception' } },
      { id: 'test-drive', name: { zh: '试驾', en: 'Test drive' } },
      { id: 'quote', name: { zh: '报价', en: 'Quote' } },
      { id: 'order', name: { zh: '签约', en: 'Order' } },
      { id: 'delivery', name: { zh: '交车', en: 'Delivery' } },
    ],
    touchpoints: {
      'call-received': 'reception',
      'visit-received': 'reception',
      'quote-issued': 'quote',
      'quote-revised': 'quote',
      'contract-signed': 'order',
      'handover-completed': 'delivery',
    },
    declares: { 'test-drive-taken': { name: { zh: '试驾', en: 'Test drive' }, stage: 'test-drive', fields: DRIVEN } },
    attributes: [],
    reactivationDays: 180,
  },
};
