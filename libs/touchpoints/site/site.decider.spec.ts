import { describe, expect, it } from '@jest/globals';
import { NOW, recordedEvent, sentences } from '@touchline/testing/given-when-then.js';
import type { SiteCalendar } from './calendar.events.js';
import { siteDecider } from './site.decider.js';
import type { SiteChanged, SiteOpened } from './site.events.js';
import { evolveSite } from './site.fold.js';

const given = sentences(siteDecider, { unitKnown: true, playbookKnown: true });

const site: SiteOpened = {
  name: '浦东展厅',
  unitId: 'shanghai-east',
  zone: 'Asia/Shanghai',
  playbook: { id: 'auto-ssp9', version: 1 },
  productLines: ['kaixuan'],
};
const about = { occurredAt: NOW, subjects: { site: 'pudong' } };
const opened = { type: 'site-opened', data: site };
const closed = { type: 'site-closed', data: {} };
const calendar: SiteCalendar = { weekly: { monday: [{ from: '09:00', to: '18:00' }] }, closed: [], makeUp: [] };
const open = (change: Partial<SiteOpened> = {}) => ({ kind: 'open' as const, siteId: 'pudong', site: { ...site, ...change } });

describe('opening a site', () => {
  it('records what it is', () => {
    given()
      .when(open())
      .then({ type: 'site-opened', data: site, ...about });
  });

  it('happens once, even after it was closed', () => {
    given(opened).when(open()).thenRefused('site.already-open');
    given(opened, closed).when(open()).thenRefused('site.already-open');
  });

  it.each(['Asia/Atlantis', '+08:00', '', 'CST-8'])('refuses the zone "%s"', (zone) => {
    given().when(open({ zone })).thenRefused('site.zone-unknown');
  });

  it('names everything wrong at once', () => {
    given()
      .when(open({ zone: 'nowhere', productLines: [] }), { unitKnown: false, playbookKnown: false })
      .thenRefused('unit.unknown', 'site.zone-unknown', 'playbook.unknown', 'site.product-lines');
  });

  it('refuses a product line named twice', () => {
    given()
      .when(open({ productLines: ['a', 'b', 'a'] }))
      .thenRefused('site.product-lines');
  });
});

describe('changing a site', () => {
  const change = (wanted: SiteChanged) => ({ kind: 'change' as const, siteId: 'pudong', change: wanted });

  it('records only what is different', () => {
    given(opened)
      .when(change({ name: '浦东旗舰展厅', playbook: { id: 'auto-ssp9', version: 1 }, productLines: ['kaixuan', 'lingyun'] }))
      .then({ type: 'site-changed', data: { name: '浦东旗舰展厅', productLines: ['kaixuan', 'lingyun'] }, ...about });
  });

  it('records nothing where nothing is different from the last change', () => {
    given(opened, { type: 'site-changed', data: { name: 'B' } })
      .when(change({ name: 'B' }))
      .then();
  });

  it('refuses a playbook that does not exist', () => {
    given(opened)
      .when(change({ playbook: { id: 'auto-ssp9', version: 9 } }), { playbookKnown: false })
      .thenRefused('playbook.unknown');
  });

  it('does not ask about the playbook where it stays', () => {
    given(opened)
      .when(change({ name: 'B' }), { playbookKnown: false })
      .then({ type: 'site-changed', data: { name: 'B' }, ...about });
  });

  it('refuses to leave it without a product line', () => {
    given(opened)
      .when(change({ productLines: [] }))
      .thenRefused('site.product-lines');
  });
});

describe('a site that is closed, or never was', () => {
  it.each([
    { kind: 'change', siteId: 'pudong', change: { name: 'B' } },
    { kind: 'set-calendar', siteId: 'pudong', calendar },
    { kind: 'close', siteId: 'pudong' },
  ] as const)('takes no command to $kind', (command) => {
    given(opened, closed).when(command).thenRefused('site.closed');
    given().when(command).thenRefused('site.unknown');
  });

  it('is closed with the reason given', () => {
    given(opened)
      .when({ kind: 'close', siteId: 'pudong', reason: '搬迁' })
      .then({ type: 'site-closed', data: { reason: '搬迁' }, ...about });
  });
});

describe('the calendar of a site', () => {
  it('is set', () => {
    given(opened)
      .when({ kind: 'set-calendar', siteId: 'pudong', calendar })
      .then({ type: 'site-calendar-set', data: calendar, ...about });
  });

  it('is refused with every fault in it', () => {
    given(opened)
      .when({
        kind: 'set-calendar',
        siteId: 'pudong',
        calendar: { weekly: { monday: [{ from: '18:00', to: '09:00' }] }, closed: ['2026-02-30'], makeUp: [] },
      })
      .thenRefused('calendar.bad-slot', 'calendar.bad-date');
  });
});

it('a site is what its events add up to', () => {
  const events = [opened, { type: 'site-calendar-set', data: calendar }, { type: 'site-changed', data: { name: 'B' } }, closed];
  expect(events.map((event, index) => recordedEvent(event, index)).reduce(evolveSite, null)).toStrictEqual({
    ...site,
    name: 'B',
    calendar,
    open: false,
  });
});
