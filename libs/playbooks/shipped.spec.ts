import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { isShipped, loadShipped, shippedFiles } from './shipped.js';
import { stageReached } from './playbook.js';

const types = [
  'call-received',
  'call-made',
  'visit-received',
  'quote-issued',
  'quote-revised',
  'quote-withdrawn',
  'contract-signed',
  'contract-cancelled',
  'handover-scheduled',
  'handover-completed',
  'journey-lost',
  'journey-reactivated',
];

describe('the playbooks that ship', () => {
  it('are the files of the folder', async () => {
    const folder = await readdir(new URL('shipped/', import.meta.url));
    expect(folder.sort()).toEqual(shippedFiles.map(({ file }) => file).sort());
  });

  it('are valid, each under its own id and version', async () => {
    const playbooks = await loadShipped(new Set(types));
    expect(playbooks.map(({ id, version }) => ({ id, version }))).toEqual(shippedFiles.map(({ id, version }) => ({ id, version })));
  });

  it('are refused where they place a touchpoint that the program does not have', async () => {
    await expect(loadShipped(new Set(types.slice(1)))).rejects.toThrow(
      /auto-ssp9\.v1\.yaml\/touchpoints\/call-received: unknown-touchpoint.*real-estate/s,
    );
  });

  it('keep their ids to themselves', () => {
    expect([isShipped('auto-ssp9'), isShipped('auto-ssp10')]).toEqual([true, false]);
  });

  // The stages the story of a car expects after each of its steps.
  it.each([
    ['auto-ssp9', 'call-received', '客户接待'],
    ['auto-ssp9', 'visit-received', '客户接待'],
    ['auto-ssp9', 'call-made', undefined],
    ['auto-ssp9', 'needs-recorded', '需求分析'],
    ['auto-ssp9', 'product-presented', '商品介绍'],
    ['auto-ssp9', 'quote-issued', '报价签约'],
    ['auto-ssp9', 'quote-revised', '报价签约'],
    ['auto-ssp9', 'contract-signed', '报价签约'],
    ['auto-ssp9', 'handover-scheduled', '新车交付'],
    ['auto-ssp9', 'handover-completed', '售后跟踪'],
    ['real-estate-6plus2', 'call-received', '来电'],
    ['real-estate-6plus2', 'visit-received', '来访'],
    ['real-estate-6plus2', 'needs-recorded', '需求'],
    ['real-estate-6plus2', 'product-presented', '讲解/样板房'],
    ['real-estate-6plus2', 'quote-issued', '洽谈'],
    ['real-estate-6plus2', 'contract-signed', '签约'],
    ['real-estate-6plus2', 'handover-completed', undefined],
  ])('%s: %s reaches %s', async (id, type, stage) => {
    const playbook = (await loadShipped(new Set(types))).filter((shipped) => shipped.id === id)[0]!;
    const reached = stageReached(playbook, type);
    expect(playbook.stages.find((one) => one.id === reached?.id)?.name.zh).toBe(stage);
  });
});
