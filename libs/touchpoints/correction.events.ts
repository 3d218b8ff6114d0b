import type { DecideContext, Rejection, Subjects } from '@touchline/core';
import { identityFault } from '@touchline/core';

export type CorrectionRejection = 'correction.unknown-event' | 'correction.other-kind';

/**
 * The subjects of the event a correction names; null with the refusal where its stream holds none of this kind
 * (domain §2: a correction is a further event that names the one it corrects).
 */
export function checkCorrection(
  corrects: string,
  type: string,
  context: Pick<DecideContext, 'recorded'>,
): { subjects: Subjects; refusals: [] } | { subjects: null; refusals: [Rejection<CorrectionRejection>] } {
  const named = context.recorded(corrects);
  if (named === undefined)
    return { subjects: null, refusals: [identityFault('correction.unknown-event', 'this record holds no such event', 'corrects')] };
  if (named.type !== type)
    return { subjects: null, refusals: [identityFault('correction.other-kind', `the event named is a ${named.type}`, 'corrects')] };
  return { subjects: named.meta.subjects, refusals: [] };
}
