import type { DecideContext, RecordedEvent, Rejection, Subjects } from '@touchline/core';
import { identityFault } from '@touchline/core';

export type CorrectionRejection = 'correction.unknown-event' | 'correction.other-kind';

type Checked =
  { named: RecordedEvent; subjects: Subjects; refusals: [] } | { named: null; subjects: null; refusals: [Rejection<CorrectionRejection>] };

/**
 * The event a correction names, and whom it is about; null with the refusal where its stream holds none of this kind
 * (domain §2.2: a correction is a further event that names the one it corrects).
 */
export function checkCorrection(corrects: string, type: string, context: Pick<DecideContext, 'recorded'>): Checked {
  const named = context.recorded(corrects);
  if (named === undefined) return refused('correction.unknown-event', 'this record holds no such event');
  if (named.type !== type) return refused('correction.other-kind', `the event named is a ${named.type}`);
  return { named, subjects: named.meta.subjects, refusals: [] };
}

const refused = (code: CorrectionRejection, detail: string): Checked => ({
  named: null,
  subjects: null,
  refusals: [identityFault(code, detail, 'corrects')],
});
