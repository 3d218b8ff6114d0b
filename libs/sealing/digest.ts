import { createHmac } from 'node:crypto';

/**
 * HMAC-SHA-256 in lower-case hex. What can be guessed, such as a telephone number, is never hashed without a secret
 * (ADR 0008). Parts are told apart: ('ab', 'c') and ('a', 'bc') differ.
 */
export const digest = (secret: string, ...parts: readonly string[]): string =>
  createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex');
