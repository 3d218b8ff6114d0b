import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '@touchline/http';

/** Which methods an address has, of all routes that are registered from now on; empty where nobody serves it. */
export function methodsByAddress(fastify: FastifyInstance): (request: FastifyRequest) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  fastify.addHook('onRoute', ({ url, method }) => {
    // What answers everywhere says nothing of an address.
    if (!url.includes('*')) routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  return ({ url }) => {
    const path = url.split('?', 1)[0] ?? '';
    return [...new Set(routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : [])))].sort();
  };
}

/** `/customers/:customerId` is any address of two parts that begins so. */
const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+')}$`);

/** An address that is there for other methods says which (RFC 9110). */
export const methodNotAllowed = (methods: readonly string[]): Problem =>
  new Problem(405, 'method.not-allowed', `this address takes ${methods.join(', ')}`, { headers: { allow: methods.join(', ') } });
