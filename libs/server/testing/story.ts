import type { RecordedAnswer } from '@touchline/http';
import { refused } from './look.js';
import type { Client, TestApi } from './use-api.js';

interface Status {
  lifecycle: string;
  category: string;
  ownerIds: string[];
  quoteStanding: boolean;
  touchpoints: number;
  journeys: { total: number; open: number; lost: number; bought: number };
  complaints: { total: number; open: number };
  bought: { currency: string; amount: number; contracts: number }[];
  journeyList: { stage: { id: string } | null; lifecycle: string | null }[];
}

interface Entry {
  eventId: string;
  type: string;
  kind: string | null;
  occurredAt: string;
  lateBySeconds: number;
  stage: { id: string } | null;
  details: { [field: string]: unknown };
  sealed: string[];
}

/** An instant at the sites of the tests: 2026-03-02 10:00 in Shanghai. */
export const shanghai = (local: string): string => new Date(`${local.replace(' ', 'T')}:00+08:00`).toISOString();

/** One customer's story, told at its own times through the API: what one step answers with, the next ones go on from. */
export class Story {
  private last: RecordedAnswer | undefined;
  readonly ids: Pick<RecordedAnswer, 'customerId' | 'journeyId' | 'complaintId'> = {};

  constructor(private readonly api: TestApi) {}

  /** Recorded at this time, and happened then unless the body says when. */
  async tell(at: string, login: string, path: string, body: object = {}): Promise<RecordedAnswer> {
    const who = await this.come(at, login);
    const answer = await who.record(path, this.bodyOf(path, body));
    const { customerId, journeyId, complaintId } = answer;
    Object.assign(this.ids, { ...(customerId && { customerId }), ...(journeyId && { journeyId }), ...(complaintId && { complaintId }) });
    this.last = answer;
    return answer;
  }

  async refused(at: string, login: string, code: string, path: string, body: object = {}): Promise<void> {
    const who = await this.come(at, login);
    await refused(this.api, who, code, path, this.bodyOf(path, body));
  }

  async status(login: string): Promise<Status> {
    return (await this.api.as(login)).ask<Status>(`/customers/${this.ids.customerId}/status`, this.last);
  }

  /** The first first. */
  async timeline(login: string): Promise<Entry[]> {
    const path = `/customers/${this.ids.customerId}/timeline?order=asc&limit=100`;
    return (await (await this.api.as(login)).ask<{ items: Entry[] }>(path, this.last)).items;
  }

  async complaint(login: string): Promise<{ status: string; open: boolean; course: { items: Entry[] } }> {
    return (await this.api.as(login)).ask(`/complaints/${this.ids.complaintId}`, this.last);
  }

  private come(at: string, login: string): Promise<Client> {
    this.api.now = shanghai(at);
    return this.api.as(login);
  }

  /** Each act names what it is on; a body says it where it begins something, or means something else. */
  private bodyOf(path: string, body: object): object {
    const { journeyId, complaintId } = this.ids;
    const begins = 'person' in body;
    const on = path.startsWith('/complaints/') && !path.endsWith('/received') ? { complaintId } : begins ? {} : { journeyId };
    return { occurredAt: this.api.now, ...on, ...body };
  }
}
