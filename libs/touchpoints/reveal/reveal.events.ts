import type { DataOf, EventDefinition } from '@touchline/core';
import { choices, defineEvent, text, user } from '@touchline/core';

// Category and stream: `reveals`, one stream per customer (ADR 0013). Stored shapes: never edit, only upcast.

/** What can be revealed of a customer: the name, the telephone numbers, the rest of the details kept. */
export const REVEALABLE = ['name', 'phones', 'details'] as const;
export type Revealable = (typeof REVEALABLE)[number];

/** What somebody says of a look: at what, and why. */
export const lookNoted = {
  /**
   * `copy`: of everything held on them; `search`: by the whole of the fields beside it, which shows that they are right.
   */
  fields: choices([...REVEALABLE, 'copy', 'search'], { label: ['内容', 'fields'] }),
  /** Sealed, since it may name people. */
  reason: text({
    min: 2,
    max: 500,
    sealed: true,
    description: 'why it is needed; kept sealed',
    example: '回访:核对交车时间',
    label: ['理由', 'reason'],
  }),
};

const fields = {
  ...lookNoted,
  /** Id of the user who saw it. */
  by: user({ label: ['操作人', 'by'] }),
};
export type PersonalDataRevealed = DataOf<typeof fields>;

export type RevealEvent = { type: 'personal-data-revealed'; data: PersonalDataRevealed };

export const revealEvents: EventDefinition[] = [
  defineEvent({
    type: 'personal-data-revealed',
    version: 1,
    touchpoint: false,
    label: ['查看个人数据', 'Personal data looked at'],
    fields,
  }),
];
