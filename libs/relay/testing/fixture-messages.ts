import type { JsonObject, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { canonicalJson } from '@touchline/event-store';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import type { PublicMessage, Topic } from '@touchline/topics';
import { topics } from '@touchline/topics';
import type { FixtureRecord } from '@touchline/topics/examples.js';
import { everyEvent } from '@touchline/topics/testing/fixtures.js';
import type { Chain } from '../manifest.js';
import { chained, manifestOf, manifestRecord, noChain } from '../manifest.js';
import { MANIFESTS } from '../transaction-builder.js';
import { isCounted, keyOf, recordOf, topicName } from '../record.js';

const PREFIX = 'touchline';
const SIGNED_AT = '2026-06-01T00:00:00.000Z';
/** Made for the fixture; no installation has it. */
export const fixtureKeys = new SigningKeys([{ version: 1, key: Buffer.alloc(32, 7) }]);

/** An event of each kind, as it is recorded now; then those of older versions, for what the newest one of a kind does not show. */
function newestEvents(): RecordedEvent[] {
  const newest = new Map<string, RecordedEvent>();
  for (const event of everyEvent)
    if (event.meta.schemaVersion >= (newest.get(event.type)?.meta.schemaVersion ?? 0)) newest.set(event.type, event);
  const shown = new Set(newest.values());
  const older = everyEvent.filter((event) => !shown.has(event));
  return [...shown, ...older].map((event, index) => ({ ...event, position: asPosition(String(index + 1).padStart(16, '0')) }));
}

/** What each topic tells of them, one of each kind of message, with manifests behind the topics of facts. */
export function fixtureMessages(): FixtureRecord[] {
  return topics.flatMap((topic) => {
    let chain: Chain = noChain;
    const sequences = new Map<string, number>();
    const kinds = new Set<string>();
    const records: FixtureRecord[] = [];
    for (const event of newestEvents())
      for (const message of saidOn(topic, event)) {
        if (kinds.has(message.type.type)) continue;
        kinds.add(message.type.type);
        const { tenant } = event.meta;
        const [key, subject] = [keyOf(tenant, message.key), keyOf(tenant, message.orderedBy)];
        const sequence = (sequences.get(subject) ?? 0) + 1;
        sequences.set(subject, sequence);
        const record = recordOf(PREFIX, { topic, event, message, key, subject, sequence }, chain.ordinal + 1);
        chain = { ...chain, ordinal: chain.ordinal + 1, hash: chained(chain.hash, record) };
        records.push({ ...record, headers: { ...record.headers } });
      }
    if (!isCounted(topic)) return records;
    const about = { topic: topicName(PREFIX, topic.name), logId: 'fixture', position: asPosition('1'.padStart(16, '0')), now: SIGNED_AT };
    const signer = { keyId: fixtureKeys.current.keyId, sign: (text: string) => fixtureKeys.signText(text).signature };
    const manifest = manifestOf(chain, about, signer);
    const record = manifestRecord(topicName(PREFIX, MANIFESTS), manifest);
    return [...records, { ...record, headers: { ...record.headers } }];
  });
}

function* saidOn(topic: Topic, event: RecordedEvent): Generator<PublicMessage> {
  if (topic.kind === 'facts') {
    const message = topic.messageOf(event);
    if (message !== null) yield message;
    return;
  }
  const entity = topic.entityOf(event);
  const state = entity === null ? null : topic.stateOf(topic.evolve(null, event), entity);
  if (entity === null || state === null) return;
  yield { type: topic.changed, key: entity, orderedBy: state.orderedBy, data: state.data };
  yield { type: topic.forgotten, key: entity, orderedBy: state.orderedBy, data: null };
}

const inOrder = ({ topic, partition, key, headers, value }: FixtureRecord): JsonObject => ({ topic, partition, key, headers, value });

export const asLines = (records: readonly FixtureRecord[]): string => records.map((each) => `${canonicalJson(inOrder(each))}\n`).join('');
