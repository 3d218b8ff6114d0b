import type { Texts } from './some-call.js';

/** About as large as a call that is recorded. */
export const EVENT: Texts = {
  type: 'call-made',
  data: JSON.stringify({ channel: 'phone', direction: 'out', note: 'x'.repeat(120), reached: true, responsibleId: 'bench' }),
  metadata: JSON.stringify({
    commandId: 'x'.repeat(36),
    hash: 'x'.repeat(64),
    previousHash: 'x'.repeat(64),
    tenant: 'bench',
    text: 'x'.repeat(300),
  }),
};
