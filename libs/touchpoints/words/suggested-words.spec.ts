import { describe, expect, it } from '@jest/globals';
import { TextsThatAreNoWords } from './suggested-words.js';

describe('texts that are no words', () => {
  const media = [{ word: 'wechat-ad', zh: '微信广告', withdrawn: false }];
  const texts = (): TextsThatAreNoWords => new TextsThatAreNoWords(new Map([['media', media]]));

  it('are told by list, with how often they were recorded, as they were written most often, and what is written like them', () => {
    const found = texts();
    for (const said of ['WeChat ads', 'WECHAT ADS', 'WeChat ads', 'radio', '微信广告', ' Wechat-AD'])
      found.add({ media: 'media', materialShown: 'material' }, { media: said, materialShown: ['leaflet'], note: 'tram' });
    expect(found.suggested()).toEqual([
      { list: 'media', word: 'WeChat ads', count: 3, near: ['wechat-ad'] },
      { list: 'media', word: 'radio', count: 1, near: [] },
      { list: 'material', word: 'leaflet', count: 6, near: [] },
    ]);
  });

  it('tell of each other where they are written alike', () => {
    const found = texts();
    for (const sector of ['Retail', 'Retail', 'Retale']) found.add({ attributes: 'label' }, { attributes: { sector } });
    expect(found.suggested()).toEqual([
      { list: 'label', word: 'Retail', count: 2, near: ['Retale'] },
      { list: 'label', word: 'Retale', count: 1, near: ['Retail'] },
    ]);
  });

  it('are none where nothing stands', () => {
    const found = texts();
    found.add(undefined, { media: 'tram' });
    found.add({ media: 'media' }, { media: '\u200b' });
    expect(found.suggested()).toEqual([]);
  });
});
