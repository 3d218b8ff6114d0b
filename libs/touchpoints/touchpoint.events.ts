import type { DataOf, Upcaster } from '@touchline/core';
import { choice, text, user } from '@touchline/core';

export const CHANNELS = [
  'phone',
  'showroom',
  'site',
  'web',
  'wechat',
  'sms',
  'mail',
  'forum',
  'hotline',
  'regulator',
  'media',
  'other',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const DIRECTIONS = ['in', 'out'] as const;

/** Free text, sealed: it may name people. */
export const note = text({ optional: true, max: 4000, sealed: true, description: 'free note; kept sealed', label: ['备注', 'note'] });

/** What every contact or service act states (domain §4.1); its ids, time and source stand in the metadata. */
export const touchpointFields = {
  channel: choice(CHANNELS, { told: true, label: ['渠道', 'channel'] }),
  direction: choice(DIRECTIONS, { told: true, label: ['方向', 'direction'] }),
  responsibleId: user({ told: 'of the person responsible', label: ['责任人', 'person responsible'] }),
  note,
};
export type TouchpointData = DataOf<typeof touchpointFields>;

/** From version 1 to 2: a text that was kept in clear is sealed from then on; what was stored before stays as it is. */
export const SEALED_FURTHER: Readonly<Record<1, Upcaster>> = { 1: (data) => data };

/** Texts that are words of the group's from the version after; what was stored until then reads as it was told. */
export const AS_TOLD_UNTIL = <Version extends number>(version: Version): Readonly<Record<number, Upcaster>> => ({
  [version]: (data) => data,
});
