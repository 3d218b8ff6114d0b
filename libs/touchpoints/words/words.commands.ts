import { WORD_LISTS, choice, text, texts } from '@touchline/core';
import { MAY_ADMINISTER, onStream, touchpoint } from '../declare.js';
import { wordsDecider } from './words.decider.js';
import { wordsEvents } from './words.events.js';

const COMMON = { tag: 'administration', who: MAY_ADMINISTER, category: 'words', idField: 'list', decider: wordsDecider } as const;

const named = {
  list: choice(WORD_LISTS, { example: 'media' }),
  word: text({ max: 100, description: 'as events store it, chosen once; nothing personal', example: 'wechat-ad' }),
};
const said = {
  ...named,
  zh: text({ optional: true, max: 100, description: 'label in Chinese', example: '微信广告' }),
  en: text({ optional: true, max: 100, description: 'label in English', example: 'WeChat ad' }),
  aliases: texts({ optional: true, max: 100, description: 'other spellings that stand for it', example: ['WeChat moments'] }),
};

const wordsCommands = [
  onStream({
    ...COMMON,
    name: 'word-added',
    operation: 'Words_add',
    path: 'admin/words',
    summary: 'Add a word to a list, or take a withdrawn one back',
    formName: 'WordDto',
    fields: said,
    command: (_list, word) => ({ kind: 'add' as const, word }),
    refusals: ['word.taken'],
  }),
  onStream({
    ...COMMON,
    name: 'word-changed',
    operation: 'Words_change',
    path: 'admin/words/changes',
    summary: 'Give a word other labels and spellings',
    formName: 'WordDto',
    fields: said,
    command: (_list, word) => ({ kind: 'change' as const, word }),
    refusals: ['word.taken', 'words.unknown'],
  }),
  onStream({
    ...COMMON,
    name: 'word-withdrawn',
    operation: 'Words_withdraw',
    path: 'admin/words/withdrawals',
    summary: 'Offer a word no longer; what was recorded with it keeps it',
    formName: 'WordNamedDto',
    fields: named,
    command: (_list, word) => ({ kind: 'withdraw' as const, ...word }),
    refusals: ['words.unknown'],
  }),
];

export const words = touchpoint({
  name: 'words',
  events: wordsEvents,
  commands: wordsCommands,
  refusals: { 'word.taken': 409, 'words.unknown': 404 },
});
