import { hash } from 'node:crypto';
import { TENANT } from '@touchline/demo/cast.js';
import { identifierDigest } from '@touchline/identity';

/** A UUID that the seed and a name give again. */
export function idOf(seed: number, name: string): string {
  const hex = hash('sha256', `${seed}/${name}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The n-th customer's telephone number, of a range that no other customer has. */
export const phoneOf = (customer: number): string => `+86138${String(customer).padStart(8, '0')}`;

export const digestOf = (secret: string, phone: string): string => identifierDigest(secret, TENANT, 'phone', phone);

/** Id of a customer, or of a journey or complaint of theirs. */
export const entityOf = (seed: number, customer: number, name: string): string => idOf(seed, `${customer} ${name}`);
