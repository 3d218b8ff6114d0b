import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import { about, by, cancelled, handedOver, march, opened, owned, signed } from '@touchline/testing/journeys.js';
import { progressDecider } from './progress.decider.js';

const given = sentences(progressDecider, {});
const bought = [opened, owned, signed(1, march(5))];
const occurredAt = march(10);
const progress = { ...by, news: '车辆已从工厂发运', expectedAt: march(25) };
const command = { journeyId: 'j-1', occurredAt, progress };

describe('progress that a customer is told', () => {
  it('is recorded while what they bought is waited for', () => {
    given(...bought)
      .when(command)
      .then({ type: 'progress-told', data: progress, occurredAt, subjects: about });
  });

  it('is refused where nothing is waited for: nothing was bought, it was cancelled, or handed over', () => {
    for (const history of [
      [opened, owned],
      [...bought, cancelled(1, march(7))],
      [...bought, handedOver(1, march(8))],
    ])
      given(...history)
        .when(command)
        .thenRefused('progress.no-contract');
  });

  it('is noted on imported history, whose contract nobody stated', () => {
    given(opened, owned)
      .when(command)
      .thenNoted(['progress.no-contract'], { type: 'progress-told', data: progress, occurredAt, subjects: about });
  });

  it('is refused where what is expected has gone by', () => {
    given(...bought)
      .when({ ...command, progress: { ...progress, expectedAt: march(9) } })
      .thenRefused('progress.expected-past');
  });
});
