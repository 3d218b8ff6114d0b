import { choice, flag, form, id, instant, object, slug, text } from '@touchline/core';
import { heardBy } from './call/call.events.js';
import { callerName } from './contact/contact.events.js';
import { GENDERS } from './customer/customer.events.js';
import { CHANNELS, note } from './touchpoint.events.js';

// What requests have in common.

const person = form('PersonDto', {
  name: text({ optional: true, max: 100, example: '王芳' }),
  phone: text({ max: 40, description: 'as typed; numbers without a country code are Chinese', example: '138 0000 1111' }),
  gender: choice(GENDERS, { optional: true }),
  formOfAddress: text({ optional: true, max: 40, example: '王女士' }),
});

/** What every touchpoint of a request states (domain §4.1). */
export const touchpointForm = {
  occurredAt: instant({ description: 'when it happened; may be earlier than now, never later' }),
  responsibleId: id({ optional: true, description: 'user responsible; the caller when absent' }),
  channel: choice(CHANNELS, { optional: true }),
  note,
  corrects: id({ optional: true, description: 'event of this record that the request replaces (a correction)' }),
};

/** An act on a journey that is there. */
export const journeyActForm = { ...touchpointForm, journeyId: id() };

/** A contact that may be the first of its customer: names a journey, or a customer or person at a site, or a site alone. */
export const contactForm = {
  ...touchpointForm,
  journeyId: id({ optional: true, notBeside: ['customerId', 'person', 'contactId', 'newJourney'] }),
  customerId: id({ optional: true, notBeside: ['person', 'contactId'] }),
  person: object(person, {
    optional: true,
    description: 'contact details left; finds or registers the customer',
    notBeside: ['contactId'],
  }),
  contactId: id({ optional: true, description: 'unidentified contact that is corrected (未留资)' }),
  callerName: { ...callerName, notBeside: ['journeyId', 'customerId', 'person'] },
  siteId: slug({ optional: true, description: 'needed where no journey is named', example: 'pudong' }),
  productLine: slug({ optional: true, description: "the site's first product line when absent", example: 'kaixuan' }),
  newJourney: flag({ optional: true, description: 'a further purchase intent beside the one that is open' }),
  media: { ...heardBy.media, description: 'how they heard of us', example: 'wechat-ad' },
  campaign: heardBy.campaign,
  product: text({ optional: true, max: 100, description: 'product of interest' }),
};
