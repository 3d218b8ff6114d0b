import type { Decider, EventDefinition, Fold, JsonObject, RecordedEvent, TimerDefinition } from '@touchline/core';
import { accept, defineEvent, defineTimer, refuse, rule } from '@touchline/core';

// A small domain to hold timers against: a stream has alarms by name, each set, moved, cancelled, and rung by its timer.

export interface AlarmSaid extends JsonObject {
  name: string;
  /** ISO 8601 UTC; of what sets it. */
  at?: string;
  /** The decider refuses to ring it, and it stays open. */
  stuck?: boolean;
}

export const alarmEvents: EventDefinition[] = ['alarm-set', 'alarm-moved', 'alarm-cancelled', 'alarm-rung'].map((type) =>
  defineEvent({ type, version: 1, touchpoint: false }),
);

const said = ({ data }: RecordedEvent): AlarmSaid => data as AlarmSaid;
const at = (event: RecordedEvent): string | null => said(event).at ?? null;

export const alarmTimer: TimerDefinition = defineTimer({
  kind: 'alarm',
  opens: { 'alarm-set': at },
  moves: { 'alarm-moved': at },
  closes: ['alarm-cancelled', 'alarm-rung'],
  which: (event) => said(event).name,
  fires: { command: 'ring', input: ({ key }) => ({ name: key.slice(key.indexOf('#') + 1) }) },
});

export type AlarmCommand = { kind: 'say'; type: string; data: AlarmSaid } | { kind: 'ring'; name: string };
type Alarms = Readonly<Record<string, AlarmSaid>>;

const alarmsFold: Fold<Alarms> = {
  name: 'alarms',
  initial: {},
  evolve(alarms, event) {
    const { name, ...more } = said(event);
    if (event.type === 'alarm-set') return { ...alarms, [name]: { name, ...more } };
    const known = alarms[name];
    if (event.type === 'alarm-moved') return known === undefined ? alarms : { ...alarms, [name]: { ...known, ...more } };
    const { [name]: _, ...rest } = alarms;
    return rest;
  },
};

export const alarmDecider: Decider<Alarms, AlarmCommand, { type: string; data: AlarmSaid }> = {
  fold: alarmsFold,
  decide(alarms, command, { now }) {
    if (command.kind === 'say') return accept({ type: command.type, data: command.data, occurredAt: now, subjects: {} });
    const { name } = command;
    const alarm = alarms[name];
    if (alarm === undefined) return refuse(rule('alarm.not-set', 'it is not set'));
    if (alarm.stuck === true) return refuse(rule('alarm.stuck', 'it does not ring'));
    if ((alarm.at ?? '') > now) return refuse(rule('alarm.early', 'it is not due yet'));
    return accept({ type: 'alarm-rung', data: { name, at: alarm.at ?? '' }, occurredAt: now, subjects: {} });
  },
};
