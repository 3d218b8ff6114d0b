import type { Fault } from '@touchline/audit/faults.js';
import type { LogVerdict } from '@touchline/audit/verify-log.js';

/** The verdict for people. */
export function verdictText({
  logId,
  holds,
  events,
  streams,
  position,
  root,
  foreign,
  heads,
  fault,
  also,
  interrupted,
}: LogVerdict): string {
  const lines = [
    `Log ${logId}: ${events} events in ${streams} streams${position === null ? '' : `, up to position ${position}`}`,
    `Root ${root}`,
    `${heads.agree} of ${heads.checked} signed heads agree`,
  ];
  if (foreign > 0) lines.push(`${foreign} events of others on the same server were passed over`);
  if (interrupted) lines.push('Stopped before the end; so far:');
  if (fault !== null)
    lines.push('THE LOG DOES NOT HOLD. First:', ...faultLines(fault), ...also.flatMap((each) => ['also:', ...faultLines(each)]));
  else if (holds) lines.push(heads.checked === 0 ? 'Every chain holds; there is no head, so cut tails would not show.' : 'The log holds.');
  return lines.map((line) => `${line}\n`).join('');
}

function faultLines({ kind, detail, stream, revision, position, eventId, type, index }: Fault): string[] {
  const at = [
    ...(stream === null ? [] : [`stream ${stream}`]),
    ...(revision === null ? [] : [`revision ${revision}`]),
    ...(index === null ? [] : [`number ${index} of the log`]),
    ...(position === null ? [] : [`position ${position}`]),
    ...(eventId === null ? [] : [`event ${eventId} (${type})`]),
  ];
  return [`  ${kind}: ${detail}`, ...(at.length > 0 ? [`  at ${at.join(', ')}`] : [])];
}
