import { describe, expect, it } from '@jest/globals';
import { refused, told, twice, visited, yuan } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('progress over HTTP', () => {
  const api = useApi();

  it('is recorded once while what was bought is waited for, and shown with the time it is expected at', async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, '138 0000 4501');
    const on = { journeyId, occurredAt: api.now };
    const progress = { ...on, news: '车辆已从工厂发运', expectedAt: '2026-06-20T02:00:00.000Z' };
    await refused(api, li, 'progress.no-contract', '/progress/told', progress);
    await li.record('/contracts/signed', { ...on, price: yuan(226_800) });
    const answer = await twice(api, li, '/progress/told', progress);
    expect(await told(api, answer.eventId!, answer)).toMatchObject({
      ...{ type: 'progress-told', sealed: ['news'] },
      details: { expectedAt: progress.expectedAt },
    });
    await refused(api, li, 'progress.expected-past', '/progress/told', { ...progress, expectedAt: '2026-05-01T02:00:00.000Z' });
  });
});
