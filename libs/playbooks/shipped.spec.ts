import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { touchpoints } from '@touchline/touchpoints/list.js';
import { stageReached } from './playbook.js';
import { isShipped, shippedFiles, shippedPlaybooks } from './shipped.js';

const types = touchpoints.flatMap(({ events }) => events.filter(({ touchpoint }) => touchpoint).map(({ type }) => type));

describe('the playbooks that ship', () => {
  it('are the files of the folder', async () => {
    const folder = await readdir(new URL('shipped/', import.meta.url));
    expect(folder.sort()).toEqual(shippedFiles.map(({ file }) => file).sort());
  });

  it('are valid, each under its own id and version', () => {
    const playbooks = shippedPlaybooks(new Set(types));
    expect(playbooks.map(({ id, version }) => ({ id, version }))).toEqual(shippedFiles.map(({ id, version }) => ({ id, version })));
  });

  it('are refused where they place a touchpoint that the program does not have', () => {
    expect(() => shippedPlaybooks(new Set(types.filter((type) => type !== 'call-received')))).toThrow(
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
  ])('%s: %s reaches %s', (id, type, stage) => {
    const playbook = shippedPlaybooks(new Set(types)).filter((shipped) => shipped.id === id)[0]!;
    const reached = stageReached(playbook, type);
    expect(playbook.stages.find((one) => one.id === reached?.id)?.name.zh).toBe(stage);
  });
});
