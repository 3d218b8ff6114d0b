import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import { Body, Controller, Inject, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthGuard, TOKEN_VERIFIER, UserDirectory, tokensFrom } from '@touchline/auth';
import { Allow } from '@touchline/auth/allow.js';
import { streamName } from '@touchline/core';
import { TENANT } from '@touchline/demo/cast.js';
import type { EventStore } from '@touchline/event-store';
import type { Platform } from '@touchline/platform';
import { startProjector } from '@touchline/platform';
import { createApi } from '@touchline/server';
import { serve } from '@touchline/server/serve.js';
import { validationPipe } from '@touchline/server/validation.js';
import { classOf } from '@touchline/http';
import { MAY_RECORD } from '@touchline/touchpoints/declare.js';
import { commandNamed } from '@touchline/touchpoints/list.js';
import { withPlatform } from '../data/open.js';
import { SENDER } from '../data/prepare.js';
import type { Texts } from '../data/some-call.js';
import { someCall } from '../data/some-call.js';
import type { Job } from './job.js';

/** Serves until the parent says to go on. `api`: the platform's; `prepared`: one route that appends an event that is there. */
export const serveApi: Job<{ url: string; what: 'api' | 'prepared'; settings?: Record<string, string> }, object> = (
  { url, what, settings: more },
  parent,
) =>
  withPlatform(
    url,
    async (platform) => {
      const served = what === 'api' ? await createApi(platform, { page: false }) : await preparedApi(platform);
      const token = await tokensFrom(platform.settings, platform.clock).local?.issue({ tenant: TENANT, userId: SENDER });
      parent.tell({ address: await served.listen(), token: token?.token ?? '' });
      await parent.goOn();
      await served.drain();
      return {};
    },
    more,
  );

/** Follows the log with every read model until the parent says to go on. */
export const project: Job<{ url: string; settings?: Record<string, string> }, object> = ({ url, settings }, parent) =>
  withPlatform(
    url,
    async (platform) => {
      const projector = startProjector(platform);
      parent.tell({});
      await parent.goOn();
      await projector.drain(10_000);
      return {};
    },
    settings,
  );

const PREPARED = Symbol('PREPARED');
interface Prepared {
  store: EventStore;
  texts: Texts;
}

/** The same route with token and validation, and then nothing but the append. */
@Controller('calls')
class PreparedController {
  constructor(@Inject(PREPARED) private readonly prepared: Prepared) {}

  @Post('made')
  @Allow(MAY_RECORD)
  async made(@Body() _body: object): Promise<object> {
    const { store, texts } = this.prepared;
    return store.append(streamName('journey', TENANT, randomUUID()), 'no-stream', [{ id: randomUUID(), ...texts }]);
  }
}

// The form of the route is made of its command, as the API's own is.
Reflect.defineMetadata('design:paramtypes', [classOf(commandNamed('call-made').form)], PreparedController.prototype, 'made');

@Module({})
class PreparedModule {}

async function preparedApi(platform: Platform): ReturnType<typeof serve> {
  const { settings, clock, store, users } = platform;
  const prepared: Prepared = { store, texts: await someCall(store) };
  return serve(platform, ({ filter }): DynamicModule => ({
    module: PreparedModule,
    controllers: [PreparedController],
    providers: [
      { provide: PREPARED, useValue: prepared },
      { provide: TOKEN_VERIFIER, useValue: tokensFrom(settings, clock).verifier },
      { provide: UserDirectory, useValue: users },
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: APP_PIPE, useFactory: validationPipe },
      { provide: APP_FILTER, useValue: filter },
    ],
  }));
}
