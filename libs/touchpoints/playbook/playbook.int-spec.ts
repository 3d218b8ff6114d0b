import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument } from '@touchline/http';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import type { PlaybookShown } from '@touchline/routes/playbook/playbook.dto.js';

const bikes = (version: number, id = 'bikes') => `
id: ${id}
version: ${version}
name: { zh: 自行车, en: Bikes }
reactivationDays: 180
stages:
  - { id: reception, name: { zh: 接待, en: Reception } }
touchpoints:
  visit-received: reception
`;

describe('playbooks over HTTP', () => {
  const api = useApi();
  let admin: Client;
  beforeAll(async () => {
    admin = await api.as('admin');
  });

  it('publishes a version, which a site begins with at once', async () => {
    await admin.record('/admin/playbooks', { yaml: bikes(1) });
    const { body } = await admin.get<PlaybookShown>('/admin/playbooks/bikes/versions/1');
    expect(body).toMatchObject({ shipped: false, playbook: { id: 'bikes', version: 1, touchpoints: { 'visit-received': 'reception' } } });
    await admin.record('/admin/sites/pudong/changes', { playbook: { id: 'bikes', version: 1 } });
  });

  it('shows what ships with the product', async () => {
    const shown = await admin.ask<PlaybookShown>('/admin/playbooks/auto-ssp9/versions/1');
    expect(shown).toMatchObject({ shipped: true, playbook: { name: { zh: expect.any(String), en: expect.any(String) } } });
  });

  it('is the group’s own: another neither sees it nor is in its way', async () => {
    const other = await api.as('admin', 'huadong');
    await admin.record('/admin/playbooks', { yaml: bikes(1, 'own-bikes') });
    expect(await other.get('/admin/playbooks/own-bikes/versions/1')).toMatchObject({ status: 404, body: { code: 'playbook.unknown' } });
    await other.record('/admin/playbooks', { yaml: bikes(1, 'own-bikes') });
  });

  it('names every fault of a file with its place and rule, and records nothing', async () => {
    const before = await api.countEvents();
    const yaml = bikes(1, 'Bad Id').replace('visit-received: reception', 'visit-received: nowhere\n  visit-dreamt: reception');
    const { status, body } = await admin.post<ProblemDocument>('/admin/playbooks', { yaml });
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'playbook.invalid' });
    expect(body.errors?.map(({ field, rule }) => [field, rule])).toEqual([
      ['yaml#/id', 'pattern'],
      ['yaml#/touchpoints/visit-received', 'unknown-stage'],
      ['yaml#/touchpoints/visit-dreamt', 'unknown-touchpoint'],
    ]);
    const unreadable = await admin.post<ProblemDocument>('/admin/playbooks', { yaml: 'id: [' });
    expect(unreadable).toMatchObject({
      status: 422,
      body: { errors: expect.arrayContaining([expect.objectContaining({ rule: 'yaml' })]) },
    });
    expect(await api.countEvents()).toBe(before);
  });

  it('answers a repeated key alike, and records it once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await admin.record('/admin/playbooks', { yaml: bikes(1, 'repeated') }, headers);
    const before = await api.countEvents();
    expect(await admin.record('/admin/playbooks', { yaml: bikes(1, 'repeated') }, headers)).toEqual(first);
    expect(await api.countEvents()).toBe(before);
  });

  it.each([
    ['a version that is not the next', { yaml: bikes(7, 'skipping') }, 409, 'playbook.version-not-next'],
    ['the id of one that ships', { yaml: bikes(2, 'auto-ssp9') }, 409, 'playbook.id-is-shipped'],
    ['NUL inside a text', { yaml: bikes(1, 'nul').replace('自行车', '"\\0"') }, 400, 'body.invalid-text'],
    ['no text', {}, 400, 'request.invalid'],
  ])('refuses %s, and records nothing', async (_what, body, status, code) => {
    const before = await api.countEvents();
    expect(await admin.post('/admin/playbooks', body)).toMatchObject({ status, body: { code } });
    expect(await api.countEvents()).toBe(before);
  });

  it.each(['bikes/versions/99', 'nothing/versions/1'])('knows no %s', async (path) => {
    expect(await admin.get(`/admin/playbooks/${path}`)).toMatchObject({ status: 404, body: { code: 'playbook.unknown' } });
  });

  it('takes no version that is no number', async () => {
    expect(await admin.get('/admin/playbooks/bikes/versions/one')).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});
