import type { Platform } from '@touchline/platform';
import { standstill } from '@touchline/projections/standstill.js';
import type { Probe } from './health.controller.js';
import { NotReady } from './health.controller.js';

/** What a projector is for: one whose read models stand still is not ready, whichever process holds them. */
export const followsProbe = (platform: Pick<Platform, 'checkpoints' | 'pool'>): Probe => ({
  name: 'read-models',
  async check() {
    const { stopped } = await standstill(platform);
    if (stopped.length > 0) throw new NotReady(stopped.join('; '));
  },
  shortcomings: async () => (await standstill(platform)).partly,
});
