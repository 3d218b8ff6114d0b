import type { ProblemDocument } from '@touchline/http';
import { MOST_FAULTS } from '@touchline/http/problem.js';
import type { OutgoingRecord } from '@touchline/kafka';
import { partitionOf } from '@touchline/kafka';
import type { PersonalKeys } from '@touchline/sealing';
import { CE_TYPE_PREFIX, schemaUri } from '@touchline/topics/contract.js';
import { rejectedMessage, rejectedTopic, settledMessage } from '@touchline/topics/intake.js';
import type { MessageType } from '@touchline/topics';
import type { Named, SentMessage } from './message.js';
import { openMessage, sealMessage } from './seal-message.js';
import type { Cut, SealedMessage } from './seal-message.js';

/** Where a message stood that was not taken, and what it says of itself. */
export interface CameFrom extends Named {
  topic: string;
  partition: number;
  offset: string;
}

/** A message that was not taken, as the topic of rejects has it: why, where it came from, and what it was, sealed. */
export interface Reject {
  problem: ProblemDocument;
  from: CameFrom;
  /** ISO 8601 UTC. */
  rejectedAt: string;
  /** How often it was tried. */
  tries: number;
  sealed: SealedMessage;
  /** Where it was too large to be kept whole; it cannot be tried again then. */
  cut?: Cut;
}

const placeOf = ({ topic, partition, offset }: CameFrom): string => `${topic}/${partition}/${offset}`;

/** Names that our own forms have; whatever else a sender called a field is theirs, and may be personal. */
const FIELD = /^[A-Za-z][A-Za-z_-]{0,40}(\.([A-Za-z][A-Za-z_-]{0,40}|\d{1,4})){0,8}$/;

const MOST_CHARACTERS = 300;
const MOST_OF_EXTENSIONS = 8_192;

/** What is told in clear of a refusal: nothing that the message holds, and no more than stands beside the largest message. */
function inClear({ type, title, status, code, detail, errors, furtherErrors = 0, ...extensions }: ProblemDocument): ProblemDocument {
  const short = (text: string): string => text.slice(0, MOST_CHARACTERS);
  const told = errors?.slice(0, MOST_FAULTS).map((error) => ({
    field: FIELD.test(error.field) ? error.field : '',
    ...{ rule: short(error.rule), detail: short(error.detail) },
  }));
  const further = furtherErrors + (errors?.length ?? 0) - (told?.length ?? 0);
  return {
    ...{ type, title, status, code, detail: short(detail) },
    ...(told && { errors: told }),
    ...(JSON.stringify(extensions).length <= MOST_OF_EXTENSIONS && extensions),
    ...(further > 0 && { furtherErrors: further }),
  };
}

export async function rejectOf(
  keys: PersonalKeys,
  message: SentMessage,
  { problem, from, now, tries }: { problem: ProblemDocument; from: CameFrom; now: string; tries: number },
): Promise<Reject> {
  const tenant = /^\/([a-z][a-z0-9]{1,30})\//.exec(from.source ?? '')?.[1];
  const isKnown = tenant !== undefined && problem.code !== 'source.unknown';
  const { sealed, cut } = await sealMessage(keys, message, { place: placeOf(from), now, ...(isKnown && { tenant }) });
  return { problem: inClear(problem), from, rejectedAt: now, tries, sealed, ...(cut && { cut }) };
}

export const messageOf = (keys: PersonalKeys, { sealed, from }: Reject): Promise<SentMessage> => openMessage(keys, sealed, placeOf(from));

/** Under the place its message came from, so that the last of a key says how that stands. */
export function rejectRecord(topic: string, reject: Reject): OutgoingRecord {
  const key = placeOf(reject.from);
  return {
    ...{ topic, key, partition: partitionOf(key, rejectedTopic.partitions), value: JSON.stringify(reject) },
    headers: {
      ...attributes(rejectedMessage, `${key}/${reject.tries}`, reject.rejectedAt),
      ...{ ce_dataschema: schemaUri(rejectedMessage), 'content-type': 'application/json' },
    },
  };
}

/** Says that nothing is left to do about a reject. */
export function settledRecord(topic: string, from: CameFrom, now: string): OutgoingRecord {
  const key = placeOf(from);
  return {
    ...{ topic, key, partition: partitionOf(key, rejectedTopic.partitions), value: null },
    headers: attributes(settledMessage, `${key}/settled`, now),
  };
}

const attributes = ({ type, version }: MessageType, id: string, time: string): Record<string, string> => ({
  ...{ ce_specversion: '1.0', ce_id: id, ce_source: '/intake', ce_type: CE_TYPE_PREFIX + type, ce_time: time },
  ce_schemaversion: String(version),
});
