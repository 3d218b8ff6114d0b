import { SLUG, form, integer, object, objects, optional, slug, text, texts } from '@touchline/core';
import { MAY_ADMINISTER, onStream, touchpoint } from '../declare.js';
import { siteDecider } from './site.decider.js';
import { siteEvents } from './site.events.js';

const COMMON = { tag: 'administration', who: MAY_ADMINISTER, category: 'site', idField: 'siteId', decider: siteDecider } as const;
const params = form('SitePath', { siteId: slug({ example: 'pudong' }) });
const ON_SITE = ['site.unknown', 'site.closed'] as const;
const NOTHING_NAMED = { unitKnown: false, playbookKnown: false };

const playbookRef = form('PlaybookRefDto', { id: slug({ example: 'auto-ssp9' }), version: integer({ min: 1, max: 100_000 }) });
const productLines = texts({
  max: 40,
  pattern: SLUG,
  description: 'the first is meant where a contact names none',
  example: ['kaixuan'],
});

const slot = form('SlotDto', {
  from: text({ max: 5, description: 'HH:MM at the site', example: '09:00' }),
  to: text({ max: 5, description: 'HH:MM, exclusive; 24:00 ends the day', example: '18:00' }),
});
const day = objects(slot, { optional: true, maxItems: 10 });
const week = form('WeekDto', { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: day, sunday: day });
const makeUpDay = form('MakeUpDayDto', {
  date: text({ max: 10, description: 'day worked although its weekday or the holidays say otherwise (调休)', example: '2026-10-10' }),
  slots: objects(slot, { optional: true, minItems: 1, maxItems: 10, description: 'hours of its own' }),
  replaces: text({
    optional: true,
    max: 10,
    description: 'day whose hours it has, where it has none of its own',
    example: '2026-10-05',
  }),
});
const MOST_DATES = 1_000;

const siteCommands = [
  onStream({
    ...COMMON,
    name: 'site-opened',
    operation: 'Site_open',
    path: 'admin/sites',
    summary: 'Open a site (案场、展厅)',
    formName: 'OpenSiteDto',
    fields: {
      siteId: slug({ description: 'chosen here, for ever', example: 'pudong' }),
      name: text({ max: 100, example: '浦东展厅' }),
      unitId: slug({ example: 'shanghai-east' }),
      zone: text({ max: 60, description: 'IANA time zone; it never changes', example: 'Asia/Shanghai' }),
      playbook: object(playbookRef, { description: 'what new journeys begin with' }),
      productLines,
    },
    command: (_id, { siteId, ...site }) => ({ kind: 'open' as const, siteId, site }),
    facts: async ({ unitId, playbook }, known) => ({
      unitKnown: await known.unit(unitId),
      playbookKnown: await known.playbook(playbook),
    }),
    refusals: ['site.already-open', 'unit.unknown', 'site.zone-unknown', 'playbook.unknown', 'site.product-lines'],
  }),
  onStream({
    ...COMMON,
    name: 'site-changed',
    operation: 'Site_change',
    path: 'admin/sites/:siteId/changes',
    params,
    summary: 'Change a site; neither its unit nor its zone ever does',
    formName: 'ChangeSiteDto',
    fields: {
      name: text({ optional: true, max: 100 }),
      playbook: object(playbookRef, { optional: true, description: 'for journeys that begin from now on' }),
      productLines: optional(productLines),
    },
    command: (siteId, change) => ({ kind: 'change' as const, siteId, change }),
    facts: async ({ playbook }, known) => ({
      ...NOTHING_NAMED,
      playbookKnown: playbook !== undefined && (await known.playbook(playbook)),
    }),
    refusals: ['playbook.unknown', 'site.product-lines', ...ON_SITE],
  }),
  onStream({
    ...COMMON,
    name: 'site-calendar-set',
    operation: 'Site_setCalendar',
    path: 'admin/sites/:siteId/calendar',
    params,
    summary: 'Set the calendar of a site: working hours, holidays, make-up days (调休)',
    formName: 'SiteCalendarDto',
    fields: {
      weekly: object(week, { description: 'a weekday that is left out is not worked' }),
      closed: texts({ maxItems: MOST_DATES, max: 10, description: 'days not worked', example: ['2026-10-01'] }),
      makeUp: objects(makeUpDay, { maxItems: MOST_DATES }),
    },
    command: (siteId, calendar) => ({ kind: 'set-calendar' as const, siteId, calendar }),
    facts: () => Promise.resolve(NOTHING_NAMED),
    refusals: [
      'calendar.bad-slot',
      'calendar.slots-overlap',
      'calendar.bad-date',
      'calendar.date-twice',
      'calendar.make-up-without-hours',
      ...ON_SITE,
    ],
  }),
  onStream({
    ...COMMON,
    name: 'site-closed',
    operation: 'Site_close',
    path: 'admin/sites/:siteId/closure',
    params,
    summary: 'Close a site: it takes no new customers, what it has goes on',
    formName: 'CloseSiteDto',
    fields: { reason: text({ optional: true, max: 300 }) },
    command: (siteId, { reason }) => ({ kind: 'close' as const, siteId, ...(reason !== undefined && { reason }) }),
    facts: () => Promise.resolve(NOTHING_NAMED),
    refusals: ON_SITE,
  }),
];

export const site = touchpoint({
  name: 'site',
  events: siteEvents,
  commands: siteCommands,
  refusals: {
    'site.unknown': 404,
    'site.closed': 409,
    'site.already-open': 409,
    'site.zone-unknown': 422,
    'site.product-lines': 422,
    'calendar.bad-slot': 422,
    'calendar.slots-overlap': 422,
    'calendar.bad-date': 422,
    'calendar.date-twice': 422,
    'calendar.make-up-without-hours': 422,
  },
});
