import { randomUUID } from 'node:crypto';
import { userIdOf } from '@touchline/auth';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { Record, placeContact, recordOnJourney } from '@touchline/commands';
import { streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import type { RecordedAnswer } from '@touchline/http';
import { answer } from '@touchline/http';
import type { TestApi } from '@touchline/server/testing/use-api.js';
import { callDecider } from '@touchline/touchpoints/call/call.decider.js';
import { complaintDecider } from '@touchline/touchpoints/complaint/complaint.decider.js';
import type { ComplaintCommand } from '@touchline/touchpoints/complaint/complaint.decider.js';
import { contactDecider } from '@touchline/touchpoints/contact/contact.decider.js';
import { contractDecider } from '@touchline/touchpoints/contract/contract.decider.js';
import { handoverDecider } from '@touchline/touchpoints/handover/handover.decider.js';
import type { LossKind } from '@touchline/touchpoints/journey/journey.events.js';
import { journeyDecider } from '@touchline/touchpoints/journey/journey.decider.js';
import { quoteDecider } from '@touchline/touchpoints/quote/quote.decider.js';
import type { Channel, TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import { visitDecider } from '@touchline/touchpoints/visit/visit.decider.js';
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
      const on = { journeyId, ...(opening && { opening: { ...opening, ...(attributes && { attributes }) } }) };
      return recordOnJourney(services, metadata, { ...on, decider: visitDecider, command: { ...on, occurredAt: at, visit } });
    });
  }

  unidentified(
    at: string,
    siteId: string,
    kind: 'call' | 'visit',
    about: { [field: string]: boolean | number } = {},
  ): Promise<RecordedAnswer> {
    const data = { ...this.data('in', kind === 'call' ? 'phone' : 'showroom'), contactTaken: false, ...about };
    const contactId = randomUUID();
    const stream = streamName('contact', this.tenant, contactId);
    const command = { kind: 'record' as const, contactId, siteId, occurredAt: at, fact: { kind, data } };
    return this.record((metadata) => Record.atSite(metadata, { stream, decider: contactDecider, siteId, command }));
  }

  tied(contactId: string, to: { customerId: string; journeyId: string }): Promise<RecordedAnswer> {
    const stream = streamName('contact', this.tenant, contactId);
    const command = { kind: 'tie' as const, contactId, occurredAt: this.api.now, tie: to };
    return this.record((metadata) => Record.onStream(metadata, { stream, decider: contactDecider, command }));
  }

  called(
    at: string,
    journeyId: string,
    about: { note?: string; corrects?: string; durationSeconds?: number } = {},
  ): Promise<RecordedAnswer> {
    const { corrects, ...told } = about;
    const fact = { type: 'call-made' as const, data: { ...this.data('out', 'phone'), reached: true, ...told } };
    const command = { journeyId, occurredAt: at, fact, ...(corrects !== undefined && { corrects }) };
    return this.record((metadata) => Record.onJourney(metadata, { journeyId, decider: callDecider, command }));
  }

  quoted(at: string, journeyId: string, price = yuan(200_000)): Promise<RecordedAnswer> {
    const command = { journeyId, occurredAt: at, act: 'issue' as const, quote: { ...this.data('out'), price } };
    return this.record((metadata) => Record.onJourney(metadata, { journeyId, decider: quoteDecider, command }));
  }

  quoteWithdrawn(at: string, journeyId: string): Promise<RecordedAnswer> {
    const command = { journeyId, occurredAt: at, act: 'withdraw' as const, withdrawal: this.data('out') };
    return this.record((metadata) => Record.onJourney(metadata, { journeyId, decider: quoteDecider, command }));
  }

  signed(at: string, journeyId: string, price = yuan(200_000)): Promise<RecordedAnswer> {
    const command = { journeyId, occurredAt: at, act: 'sign' as const, contract: { ...this.data('out'), price } };
    return this.record((metadata) => Record.onJourney(metadata, { journeyId, decider: contractDecider, command }));
  }

  handedOver(at: string, journeyId: string): Promise<RecordedAnswer> {
    const report = { ...this.data('out'), checklist: { passed: 42, failed: 0 }, documents: true, keys: true };
    const command = { journeyId, occurredAt: at, act: 'complete' as const, report };
    return this.record((metadata) => Record.onJourney(metadata, { journeyId, decider: handoverDecider, command }));
  }

  lost(at: string, journeyId: string, kind: LossKind = 'gave-up'): Promise<RecordedAnswer> {
    const command = { journeyId, occurredAt: at, act: 'lose' as const, loss: { kind } };
    return this.record((metadata) => Record.onJourney(metadata, { journeyId, decider: journeyDecider, command }));
  }

  complained(at: string, about: { customerId: string; journeyId: string; siteId: string }): Promise<RecordedAnswer> {
    const complaint = { ...this.data('in', 'phone'), category: 'delivery' as const, account: '交车晚了三天' };
    return this.onComplaint(randomUUID(), { occurredAt: at, act: 'receive', complaint, about });
  }

  acknowledged(at: string, complaintId: string): Promise<RecordedAnswer> {
    return this.onComplaint(complaintId, { occurredAt: at, act: 'acknowledge', acknowledgement: this.data('out', 'phone') });
  }

  private onComplaint(complaintId: string, act: WithoutId<ComplaintCommand>): Promise<RecordedAnswer> {
    const stream = streamName('complaint', this.tenant, complaintId);
    const command = { ...act, complaintId };
    return this.record((metadata) => Record.onStream(metadata, { stream, decider: complaintDecider, command }));
  }

  private data(direction: 'in' | 'out', channel: Channel = 'showroom'): TouchpointData {
    return { channel, direction, responsibleId: userIdOf(this.tenant, this.by) };
  }

  private record(make: (metadata: CommandMetadata) => Record): Promise<RecordedAnswer> {
    return this.recorded((services, metadata) => make(metadata).run(services));
  }

  private async recorded(run: (services: CommandServices, metadata: CommandMetadata) => Promise<CommandOutcome>): Promise<RecordedAnswer> {
    const commandId = randomUUID();
    const actor = { kind: 'user' as const, id: userIdOf(this.tenant, this.by) };
    const trace = { requestHash: commandId, correlationId: commandId, causationId: commandId };
    return answer(await run(this.api.platform.services, { tenant: this.tenant, sites: 'all', actor, commandId, ...trace }));
  }
}

/** `Omit` for each member of a union. */
type WithoutId<T> = T extends unknown ? Omit<T, 'complaintId'> : never;
