import type { PositionKeeper } from './keepers.js';

const now = (position: string): string => `coalesce((select new from moved where old = ${position}), ${position})`;
const within = (column: string): string => `jsonb_set(${column}, '{position}', to_jsonb(${now(`${column}->>'position'`)}))`;

/** What operators were told of rows and builds. What names an event of another log, or of none any more, stays as it was said. */
export const reportKeeper: PositionKeeper = {
  plan: () => Promise.resolve([]),
  async move(client) {
    await client.query(`update touchline.row_checks set position = ${now('position')} where position is not null`);
    await client.query(`update touchline.builds set report = ${within('report')} where report->>'position' is not null`);
    await client.query(`update touchline.build_differences set event = ${within('event')} where event->>'position' is not null`);
  },
};
