import type { NamedCommand } from '@touchline/commands';
import { execute } from '@touchline/commands';
import type { Rejection } from '@touchline/core';
import type { RejectionCode } from '@touchline/routes/rejections.js';
import type { Body } from '../api-document.js';
import type { Fate } from '../trouble.js';
import type { Poster, World } from './world.js';

/** A request that must be refused. */
export interface Attempt {
  path: string;
  body: Body;
  headers?: { [name: string]: string };
  /** Anybody who may, when absent. */
  as?: Poster;
}

type Refused = readonly Pick<Rejection, 'code'>[];

/** How a refusal comes about: over HTTP, or where no request gets so far, in another way that is really there. */
export type Row =
  | {
      attempts: (world: World) => Promise<Attempt[]>;
      /** What becomes of appends meanwhile, where it is not a matter of the request. */
      while?: Fate;
    }
  /** `why` no request is refused with it; with what is needed made, what is to be tried. Nothing refused: []. */
  | { why: string; trial: (world: World) => Promise<() => Promise<Refused>> };

export type Rows<Codes extends RejectionCode> = Readonly<{ [code in Codes]: Row }>;

export const http = (attempts: (world: World) => Promise<Attempt[]>): Row => ({ attempts });

/** The same body to several routes. */
export const to = (paths: readonly string[], body: Body): Attempt[] => paths.map((path) => ({ path, body }));

/** By a command that does not come over HTTP, as importers and workers send them. */
export const past = (why: string, command: (world: World) => Promise<NamedCommand>): Row => ({
  why,
  trial: async (world) => {
    const { name, input, metadata } = await command(world);
    return async () => {
      const outcome = await execute(world.api.platform.services, name, input, metadata);
      return outcome.kind === 'refused' ? outcome.refusals : [];
    };
  },
});
