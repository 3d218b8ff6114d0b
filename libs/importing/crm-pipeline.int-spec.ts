import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { userIdOf } from '@touchline/auth/user-id.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import type { ImportSummary } from './summary.js';
import { EXAMPLES, SAMPLES, importInto, projected, useWorkplace } from './testing/sample.js';

// The reference was computed from the file alone, by somebody else. Its rows without any date cannot be in the log, so
// everything is compared over dated rows.

interface Stats {
  n: number;
  median_cont: number | null;
  p90_cont: number | null;
  median_disc: number | null;
  p90_disc: number | null;
  mean: number | null;
  min: number | null;
  max: number | null;
}
interface Slice {
  key: string;
  prospecting: number;
  engaging: number;
  won: number;
  lost: number;
  win_rate: number | null;
  won_value: number;
  avg_won_value: number | null;
  engaged_to_won: Stats;
}
interface Reference {
  counts: { dated_events: number; by_stage: Record<string, number>; no_account_by_stage: Record<string, number> };
  funnel: { stage: string; cases: number }[];
  overall: Omit<Slice, 'key'>;
  time_between: Record<'engaged_to_closed' | 'engaged_to_won' | 'engaged_to_lost', Stats>;
  by_close_month: Record<string, Pick<Slice, 'won' | 'lost' | 'win_rate' | 'won_value'>>;
}

const HOURS = `extract(epoch from closed_at - opened_at)::float8 / 3600`;
const round = (places: number, expression: string): string => `round((${expression})::numeric, ${places})::float8`;
const statsSql = (only: string): string => {
  const within = (kind: string, share: number): string =>
    `percentile_${kind}(${share}) within group (order by ${HOURS}) filter (where ${only})`;
  return `json_build_object(
    'n', count(*) filter (where ${only}), 'mean', ${round(4, `avg(${HOURS}) filter (where ${only})`)},
    'median_cont', ${round(4, within('cont', 0.5))}, 'p90_cont', ${round(4, within('cont', 0.9))},
    'median_disc', ${within('disc', 0.5)}, 'p90_disc', ${within('disc', 0.9)},
    'min', min(${HOURS}) filter (where ${only}), 'max', max(${HOURS}) filter (where ${only}))`;
};
const figuresSql = (key: string): string => `select ${key} as key,
    (count(*) filter (where status = 'open'))::integer as engaging,
    (count(*) filter (where status = 'won'))::integer as won,
    (count(*) filter (where status = 'lost'))::integer as lost,
    ${round(6, `count(*) filter (where status = 'won') / nullif(count(*) filter (where status <> 'open'), 0)::float8`)} as win_rate,
    coalesce(sum(contract_amount), 0)::float8 / 100 as won_value,
    ${round(4, 'avg(contract_amount) / 100')} as avg_won_value,
    ${statsSql(`status = 'won'`)} as engaged_to_won
  from read_model.journey_stages left join read_model.person_directory using (customer_id)
  where journey_stages.tenant = 'maven' group by 1`;

/** A slice as the dated rows have it. */
const dated = ({ key, engaging, won, lost, win_rate, won_value, avg_won_value, engaged_to_won }: Slice) => {
  const { n, median_cont, p90_cont, median_disc, p90_disc, mean, min, max } = engaged_to_won;
  return {
    key,
    engaging,
    won,
    lost,
    win_rate,
    won_value,
    avg_won_value,
    engaged_to_won: { n, median_cont, p90_cont, median_disc, p90_disc, mean, min, max },
  };
};

const NAME = 'the sales pipeline of the samples, imported';
const samples = SAMPLES;
if (samples === undefined) describe(`${NAME}: not run, TOUCHLINE_SAMPLES is not set`, () => it('has nothing to import', () => undefined));
else
  describe(NAME, () => {
    const api = useApi();
    const workplace = useWorkplace();
    const folder = join(samples, 'crm-pipeline');
    const order = { file: join(folder, 'sales_pipeline.csv'), map: join(EXAMPLES, 'crm-pipeline/map.yaml') };
    let reference: Reference & Record<string, Slice[]>;
    let first: ImportSummary;

    const rows = async <T extends object>(sql: string): Promise<T[]> => (await api.platform.pool.query<T>(sql)).rows;
    const slices = async (key: string): Promise<Map<string, ReturnType<typeof dated>>> =>
      new Map((await rows<Slice>(figuresSql(key))).map((slice) => [slice.key, dated(slice)]));
    const wanted = (name: string): Slice[] => (reference[name] ?? []).filter(({ engaging, won, lost }) => engaging + won + lost > 0);

    beforeAll(async () => {
      reference = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as typeof reference;
      first = await workplace.run(order, importInto(api.platform));
      await projected(api.platform);
    }, 300_000);

    it('records every dated fact and reports exactly the rows that have no date', async () => {
      const undated = (await readFile(order.file, 'utf8'))
        .trimEnd()
        .split('\n')
        .flatMap((line, index) => (line.split(',')[5] === '' ? [String(index + 1)] : []));
      expect(undated).toHaveLength(reference.counts.by_stage['Prospecting'] ?? 0);
      expect(await workplace.reported()).toEqual(undated.map((line) => [line, 'engage_date', 'value.missing', '', '']));
      expect(first).toMatchObject({
        rows: 8800,
        facts: { recorded: reference.counts.dated_events, repeated: 0, refused: 0, unread: undated.length },
        deviations: {},
      });
    });

    it('has the counts, win rate, value and durations of the reference', async () => {
      const [overall] = (await slices(`'all'`)).values();
      expect(overall).toEqual(dated({ key: 'all', ...reference.overall }));
      const [between] = await rows(`select ${statsSql(`status <> 'open'`)} as engaged_to_closed,
        ${statsSql(`status = 'won'`)} as engaged_to_won, ${statsSql(`status = 'lost'`)} as engaged_to_lost
        from read_model.journey_stages where tenant = 'maven'`);
      const stated = Object.entries(reference.time_between).map(([name, stats]) => [
        name,
        dated({ engaged_to_won: stats } as Slice).engaged_to_won,
      ]);
      expect(between).toEqual(Object.fromEntries(stated));
    });

    it('has its funnel, with the undated rows before the first stage', async () => {
      const stages = await rows<{ stage: string; cases: number }>(`select stage, count(*)::integer as cases
        from read_model.journey_stages, jsonb_to_recordset(stages) as s(stage text) where tenant = 'maven' group by stage`);
      const [closed] = await rows<{ cases: number }>(
        `select count(closed_at)::integer as cases from read_model.journey_stages where tenant = 'maven'`,
      );
      const reached = new Map(stages.map(({ stage, cases }) => [stage, cases]));
      expect(reference.funnel.map(({ stage, cases }) => [stage, cases])).toEqual([
        ['opportunity', (reached.get('engaged') ?? 0) + first.facts.unread],
        ['engaged', reached.get('engaged')],
        ['closed', closed?.cases],
        ['won', reached.get('won')],
      ]);
    });

    it.each([
      ['by_manager', `attributes ->> 'manager'`],
      ['by_regional_office', `initcap(site_id)`],
      ['by_product', 'product'],
      ['by_sector', `coalesce(attributes ->> 'sector', '(no account)')`],
    ])('has its slices %s', async (name, key) => {
      expect(await slices(key)).toEqual(new Map(wanted(name).map((slice) => [slice.key, dated(slice)])));
    });

    it('has its slices by sales agent, who own their journeys', async () => {
      const found = await slices('owner_id');
      const agents = wanted('by_sales_agent').map((slice): [string, Slice] => [userIdOf('maven', loginOf(slice.key)), slice]);
      expect(found).toEqual(new Map(agents.map(([key, slice]) => [key, dated({ ...slice, key })])));
    });

    it('has its ten largest accounts, each of which is one customer', async () => {
      const found = await slices('name');
      expect(found.size).toBe(86);
      for (const account of wanted('by_account_top10_by_opportunities')) expect(found.get(account.key)).toEqual(dated(account));
      expect(found.get(null as unknown as string)?.engaging).toBe(reference.counts.no_account_by_stage['Engaging']);
    });

    it('has what was won and lost in each month', async () => {
      const found = await rows<{ key: string } & Slice>(
        `${figuresSql(`to_char(closed_at at time zone 'UTC', 'YYYY-MM')`)} having count(closed_at) > 0`,
      );
      const months = found.map(({ key, won, lost, win_rate, won_value }) => [key, { won, lost, win_rate, won_value }]);
      expect(Object.fromEntries(months)).toEqual(reference.by_close_month);
    });

    it('changes nothing when it is imported again', async () => {
      const rowsThen = await tables();
      const [events, head] = [await api.countEvents(), await api.platform.store.head()];
      const again = await workplace.run(order, importInto(api.platform));
      expect(again.facts).toEqual({ recorded: 0, repeated: first.facts.recorded, refused: 0, unread: first.facts.unread });
      expect([again.created, again.report?.byReason]).toEqual([[], first.report?.byReason]);
      expect([await api.countEvents(), await api.platform.store.head()]).toEqual([events, head]);
      await projected(api.platform);
      expect(await tables()).toEqual(rowsThen);
    }, 120_000);

    /** A digest of every row of every read model. */
    async function tables(): Promise<Record<string, unknown>> {
      const names = await rows<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'read_model' and table_name <> 'migrations' order by 1`,
      );
      const digests: Record<string, unknown> = {};
      for (const { name } of names)
        [digests[name]] = await rows(
          `select count(*), md5(string_agg(t::text, ',' order by t::text)) from (select to_jsonb(x) - 'folded_at' as t from read_model.${name} x) as t`,
        );
      return digests;
    }
  });

/** As the mapping makes it of the agent's name. */
const loginOf = (name: string): string => name.toLowerCase().replaceAll(' ', '-');
