import { userIdOf } from '@touchline/commands/user-id.js';
import { visited } from './look.js';
import type { TestApi } from './use-api.js';

/** Ids of what is there, by the name of the field or the part of an address that asks for them. */
export type There = Readonly<Record<string, string>>;

/** A customer of `pudong` with a journey, a complaint and a contact that may have been theirs, and the group around them. */
export async function thereIs(api: TestApi, phone: string): Promise<There> {
  const li = await api.as('li');
  const at = { occurredAt: api.now };
  const { journeyId, customerId } = await visited(api, li, phone);
  const { contactId } = await li.record('/calls/received', { ...at, siteId: 'pudong', contactTaken: false });
  const { complaintId } = await li.record('/complaints/received', { ...at, journeyId, category: 'delivery', account: '交车晚了三天' });
  return {
    ...{ journeyId, customerId, contactId: contactId!, complaintId: complaintId! },
    ...{ siteId: 'pudong', unitId: 'hangzhou', playbookId: 'auto-ssp9', version: '1', name: 'customer-status' },
    ...{ userId: userIdOf('dongfang', 'chen'), ownerId: userIdOf('dongfang', 'chen'), responsibleId: li.userId, onBehalfOf: li.userId },
  };
}

/** The address of a route about what is there: `/customers/{id}` names a customer. */
export const addressOf = (path: string, there: There): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => there[name === 'id' ? `${/^\/(\w+?)s\//.exec(path)?.[1]}Id` : name] ?? name);
