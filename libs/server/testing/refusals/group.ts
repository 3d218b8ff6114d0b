import type { RejectionCode } from '@touchline/routes/rejections.js';
import type { Body } from '../api-document.js';
import { everywhere } from './everywhere.js';
import type { Row, Rows } from './row.js';
import { http, past, to } from './row.js';
import { SITE, playbook } from './world.js';

// Of the group's own records.

const DAY = { from: '09:00', to: '18:00' };
const EMPTY = { weekly: {}, closed: [], makeUp: [] };

const calendar = (...wrong: Body[]): Row =>
  http(async (world) => {
    const path = `/admin/sites/${await world.site()}/calendar`;
    return wrong.map((each) => ({ path, body: { ...EMPTY, ...each } }));
  });

export const OF_THE_GROUP = {
  'unit.already-registered': http(async () => to(['/admin/units'], { unitId: 'hangzhou', name: '又一公司' })),
  'site.already-open': http(async () => to(['/admin/sites'], { ...SITE, siteId: 'pudong' })),
  'site.zone-unknown': http(async (world) =>
    ['Shanghai', '+08:00', 'Asia/Nowhere'].flatMap((zone) => to(['/admin/sites'], { ...SITE, zone, siteId: world.slug() })),
  ),
  'site.product-lines': everywhere('site.product-lines', ({ body }) => ({ body: { ...body, productLines: ['kaixuan', 'kaixuan'] } })),

  'calendar.bad-slot': calendar(
    { weekly: { monday: [{ from: '18:00', to: '09:00' }] } },
    { weekly: { monday: [{ ...DAY, to: '25:00' }] } },
  ),
  'calendar.slots-overlap': calendar({ weekly: { monday: [DAY, { from: '17:00', to: '20:00' }] } }),
  'calendar.bad-date': calendar({ closed: ['2027-02-29'] }, { makeUp: [{ date: 'tomorrow', slots: [DAY] }] }),
  'calendar.date-twice': calendar(
    { closed: ['2026-10-01', '2026-10-01'] },
    { closed: ['2026-10-10'], makeUp: [{ date: '2026-10-10', slots: [DAY] }] },
  ),
  'calendar.make-up-without-hours': calendar({ makeUp: [{ date: '2026-10-10' }] }),

  'user.login-taken': http(async () => to(['/admin/users'], { login: 'LI', displayName: '又一李娜', roles: [], sites: [] })),
  'user.roles': past('a request names each role once, or is malformed', (world) =>
    Promise.resolve(
      world.command('user-registered', { login: world.slug(), displayName: '新同事', roles: ['manager', 'manager'], sites: 'all' }),
    ),
  ),
  'user.deactivated': http(async (world) => {
    const userId = await world.deactivated();
    const { on } = await world.journey();
    return [
      ...to([`/admin/users/${userId}/deactivation`], {}),
      ...to(['/journeys/owner-assigned'], { journeyId: on.journeyId, ownerId: userId }),
    ];
  }),
  'user.active': http(async (world) => to([`/admin/users/${await world.user()}/reactivation`], {})),

  'word.unknown': everywhere('word.unknown', async ({ body }, world, { name }) => {
    const unheard = 'no word of any list';
    if (name === 'POST /touchpoints') {
      const { on } = await world.journey(world.now, await world.site({ playbook: { id: 'auto-ssp9', version: 2 } }));
      return { body: { ...on, kind: 'product-presented', fields: { product: unheard } } };
    }
    if (name === 'POST /complaints/received') return { body: { ...body, building: unheard } };
    return { body: { ...body, ...(name.startsWith('POST /quotes/') ? { product: unheard } : { media: unheard }) } };
  }),
  'word.taken': http(async (world) => {
    const { list, word } = await world.word();
    const other = await world.word();
    return [
      ...to(['/admin/words'], { list, word: ` ${word.toUpperCase()}` }),
      ...to(['/admin/words/changes'], { ...other, aliases: [word] }),
    ];
  }),
  'words.unknown': http(async () =>
    to(['/admin/words/changes', '/admin/words/withdrawals'], { list: 'media', word: 'no word of any list' }),
  ),
  'user.last-administrator': past('whoever may ask administers the group as well, unless it is about themselves', async (world) => {
    const userId = await world.onlyAdministrator('nanfang');
    return world.command('user-deactivated', { userId }, 'nanfang');
  }),

  'playbook.invalid': http(async (world) =>
    ['id: [', 'id: nothing-else', playbook(world.slug()).replace('visit-received', 'visit-dreamt')].flatMap((yaml) =>
      to(['/admin/playbooks'], { yaml }),
    ),
  ),
  'playbook.id-is-shipped': http(async () => to(['/admin/playbooks'], { yaml: playbook('auto-ssp9', 2) })),
  'playbook.version-not-next': http(async (world) => to(['/admin/playbooks'], { yaml: playbook(world.slug(), 2) })),
} as const satisfies Partial<Rows<RejectionCode>>;
