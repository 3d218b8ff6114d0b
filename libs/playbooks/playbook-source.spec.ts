import { beforeEach, describe, expect, it } from '@jest/globals';
import { PlaybookSource } from './playbook-source.js';
import type { Playbook } from './playbook.js';
import { UnknownPlaybook } from './playbook.js';

const playbook = (id: string, version: number): Playbook => ({
  id,
  version,
  name: { zh: '甲', en: 'A' },
  stages: [],
  touchpoints: {},
  declares: {},
  attributes: [],
  reactivationDays: 180,
});

describe('the source of playbooks', () => {
  const car = playbook('car', 1);
  let published: Record<string, Playbook[]>;
  let reads: string[];
  let source: PlaybookSource;

  beforeEach(() => {
    published = { 'east bikes': [playbook('bikes', 1)] };
    reads = [];
    source = new PlaybookSource([car], async (tenant, id) => {
      reads.push(`${tenant} ${id}`);
      return published[`${tenant} ${id}`] ?? [];
    });
  });

  it('gives one that ships to every group, without reading', async () => {
    expect(await source.get('east', { id: 'car', version: 1 })).toBe(car);
    expect(reads).toEqual([]);
  });

  it('reads a published version once and holds it', async () => {
    const first = await source.get('east', { id: 'bikes', version: 1 });
    expect(await source.get('east', { id: 'bikes', version: 1 })).toBe(first);
    expect(reads).toEqual(['east bikes']);
  });

  it('finds a version published since it last looked, and keeps the object of the older one', async () => {
    const first = await source.get('east', { id: 'bikes', version: 1 });
    expect(await source.find('east', { id: 'bikes', version: 2 })).toBeUndefined();
    published['east bikes'] = [playbook('bikes', 1), playbook('bikes', 2)];
    expect(await source.find('east', { id: 'bikes', version: 2 })).toMatchObject({ version: 2 });
    expect(await source.get('east', { id: 'bikes', version: 1 })).toBe(first);
  });

  it("never gives one group another's", async () => {
    await source.get('east', { id: 'bikes', version: 1 });
    expect(await source.find('west', { id: 'bikes', version: 1 })).toBeUndefined();
    await expect(source.get('west', { id: 'bikes', version: 1 })).rejects.toThrow(UnknownPlaybook);
  });
});
