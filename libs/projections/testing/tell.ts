import { randomUUID } from 'node:crypto';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { CommandServices, CommandMetadata, Input } from '@touchline/commands';
import { execute, journeyOrder, placeContact, recordOnJourney } from '@touchline/commands';
import type { CommandOutcome } from '@touchline/event-store';
import type { RecordedAnswer } from '@touchline/http';
import { answer } from '@touchline/http';
import type { TestApi } from '@touchline/server/testing/use-api.js';
import type { ContactCommand } from '@touchline/touchpoints/command.js';
import type { LossKind } from '@touchline/touchpoints/journey/journey.events.js';
import { commandNamed } from '@touchline/touchpoints/list.js';
import type { Channel, TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import type { VisitReceived } from '@touchline/touchpoints/visit/visit.events.js';

export const yuan = (amount: number): { amount: number; currency: string } => ({ amount: amount * 100, currency: 'CNY' });

interface Came {
  siteId: string;
  phone: string;
  name?: string;
  productLine?: string;
  product?: string;
  media?: string;
  attributes?: { [name: string]: string };
  newJourney?: boolean;
}

/** Tells the test's API what happened at its sites, through the same deciders as its routes; `by` is who was responsible. */
export class Teller {
  constructor(
    private readonly api: TestApi,
    private readonly by = 'li',
    private readonly tenant = 'dongfang',
  ) {}

  /** A visit whose visitor left a number: a reception, which gives the journey its owner. */
  came(at: string, { siteId, phone, name, attributes, ...wanted }: Came, about: Partial<VisitReceived> = {}): Promise<RecordedAnswer> {
    const { media } = wanted;
    const visit = { ...this.data('in'), batchSize: 2, first: true, contactTaken: true, ...(media !== undefined && { media }), ...about };
    const person = { phone, ...(name !== undefined && { name }) };
    return this.recorded(async (services, metadata) => {
      const place = await placeContact(services, metadata, { siteId, person, ...wanted }, at, () => Promise.resolve([]));
      if (place.kind !== 'journey') throw new Error(`the visit is ${place.kind}`);
      const { journeyId, opening } = place;
      // A request gives a journey no labels; an import does.
      const on = { journeyId, occurredAt: at, ...(opening && { opening: { ...opening, ...(attributes && { attributes }) } }) };
      return recordOnJourney(services, metadata, journeyOrder(commandNamed('visit-received') as ContactCommand, on, visit, metadata));
    });
  }

  unidentified(
    at: string,
    siteId: string,
    kind: 'call' | 'visit',
    about: { [field: string]: boolean | number } = {},
  ): Promise<RecordedAnswer> {
    const said = this.data('in', kind === 'call' ? 'phone' : 'showroom');
    return this.send(`${kind}-received`, { occurredAt: at, siteId, ...said, contactTaken: false, ...about });
  }

  tied(contactId: string, journeyId: string): Promise<RecordedAnswer> {
    return this.send('contact-tied', { contactId, journeyId, occurredAt: this.api.now });
  }

  called(
    at: string,
    journeyId: string,
    about: { note?: string; corrects?: string; durationSeconds?: number } = {},
  ): Promise<RecordedAnswer> {
    return this.send('call-made', { journeyId, occurredAt: at, ...this.data('out', 'phone'), reached: true, ...about });
  }

  quoted(at: string, journeyId: string, price = yuan(200_000)): Promise<RecordedAnswer> {
    return this.send('quote-issued', { journeyId, occurredAt: at, ...this.data('out'), price });
  }

  quoteWithdrawn(at: string, journeyId: string): Promise<RecordedAnswer> {
    return this.send('quote-withdrawn', { journeyId, occurredAt: at, ...this.data('out') });
  }

  signed(at: string, journeyId: string, price = yuan(200_000)): Promise<RecordedAnswer> {
    return this.send('contract-signed', { journeyId, occurredAt: at, ...this.data('out'), price });
  }

  handedOver(at: string, journeyId: string): Promise<RecordedAnswer> {
    const report = { checklist: { passed: 42, failed: 0 }, documents: true, keys: true };
    return this.send('handover-completed', { journeyId, occurredAt: at, ...this.data('out'), ...report });
  }

  lost(at: string, journeyId: string, kind: LossKind = 'gave-up'): Promise<RecordedAnswer> {
    return this.send('journey-lost', { journeyId, occurredAt: at, kind });
  }

  complained(at: string, journeyId: string): Promise<RecordedAnswer> {
    const complaint = { ...this.data('in', 'phone'), category: 'delivery', account: '交车晚了三天' };
    return this.send('complaint-received', { occurredAt: at, journeyId, ...complaint });
  }

  acknowledged(at: string, complaintId: string): Promise<RecordedAnswer> {
    return this.send('complaint-acknowledged', { occurredAt: at, complaintId, ...this.data('out', 'phone') });
  }

  private data(direction: 'in' | 'out', channel: Channel = 'showroom'): TouchpointData {
    return { channel, direction, responsibleId: userIdOf(this.tenant, this.by) };
  }

  private send(command: string, input: Input): Promise<RecordedAnswer> {
    return this.recorded((services, metadata) => execute(services, command, input, metadata));
  }

  private async recorded(run: (services: CommandServices, metadata: CommandMetadata) => Promise<CommandOutcome>): Promise<RecordedAnswer> {
    const commandId = randomUUID();
    const actor = { kind: 'user' as const, id: userIdOf(this.tenant, this.by) };
    const trace = { requestHash: commandId, correlationId: commandId, causationId: commandId };
    return answer(await run(this.api.platform.services, { tenant: this.tenant, sites: 'all', actor, commandId, ...trace }));
  }
}
