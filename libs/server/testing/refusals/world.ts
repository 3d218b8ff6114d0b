import { randomUUID } from 'node:crypto';
import type { CommandMetadata, Input } from '@touchline/commands';
import { NamedCommand, execute } from '@touchline/commands';
import { userIdOf } from '@touchline/commands/user-id.js';
import { GROUP_ROLES } from '@touchline/core';
import type { RecordedAnswer } from '@touchline/http';
import type { Body, Route } from '../api-document.js';
import { documentedRoutes } from '../api-document.js';
import type { Tenant } from '../group.js';
import { eventsOf } from '../look.js';
import { unidentifiedJourney } from '../unidentified-journey.js';
import type { Client, TestApi } from '../use-api.js';

/** Who posts: may do everything in the whole group, the same at `yunqili` alone, in the other group, or a consultant. */
export type Poster = 'anybody' | 'elsewhere' | 'stranger' | 'consultant';

const LOGINS: Readonly<{ [poster in Poster]: [login: string, tenant: Tenant] }> = {
  anybody: ['anybody', 'dongfang'],
  elsewhere: ['elsewhere', 'dongfang'],
  stranger: ['stranger', 'huadong'],
  consultant: ['li', 'dongfang'],
};

/** An id that nothing in the group has, where ids are chosen by people. */
export const NOWHERE = 'nowhere';
export const LONG_AGO = '2025-06-01T02:00:00.000Z';
export const DAY_BEFORE = '2026-05-31T02:00:00.000Z';
export const DAY_AFTER = '2026-06-02T02:00:00.000Z';

/** Makes what a scenario needs. Everything it makes is its own, so scenarios are made at once. */
export class World {
  private numbers = 0;

  private constructor(
    readonly api: TestApi,
    /** Those that record. */
    readonly routes: readonly Route[],
  ) {}

  static async of(api: TestApi): Promise<World> {
    for (const [login, tenant, sites] of [
      ['anybody', 'dongfang', 'all'],
      ['elsewhere', 'dongfang', ['yunqili']],
      ['stranger', 'huadong', 'all'],
    ] as const) {
      const admin = await api.as('admin', tenant);
      await admin.record('/admin/users', { login, displayName: login, roles: GROUP_ROLES, sites });
    }
    return new World(
      api,
      (await documentedRoutes(api.url)).filter(({ records }) => records),
    );
  }

  get now(): string {
    return this.api.now;
  }

  client(poster: Poster): Promise<Client> {
    return this.api.as(...LOGINS[poster]);
  }

  async record(path: string, body: Body, headers?: { [name: string]: string }): Promise<RecordedAnswer> {
    return (await this.client('anybody')).record(path, body, headers);
  }

  /** A mobile number that nobody has yet. */
  phone(): string {
    return `139${String(29_000_000 + (this.numbers += 1))}`;
  }

  /** A name that nothing has yet, fit for a site, a unit, a login or a playbook. */
  slug(): string {
    return `refused-${(this.numbers += 1)}`;
  }

  /** A journey that a visit began; what is done on it is done now. */
  async journey(at = this.now, siteId = 'pudong'): Promise<{ on: { journeyId: string; occurredAt: string }; customerId: string }> {
    const person = { phone: this.phone() };
    const visit = { occurredAt: at, siteId, person, batchSize: 1, first: true, contactTaken: true };
    const { journeyId, customerId } = await this.record('/visits/received', visit);
    return { on: { journeyId: journeyId!, occurredAt: this.now }, customerId: customerId! };
  }

  /** One that was lost too long ago for its customer to bring it back. */
  async lostJourney(): Promise<{ journeyId: string; occurredAt: string }> {
    const { on } = await this.journey(LONG_AGO);
    await this.record('/journeys/lost', { ...on, occurredAt: LONG_AGO, kind: 'gave-up' });
    return on;
  }

  async customer(more: Body = {}): Promise<string> {
    const { customerId } = await this.record('/customers', { siteId: 'pudong', name: '王芳', occurredAt: this.now, ...more });
    return customerId!;
  }

  /** A call of somebody who left no details. */
  async contact(): Promise<string> {
    const call = { occurredAt: this.now, siteId: 'pudong', contactTaken: false };
    return (await this.record('/calls/received', call)).contactId!;
  }

  async complaint(...steps: ('acknowledged' | 'resolved' | 'closed')[]): Promise<{ complaintId: string; occurredAt: string }> {
    const { on } = await this.journey();
    const { complaintId } = await this.record('/complaints/received', { ...on, category: 'delivery', account: '交车晚了三天' });
    const at = { complaintId: complaintId!, occurredAt: this.now };
    for (const step of steps) await this.record(`/complaints/${step}`, { ...at, ...(step === 'resolved' && SETTLED) });
    return at;
  }

  /** A customer at whose number somebody gave another name, and a request that settles who it was. */
  async question(): Promise<{ customerId: string; path: string; body: { questionId: string; answer: string } }> {
    const phone = this.phone();
    const visit = { occurredAt: this.now, siteId: 'pudong', batchSize: 1, first: true, contactTaken: true };
    const { customerId = '' } = await this.record('/visits/received', { ...visit, person: { phone, name: '陈甲' } });
    await this.record('/visits/received', { ...visit, person: { phone, name: '林乙' } });
    const asked = (await eventsOf(this.api, 'customer', customerId)).find(({ type }) => type === 'identity-questioned');
    const body = { questionId: asked?.id ?? '', answer: 'family' };
    return { customerId, path: `/customers/${customerId}/settlements`, body };
  }

  /** A media source that is new. */
  async word(): Promise<{ list: 'media'; word: string }> {
    const word = { list: 'media' as const, word: this.slug() };
    await this.record('/admin/words', word);
    return word;
  }

  async site(more: Body = {}): Promise<string> {
    const siteId = this.slug();
    await this.record('/admin/sites', { ...SITE, ...more, siteId });
    return siteId;
  }

  async closedSite(): Promise<string> {
    const siteId = await this.site();
    await this.record(`/admin/sites/${siteId}/closure`, {});
    return siteId;
  }

  async user(more: Body = {}): Promise<string> {
    const login = this.slug();
    await this.record('/admin/users', { login, displayName: '新同事', roles: ['consultant'], sites: ['pudong'], ...more });
    return userIdOf('dongfang', login);
  }

  async deactivated(): Promise<string> {
    const userId = await this.user();
    await this.record(`/admin/users/${userId}/deactivation`, {});
    return userId;
  }

  unidentifiedJourney(): Promise<string> {
    return unidentifiedJourney(this.api.platform.services, this.now);
  }

  /** A command past the API, as importers and workers send them, by somebody of the group. */
  command(name: string, input: Input, tenant = 'dongfang'): NamedCommand {
    return new NamedCommand(name, input, this.importer(tenant));
  }

  importer(tenant = 'dongfang'): CommandMetadata {
    const id = randomUUID();
    const actor = { kind: 'import', id: userIdOf(tenant, 'li') } as const;
    return { tenant, sites: 'all', actor, history: true, commandId: id, requestHash: id, correlationId: id, causationId: id };
  }

  /** Of a group that nobody else administers. */
  async onlyAdministrator(tenant: string): Promise<string> {
    const user = { login: 'only', displayName: '唯一', roles: ['admin'], sites: 'all' };
    await execute(this.api.platform.services, 'user-registered', user, this.importer(tenant));
    return userIdOf(tenant, user.login);
  }
}

export const SETTLED = { resolution: '已致歉', responsibility: 'ours' };
export const SITE = {
  name: '试点展厅',
  unitId: 'shanghai-east',
  zone: 'Asia/Shanghai',
  playbook: { id: 'auto-ssp9', version: 1 },
  productLines: ['kaixuan'],
};
export const playbook = (id: string, version = 1): string =>
  `id: ${id}\nversion: ${version}\nname: { zh: 试, en: Trial }\nreactivationDays: 180\nstages:\n` +
  `  - { id: reception, name: { zh: 接待, en: Reception } }\ntouchpoints:\n  visit-received: reception\n`;
