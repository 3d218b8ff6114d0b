import type { RecordedAnswer } from '@touchline/http';
import { visited } from './look.js';
import type { Client, TestApi } from './use-api.js';

/** Something that is read, and a command that changes it, another one each time. */
export interface Readable {
  what: string;
  read: (after: RecordedAnswer | undefined) => Promise<unknown>;
  /** By whoever may. */
  change: (revision: unknown) => Promise<{ status: number; body: RecordedAnswer & { code?: string } }>;
}

interface Shown {
  items: { revision: number; [field: string]: unknown }[];
}

const BIKES = (version: number): string =>
  `{ id: tandems, version: ${version}, name: { zh: 双人车, en: Tandems }, reactivationDays: 9, stages: [{ id: hello, name: { zh: 接待, en: Hello } }], touchpoints: {} }`;

/** Everything that a command may change and a read shows, each of its own. */
export async function readables(api: TestApi): Promise<{ all: Readable[]; last: RecordedAnswer }> {
  const [li, he, admin] = [await api.as('li'), await api.as('he'), await api.as('admin')];
  let times = 0;
  const next = (): number => (times += 1);
  const changing =
    (client: Client, path: string, body: () => object): Readable['change'] =>
    (revision) =>
      client.post(path, body(), { 'if-match': `"${String(revision)}"` });
  const one = (client: Client, path: string, field?: string) => async (after: RecordedAnswer | undefined) => {
    const shown = await client.ask<Record<string, unknown>>(path, after);
    return field === undefined ? shown['revision'] : (shown[field] as Shown['items'])[0]?.revision;
  };
  const among = (client: Client, path: string, id: string, is: string) => async (after: RecordedAnswer | undefined) =>
    (await client.ask<Shown>(path, after)).items.find((item) => item[id] === is)?.revision;

  await admin.record('/admin/units', { unitId: 'ningbo', name: '宁波公司' });
  await admin.record('/admin/playbooks', { yaml: BIKES(1) });
  const user = { login: 'stale.reader', displayName: '钱多', roles: ['analyst'], sites: ['pudong'] };
  const { userId } = (await admin.post<{ userId: string }>('/admin/users', user)).body;
  const { journeyId, customerId } = await visited(api, li, '138 0000 9901');
  const complained = { occurredAt: api.now, journeyId, category: 'delivery', account: '迟交' };
  const passing = { occurredAt: api.now, siteId: 'pudong', contactTaken: false };
  const { contactId, eventId } = await li.record('/calls/received', passing);
  await li.record('/contacts/tied', { contactId, occurredAt: api.now, journeyId });
  const last = await li.record('/complaints/received', complained);
  const { complaintId = '' } = last;

  const unit = changing(admin, '/admin/units/ningbo/name', () => ({ name: `宁波公司 ${next()}` }));
  const site = changing(admin, '/admin/sites/pudong/changes', () => ({ name: `浦东展厅 ${next()}` }));
  const roles = changing(admin, `/admin/users/${userId}/roles`, () => ({
    roles: next() % 2 === 0 ? ['analyst'] : ['analyst', 'manager'],
    sites: ['pudong'],
  }));
  const words = changing(admin, '/admin/words', () => ({ list: 'media', word: `stale-${next()}` }));
  let version = 1;
  const published = changing(admin, '/admin/playbooks', () => ({ yaml: BIKES((version += 1)) }));
  const called = changing(li, '/calls/made', () => ({ journeyId, occurredAt: api.now, reached: false }));
  const details = changing(li, `/customers/${customerId}/details`, () => ({ occupation: `会计 ${next()}` }));
  const noted = changing(li, '/calls/received', () => ({
    ...{ contactId, corrects: eventId, occurredAt: api.now, contactTaken: false, rings: next() },
  }));
  const STEPS = ['acknowledged', 'resolved', 'resolved'];
  const step: Readable['change'] = (revision) => {
    const path = STEPS[0] ?? '';
    const answered = { resolution: '已交付', responsibility: 'ours' };
    const body = { complaintId, occurredAt: api.now, ...(path === 'resolved' && answered) };
    return he.post(`/complaints/${path}`, body, { 'if-match': `"${String(revision)}"` }).then((answer) => {
      if (answer.status === 201) STEPS.shift();
      return answer;
    });
  };
  const all = [
    { what: 'a unit', read: one(admin, '/admin/units/ningbo'), change: unit },
    { what: 'a unit listed', read: among(admin, '/admin/units', 'unitId', 'ningbo'), change: unit },
    { what: 'a site', read: one(admin, '/admin/sites/pudong'), change: site },
    { what: 'a site listed', read: among(admin, '/admin/sites', 'siteId', 'pudong'), change: site },
    { what: 'a user', read: one(admin, `/admin/users/${userId}`), change: roles },
    { what: 'a user listed', read: among(admin, '/admin/users?limit=200', 'userId', userId), change: roles },
    { what: 'a list of words', read: () => one(admin, '/words?list=media')(undefined), change: words },
    { what: 'a playbook', read: among(admin, '/admin/playbooks', 'playbookId', 'tandems'), change: published },
    { what: 'a journey', read: one(li, `/journeys/${journeyId}`), change: called },
    { what: 'a journey listed', read: among(li, '/journeys', 'journeyId', journeyId), change: called },
    { what: 'a journey of a customer', read: one(li, `/customers/${customerId}/status`, 'journeyList'), change: called },
    { what: 'a complaint', read: one(li, `/complaints/${complaintId}`), change: step },
    { what: 'a complaint of a customer', read: one(li, `/customers/${customerId}/status`, 'complaintList'), change: step },
    { what: 'a contact of a customer', read: one(li, `/customers/${customerId}/status`, 'contactList'), change: noted },
    { what: 'who a customer is', read: one(li, `/customers/${customerId}`), change: details },
    { what: 'who is found', read: among(li, '/customers/search?q=13800009901', 'customerId', customerId), change: details },
    { what: 'the status of a customer', read: one(li, `/customers/${customerId}/status`), change: details },
    { what: 'a customer listed', read: among(li, '/customers', 'customerId', customerId), change: details },
  ];
  return { all, last };
}
