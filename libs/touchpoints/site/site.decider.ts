import type { DecideContext, Decider, Decision, Rejection } from '@touchline/core';
import { accept, acceptUnless, identityFault, isZone, refuse } from '@touchline/core';
import type { CalendarRejection } from './calendar.rules.js';
import type { SiteCalendar } from './calendar.events.js';
import { calendarFaults } from './calendar.rules.js';
import type { Site } from './site.fold.js';
import type { SiteChanged, SiteEvent, SiteOpened } from './site.events.js';
import { siteFold } from './site.fold.js';

export type SiteCommand =
  | { kind: 'open'; siteId: string; site: SiteOpened }
  | { kind: 'change'; siteId: string; change: SiteChanged }
  | { kind: 'set-calendar'; siteId: string; calendar: SiteCalendar }
  | { kind: 'close'; siteId: string; reason?: string };

/** Facts of other streams that never revert (ADR 0041): a unit once registered, a playbook version once published. */
export interface SiteFactsKnown {
  unitKnown: boolean;
  playbookKnown: boolean;
}

export type SiteRejection =
  | 'site.already-open'
  | 'site.unknown'
  | 'site.closed'
  | 'site.zone-unknown'
  | 'site.product-lines'
  | 'unit.unknown'
  | 'playbook.unknown'
  | CalendarRejection;

export const siteDecider: Decider<Site | null, SiteCommand, SiteEvent, DecideContext & SiteFactsKnown, SiteRejection> = {
  fold: siteFold,

  decide(site, command, context) {
    const about = { occurredAt: context.now, subjects: { site: command.siteId } };
    if (command.kind === 'open') {
      if (site !== null) return refuse(identityFault('site.already-open', 'there is a site of that id', 'siteId'));
      return acceptUnless([{ type: 'site-opened', data: command.site, ...about }], ...openingFaults(command.site, context));
    }
    if (site === null) return refuse(identityFault('site.unknown', 'there is no such site', 'siteId'));
    if (!site.open) return refuse(identityFault('site.closed', 'the site is closed', 'siteId'));
    switch (command.kind) {
      case 'change':
        return change(site, command.change, context, about);
      case 'set-calendar':
        return acceptUnless([{ type: 'site-calendar-set', data: command.calendar, ...about }], ...calendarFaults(command.calendar));
      case 'close':
        return accept({ type: 'site-closed', data: command.reason === undefined ? {} : { reason: command.reason }, ...about });
    }
  },
};

function change(
  site: Site,
  wanted: SiteChanged,
  known: SiteFactsKnown,
  about: { occurredAt: string; subjects: { site: string } },
): Decision<SiteEvent, SiteRejection> {
  const faults = [
    wanted.playbook !== undefined && !known.playbookKnown && unknownPlaybook(),
    wanted.productLines !== undefined && productLinesFault(wanted.productLines),
  ];
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(site[key])),
  ) as SiteChanged;
  return acceptUnless(Object.keys(changed).length === 0 ? [] : [{ type: 'site-changed', data: changed, ...about }], ...faults);
}

function openingFaults(site: SiteOpened, known: SiteFactsKnown): (Rejection<SiteRejection> | false | undefined)[] {
  return [
    !known.unitKnown && identityFault('unit.unknown', 'there is no such unit', 'unitId'),
    // An offset is no zone: it knows no change of clocks.
    (!isZone(site.zone) || /^[+-]/.test(site.zone)) &&
      identityFault('site.zone-unknown', 'name a zone of the IANA time zone database, such as Asia/Shanghai', 'zone'),
    !known.playbookKnown && unknownPlaybook(),
    productLinesFault(site.productLines),
  ];
}

const unknownPlaybook = (): Rejection<SiteRejection> => identityFault('playbook.unknown', 'there is no such playbook version', 'playbook');

const productLinesFault = (lines: readonly string[]): Rejection<SiteRejection> | false =>
  (lines.length === 0 || new Set(lines).size < lines.length) &&
  identityFault('site.product-lines', 'a site sells at least one product line, each named once', 'productLines');
