import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { LocalCredentials } from '@touchline/auth/credentials.js';
import { userIdOf } from '@touchline/commands/user-id.js';
import { execute } from '@touchline/commands';
import type { CustomerCountsShown, CustomerStatusShown } from '@touchline/projections/customer-status/customer-status.dto.js';
import type { FunnelShown, JourneyPageShown } from '@touchline/projections/journey-stages/journey-stages.dto.js';
import { PASSWORD, type Tenant } from '@touchline/server/testing/group.js';
import { rebuilt } from '@touchline/projections/testing/rebuilt.js';
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
  as_of: {
    at: string;
    opportunities: Record<'undated' | 'not_seen' | 'engaging' | 'won' | 'lost', number>;
    accounts: Record<'not_seen' | 'in_negotiation' | 'lost_only' | 'customer', number>;
  }[];
  by_close_month: Record<string, Pick<Slice, 'won' | 'lost' | 'win_rate' | 'won_value'>>;
}

type Figures = FunnelShown['overall'];

const rounded = (number: number | null, places: number): number | null => (number === null ? null : Number(number.toFixed(places)));

const statsOf = (hours: Figures['openedToWon']): Stats => ({
  n: hours.journeys,
  median_cont: rounded(hours.medianHours, 4),
  p90_cont: rounded(hours.p90Hours, 4),
  median_disc: hours.medianOccurredHours,
  p90_disc: hours.p90OccurredHours,
  mean: rounded(hours.meanHours, 4),
  min: hours.minHours,
  max: hours.maxHours,
});

/** Figures of the API in the words of the reference, rounded as it is. */
const told = ({ open, won, lost, winRate, wonValue: [usd], openedToWon }: Figures) => ({
  engaging: open,
  won,
  lost,
  win_rate: rounded(winRate, 6),
  won_value: (usd?.amount ?? 0) / 100,
  avg_won_value: usd === undefined ? null : rounded(usd.averageAmount / 100, 4),
  engaged_to_won: statsOf(openedToWon),
});

/** The same of the reference, without what only undated rows have. */
const wanted = ({ engaging, won, lost, win_rate, won_value, avg_won_value, engaged_to_won }: Omit<Slice, 'key'>) => ({
  engaging,
  won,
  lost,
  win_rate,
  won_value,
  avg_won_value,
  engaged_to_won: withoutUnit(engaged_to_won),
});
const withoutUnit = ({ n, median_cont, p90_cont, median_disc, p90_disc, mean, min, max }: Stats): Stats => ({
  n,
  median_cont,
  p90_cont,
  median_disc,
  p90_disc,
  mean,
  min,
  max,
});

const NAME = 'the sales pipeline of the samples, imported';
const samples = SAMPLES;
if (samples === undefined) describe.skip(`${NAME} (skipped: TOUCHLINE_SAMPLES is not set)`, () => it('are imported', () => undefined));
else
  describe(NAME, () => {
    const api = useApi();
    const workplace = useWorkplace();
    const folder = join(samples, 'crm-pipeline');
    const order = { file: join(folder, 'sales_pipeline.csv'), map: join(EXAMPLES, 'crm-pipeline/map.yaml') };
    let reference: Reference & Record<string, Slice[]>;
    let first: ImportSummary;

    beforeAll(async () => {
      reference = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as typeof reference;
      first = await workplace.run(order, importInto(api.platform));
      await new LocalCredentials(api.platform.pool).setPassword('maven', userIdOf('maven', 'analyst'), PASSWORD);
      await projected(api.platform);
    }, 400_000);

    const ask = async <T>(path: string): Promise<T> => (await api.as('analyst', 'maven' as Tenant)).ask<T>(path);
    const funnel = (query: string): Promise<FunnelShown> => ask(`/funnel?${query}`);
    const slices = async (by: string, nameOf = (key: string | null): string => key ?? ''): Promise<Map<string, unknown>> =>
      new Map((await funnel(`by=${by}&slices=500`)).slices.map((slice) => [nameOf(slice.key), told(slice)]));
    /** Slices of the reference that have a dated row. */
    const wantedSlices = (name: string): Map<string, unknown> =>
      new Map(
        (reference[name] ?? []).filter(({ engaging, won, lost }) => engaging + won + lost > 0).map((slice) => [slice.key, wanted(slice)]),
      );
    const rows = async <T extends object>(sql: string): Promise<T[]> => (await api.platform.pool.query<T>(sql)).rows;

    it('records every dated fact and reports exactly the rows that have no date', async () => {
      const undated = (await readFile(order.file, 'utf8'))
        .trimEnd()
        .split('\n')
        .flatMap((line, index) => (line.split(',')[5] === '' ? [String(index + 1)] : []));
      expect(undated).toHaveLength(reference.counts.by_stage['Prospecting'] ?? 0);
      expect(await workplace.reported()).toEqual(undated.map((line) => [line, 'engage_date', 'value.missing', '', '', 'engaged']));
      expect(first).toMatchObject({
        rows: 8800,
        facts: { recorded: reference.counts.dated_events, repeated: 0, refused: 0, unread: undated.length },
        deviations: {},
      });
    });

    it('has the counts, win rate, value and durations of the reference', async () => {
      const { overall } = await funnel('');
      expect(told(overall)).toEqual(wanted(reference.overall));
      const { engaged_to_closed, engaged_to_won, engaged_to_lost } = reference.time_between;
      const { openedToClosed, openedToWon, openedToLost } = overall;
      expect([openedToClosed, openedToWon, openedToLost].map(statsOf)).toEqual(
        [engaged_to_closed, engaged_to_won, engaged_to_lost].map(withoutUnit),
      );
    });

    it('has its funnel, with the undated rows before the first stage', async () => {
      const { overall } = await funnel('');
      const entered = (name: string): number | undefined => overall.stages.find(({ stageId }) => stageId === name)?.entered;
      expect([
        ['opportunity', overall.opportunities + first.facts.unread],
        ['engaged', entered('engaged')],
        ['closed', overall.closed],
        ['won', entered('won')],
      ]).toEqual(reference.funnel.map(({ stage, cases }) => [stage, cases]));
      expect(statsOf(overall.stages[0]!.timeInStage)).toEqual(withoutUnit(reference.time_between.engaged_to_closed));
    });

    it.each([
      ['by_manager', 'attribute:manager'],
      ['by_product', 'product'],
    ])('has its slices %s', async (name, by) => {
      expect(await slices(by)).toEqual(wantedSlices(name));
    });

    it('has its slices by regional office, which is the site', async () => {
      const found = await slices('siteId', (site) => `${site?.[0]?.toUpperCase() ?? ''}${site?.slice(1) ?? ''}`);
      expect(found).toEqual(wantedSlices('by_regional_office'));
    });

    it('has its slices by sector', async () => {
      expect(await slices('attribute:sector', (sector) => sector ?? '(no account)')).toEqual(wantedSlices('by_sector'));
    });

    it('has its slices by sales agent, who own their journeys', async () => {
      const agents = new Map([...wantedSlices('by_sales_agent').keys()].map((name) => [userIdOf('maven', loginOf(name)), name]));
      expect(await slices('ownerId', (owner) => agents.get(owner ?? '') ?? `not an agent: ${owner}`)).toEqual(
        wantedSlices('by_sales_agent'),
      );
    });

    it('has its ten largest accounts, each of which is one customer', async () => {
      const people = await rows<{ id: string; name: string }>(
        `select customer_id as id, name from read_model.person_directory where tenant = 'maven'`,
      );
      const names = new Map(people.map(({ id, name }) => [id, name]));
      const found = await slices('customerId', (id) => (id === null ? '(no account)' : (names.get(id) ?? id)));
      expect(found.size).toBe(86);
      for (const [account, figures] of wantedSlices('by_account_top10_by_opportunities')) expect(found.get(account)).toEqual(figures);
      expect(found.get('(no account)')).toMatchObject({ engaging: reference.counts.no_account_by_stage['Engaging'], won: 0, lost: 0 });
    });

    it('has what was won and lost in each month', async () => {
      const found = (await funnel('by=monthClosed&status=closed')).slices.map((slice) => {
        const { won, lost, win_rate, won_value } = told(slice);
        return [slice.key, { won, lost, win_rate, won_value }];
      });
      expect(Object.fromEntries(found)).toEqual(reference.by_close_month);
    });

    it('shows every account as a customer who bought, and each figure opens to its rows', async () => {
      const counts = await ask<CustomerCountsShown>('/customers/counts');
      expect(counts).toMatchObject({ total: 85, byCategory: { owner: 85 }, byLifecycle: { committed: 85 } });
      const hottechi = (reference['by_account_top10_by_opportunities'] ?? [])[0]!;
      const [customer] = await rows<{ id: string }>(
        `select customer_id as id from read_model.person_directory where tenant = 'maven' and name = '${hottechi.key}'`,
      );
      const status = await ask<CustomerStatusShown>(`/customers/${customer?.id}/status`);
      expect(status).toMatchObject({ category: 'owner', lifecycle: 'committed' });
      expect(status.journeyList.filter(({ contract }) => contract !== null)).toHaveLength(hottechi.won);
      const lost = await ask<JourneyPageShown>(`/funnel/journeys?customerId=${customer?.id}&status=lost&limit=200`);
      expect([lost.items.length, lost.next]).toEqual([hottechi.lost, null]);
    });

    const ACCOUNT: Record<string, string> = { owner: 'customer', prospect: 'in_negotiation', lost: 'lost_only' };

    /** The reference's words for what the API says of that moment: of all journeys by the funnel, of each account by its status. */
    async function asOf(at: string): Promise<Pick<Reference['as_of'][number], 'opportunities' | 'accounts'>> {
      const { overall } = await funnel(`happenedBy=${at}&events=0`);
      const accounts = { not_seen: 0, in_negotiation: 0, lost_only: 0, customer: 0 };
      const analyst = await api.as('analyst', 'maven' as Tenant);
      for (const { id } of await people()) {
        const { status, body } = await analyst.get<CustomerStatusShown>(`/customers/${id}/status?happenedBy=${at}&events=0`);
        accounts[(status === 404 ? 'not_seen' : ACCOUNT[body.category]) as keyof typeof accounts] += 1;
      }
      const undated = first.facts.unread;
      return {
        opportunities: {
          undated,
          not_seen: first.rows - undated - overall.opportunities,
          engaging: overall.open,
          won: overall.won,
          lost: overall.lost,
        },
        accounts,
      };
    }
    const people = (): Promise<{ id: string }[]> =>
      rows(`select customer_id as id from read_model.person_directory where tenant = 'maven' order by 1`);

    it('has what was open, won and lost as of each moment of the reference, and where each account stood', async () => {
      for (const { at, opportunities, accounts } of reference.as_of)
        expect([at, await asOf(at)]).toEqual([at, { opportunities, accounts }]);
    }, 300_000);

    it('knew nothing before it was imported, whatever had happened by then', async () => {
      const { overall } = await funnel('happenedBy=2018-01-01T00:00:00Z&knownBy=2018-01-01T00:00:00Z');
      expect(overall.opportunities).toBe(0);
    });

    it('changes nothing when it is imported again', async () => {
      const rowsThen = await tables();
      const [events, head] = [await api.countEvents(), await api.platform.store.head()];
      const again = await workplace.run(order, importInto(api.platform));
      expect(again.facts).toEqual({ ...first.facts, recorded: 0, repeated: first.facts.recorded });
      expect([again.created, again.report?.byReason]).toEqual([[], first.report?.byReason]);
      expect([await api.countEvents(), await api.platform.store.head()]).toEqual([events, head]);
      await projected(api.platform);
      expect(await tables()).toEqual(rowsThen);
    }, 300_000);

    it('has the same as-of figures after one account is erased', async () => {
      const [erased] = await people();
      const trace = { commandId: randomUUID(), requestHash: '', correlationId: '', causationId: '' };
      const metadata = {
        tenant: 'maven',
        sites: 'all' as const,
        actor: { kind: 'user' as const, id: userIdOf('maven', 'analyst') },
        ...trace,
      };
      const erasure = { customerId: erased?.id ?? '', askedBy: 'person', reason: 'asked' };
      const outcome = await execute(api.platform.services, 'customer-erased', erasure, metadata);
      expect(outcome.kind).toBe('recorded');
      await projected(api.platform);
      expect(await rows(`select name from read_model.person_directory where customer_id = '${erased?.id}'`)).toEqual([{ name: null }]);
      const { at, opportunities, accounts } = reference.as_of[1]!;
      expect(await asOf(at)).toEqual({ opportunities, accounts });
    });

    it('has the same rows and the same as-of figures after every view is rebuilt', async () => {
      const rowsThen = await tables();
      const builds = await rebuilt(api.platform, undefined, 120_000);
      expect(builds.map(({ state, report }) => [state, report?.outcome])).toEqual(builds.map(() => ['live', 'equal']));
      expect(await tables()).toEqual(rowsThen);
      const { at, opportunities, accounts } = reference.as_of[1]!;
      expect(await asOf(at)).toEqual({ opportunities, accounts });
    });

    /** A digest of every row of every read model. */
    async function tables(): Promise<Record<string, unknown>> {
      const names = await rows<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'read_model' order by 1`,
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
