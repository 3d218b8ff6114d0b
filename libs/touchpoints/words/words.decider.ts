import type { DecideContext, Decider, WordList } from '@touchline/core';
import { accept, identityFault, refuse, wordKey } from '@touchline/core';
import type { Word, Words } from './words.fold.js';
import type { WordSaid, WordsEvent } from './words.events.js';
import { bySpelling, spellingsOf, wordsFold } from './words.fold.js';

export type WordsCommand = { kind: 'add' | 'change'; word: WordSaid } | { kind: 'withdraw'; list: WordList; word: string };

export type WordsRejection = 'word.taken' | 'words.unknown';

/** A spelling stands for one word of its list, a withdrawn one too: what was recorded must stay readable. */
export const wordsDecider: Decider<Words | null, WordsCommand, WordsEvent, DecideContext, WordsRejection> = {
  fold: wordsFold,

  decide(words, command, { now }) {
    const listed: Words = words ?? new Map<string, Word>();
    const at = { occurredAt: now, subjects: {} };
    if (command.kind === 'withdraw') {
      const word = listed.get(wordKey(command.word));
      if (word === undefined) return refuse(NOT_LISTED);
      return word.withdrawn ? accept() : accept({ type: 'word-withdrawn', data: { list: command.list, word: word.word }, ...at });
    }
    const key = wordKey(command.word.word);
    const there = listed.get(key);
    const spelled = bySpelling(listed);
    const taken = spellingsOf(command.word).find((spelling) => {
      const other = spelled.get(wordKey(spelling));
      return other !== undefined && wordKey(other.word) !== key;
    });
    if (taken !== undefined) return refuse(identityFault('word.taken', 'another word of the list is written like that', 'word'));
    if (command.kind === 'add') {
      if (there !== undefined && !there.withdrawn) return refuse(identityFault('word.taken', 'the list has this word', 'word'));
      return accept({ type: 'word-added', data: { ...command.word, word: there?.word ?? command.word.word }, ...at });
    }
    if (there === undefined) return refuse(NOT_LISTED);
    return accept({ type: 'word-changed', data: { ...command.word, word: there.word }, ...at });
  },
};

const NOT_LISTED = identityFault('words.unknown', 'the list has no such word', 'word');
