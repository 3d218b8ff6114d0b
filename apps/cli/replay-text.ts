import type { RecordedEvent } from '@touchline/core';
import type { StreamsChecked } from '@touchline/projections/customer-streams/check-streams.js';
import type { Known } from '@touchline/projections/customer-status/status-changes.js';
import type { Change } from '@touchline/replay';

/** Events named of one change, the last ones. */
const MOST_NAMED = 5;

export function statusText(moment: Known, status: object, events: readonly RecordedEvent[]): string {
  return lines(
    `As of ${momentText(moment)}`,
    ...Object.entries(status).map(([field, value]) => `  ${field}: ${JSON.stringify(value)}`),
    `It stands on ${events.length} events:`,
    ...events.map((event) => `  ${eventText(event)}`),
  );
}

export function changesText(from: Known, to: Known, changes: readonly Change[]): string {
  return lines(
    `From ${momentText(from)}`,
    `to ${momentText(to)}`,
    ...(changes.length === 0 ? ['nothing differs'] : []),
    ...changes.flatMap(({ field, from: before, to: after, by }) => [
      `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
      ...(by.length > MOST_NAMED ? [`  … ${by.length - MOST_NAMED} events before`] : []),
      ...by.slice(-MOST_NAMED).map((event) => `  by ${eventText(event)}`),
    ]),
  );
}

export function streamsText({ events, streams, faults, named }: StreamsChecked): string {
  return lines(
    `${events} events read, ${streams} streams compared`,
    faults === 0 ? 'The list of streams is that of the log.' : `THE LIST OF STREAMS DIFFERS FROM THE LOG in ${faults} streams:`,
    ...named.map(({ stream, fault }) => `  ${stream}: ${fault}`),
  );
}

const momentText = ({ happenedBy, knownBy, upTo }: Known): string =>
  [
    happenedBy === undefined ? 'all that happened' : `what had happened by ${happenedBy}`,
    knownBy === undefined ? `known up to position ${upTo}` : `known by ${knownBy}`,
  ].join(', ');

const eventText = ({ id, type, position, meta }: RecordedEvent): string =>
  `${type} ${id}, occurred ${meta.occurredAt}, recorded ${meta.recordedAt}, position ${position}`;

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
