import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Given } from '@touchline/testing/docs-commands.js';
import { eventually } from '@touchline/testing/eventually.js';
import type { SignedIn } from './processes.js';
import type { Reader } from './reader.js';

/** What a request that recorded something was answered. */
export interface Called {
  journeyId: string;
  customerId: string;
  eventId: string;
  position: string;
}

const FILES = {
  'sales_pipeline.csv': [
    'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value',
    'A1,Anna Snelling,GTXPro,Isdom,Won,2016-10-25,2017-03-11,4514',
    'A2,Anna Snelling,MG Special,Cancity,Lost,2016-10-26,2017-03-12,0',
  ],
  'sales_teams.csv': ['sales_agent,manager,regional_office', 'Anna Snelling,Dustin Brinkmann,Central'],
  'accounts.csv': ['account,sector', 'Isdom,medical', 'Cancity,retail'],
};

const VIEW = '/admin/projections/customer-status';

/** Makes so what a page speaks of and a platform has not by itself. */
export class Givens {
  private undoing: (() => Promise<unknown>) | null = null;

  constructor(
    private readonly reader: Reader,
    private readonly by: { manager: SignedIn; operator: SignedIn },
    private readonly called: Called,
  ) {}

  /** @returns what the reader of the page knows of it */
  make(given: Given): Promise<Record<string, string>> {
    return this.ways[given]();
  }

  /** Takes back what would stand in the way of another page. */
  async undo(): Promise<void> {
    await this.undoing?.();
    this.undoing = null;
  }

  private readonly ways: Record<Given, () => Promise<Record<string, string>>> = {
    /** A contract that was entered late. */
    'a story': async () => {
      const { journeyId } = this.called;
      const now = new Date();
      const price = { amount: 200_000_00, currency: 'CNY' };
      const { position } = await this.by.manager.post<Called>('/contracts/signed', { journeyId, occurredAt: now.toISOString(), price });
      await this.by.manager.get(`/journeys/${journeyId}?after=${position}`);
      return { THEN: now.toISOString() };
    },
    'a file': async () => {
      for (const [name, lines] of Object.entries(FILES)) await writeFile(join(this.reader.folder, name), `${lines.join('\n')}\n`);
      return {};
    },
    'rows that differ': async () => {
      await this.psql(`update read_model.customer_status set lifecycle = 'hand-made' where id = '${this.called.journeyId}'`);
      await this.by.operator.post(`${VIEW}/rebuild`, {});
      await eventually(async () => {
        const { builds } = await this.by.operator.get<{ builds: { state: string }[] }>(`${VIEW}/builds`);
        return builds[0]?.state === 'refused';
      });
      return {};
    },
    /** Another holds it and does nothing. */
    'a rebuild under way': async () => {
      await this.psql(`insert into touchline.leases (name, holder, fence, expires_at)
        select projection || '/' || max(build) + 1, 'another', 1, 'infinity' from touchline.builds where projection = 'customer-status' group by projection`);
      await this.by.operator.post(`${VIEW}/rebuild`, {});
      this.undoing = () => this.by.operator.post(`${VIEW}/rebuild/cancel`, {});
      return {};
    },
    /** The table refuses what its view makes of one event. */
    'a stream set aside': async () => {
      await this.psql(`do $do$ begin execute (
        select format('alter table %I.customer_timeline add constraint no_calls check (type <> ''call-made'') not valid', schema)
        from touchline.builds where projection = 'customer-timeline' and state = 'live'); end $do$`);
      const { journeyId } = this.called;
      const made = await this.by.manager.post<Called>('/calls/made', { journeyId, occurredAt: new Date().toISOString(), reached: true });
      await eventually(async () => {
        const { items } = await this.by.operator.get<{ items: object[] }>('/admin/projections/customer-timeline/set-aside');
        return items.length > 0;
      });
      return { EVENT: made.eventId, POSITION: made.position };
    },
  };

  private psql(statement: string): Promise<unknown> {
    return this.reader.bash('psql "$DATABASE_URL" -c "$STATEMENT"', { STATEMENT: statement });
  }
}
