import type { Permission } from '@touchline/auth/allow.js';
import type { Issuer, PersonNamed } from '@touchline/commands';
import type { Money } from '@touchline/core';
import type { MoneyDto } from '@touchline/http';
import { Flag, Instant, Nested, NotBeside, OneOf, Slug, Text, Uuid } from '@touchline/http';
import type { Channel, TouchpointData } from './touchpoint.events.js';
import { CHANNELS } from './touchpoint.events.js';

/** Those who meet or hear customers, and the systems that do so for them (domain §1.1). */
export const MAY_RECORD = { roles: ['consultant', 'manager', 'service-manager', 'service'], scope: 'site' } as const satisfies Permission;

export const GENDERS = ['f', 'm', 'other'] as const;

export class PersonDto implements PersonNamed {
  @Text({ optional: true, max: 100, example: '王芳' })
  name?: string;

  @Text({ max: 40, description: 'as typed; numbers without a country code are Chinese', example: '138 0000 1111' })
  phone!: string;

  @OneOf(GENDERS, { optional: true })
  gender?: (typeof GENDERS)[number];

  @Text({ optional: true, max: 40, example: '王女士' })
  formOfAddress?: string;
}

/** What every touchpoint of a request states (domain §4.1). */
export class TouchpointDto {
  @Instant({ description: 'when it happened; may be earlier than now, never later' })
  occurredAt!: string;

  @Uuid({ optional: true, description: 'user responsible; the caller when absent' })
  responsibleId?: string;

  @OneOf(CHANNELS, { optional: true })
  channel?: Channel;

  @Text({ optional: true, max: 4000, description: 'free note; kept sealed' })
  note?: string;

  @Uuid({ optional: true, description: 'event of this record that the request replaces (a correction)' })
  corrects?: string;
}

/** An act on a journey that is there. */
export class JourneyActDto extends TouchpointDto {
  @Uuid()
  journeyId!: string;
}

/** A contact that may be the first of its customer: names a journey, or a customer or person at a site, or a site alone. */
export class ContactDto extends TouchpointDto {
  @Uuid({ optional: true })
  @NotBeside('customerId', 'person', 'contactId', 'newJourney')
  journeyId?: string;

  @Uuid({ optional: true })
  @NotBeside('person', 'contactId')
  customerId?: string;

  @Nested(() => PersonDto, { optional: true, description: 'contact details left; finds or registers the customer' })
  @NotBeside('contactId')
  person?: PersonDto;

  @Uuid({ optional: true, description: 'unidentified contact that is corrected (未留资)' })
  contactId?: string;

  @Text({ optional: true, max: 100, description: 'a name (周先生) given without anything to reach them by; kept sealed' })
  @NotBeside('journeyId', 'customerId', 'person')
  callerName?: string;

  @Slug({ optional: true, description: 'needed where no journey is named', example: 'pudong' })
  siteId?: string;

  @Slug({ optional: true, description: "the site's first product line when absent", example: 'kaixuan' })
  productLine?: string;

  @Flag({ optional: true, description: 'a further purchase intent beside the one that is open' })
  newJourney?: boolean;

  @Text({ optional: true, max: 100, description: 'how they heard of us', example: 'wechat-ad' })
  media?: string;

  @Text({ optional: true, max: 100 })
  campaign?: string;

  @Text({ optional: true, max: 100, description: 'product of interest' })
  product?: string;
}

/** Parts of a request that every touchpoint's stored data has, with what stands where the caller left them out. */
export function touchpointData(dto: TouchpointDto, issuer: Issuer, direction: 'in' | 'out', channel: Channel): TouchpointData {
  return {
    channel: dto.channel ?? channel,
    direction,
    responsibleId: dto.responsibleId ?? issuer.actor.id,
    ...(dto.note !== undefined && { note: dto.note }),
  };
}

export const money = ({ amount, currency }: MoneyDto): Money => ({ amount, currency });
