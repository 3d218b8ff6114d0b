import { expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { LatestManifests } from './latest-manifests.js';
import type { Manifest } from './manifest.js';

it('a manifest that could not be kept is told of', async () => {
  const manifests = new LatestManifests({ query: () => Promise.reject(new Error('away')) } as unknown as Pool, 'x');
  await expect(manifests.note([{} as Manifest])).rejects.toThrow('away');
});
