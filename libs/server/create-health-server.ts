import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Metrics } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import type { Probe } from './health.controller.js';
import { HealthController, Readiness } from './health.controller.js';
import type { Served } from './serve.js';
import { serve } from './serve.js';

@Module({})
class HealthModule {}

/** Liveness, readiness and metrics of a process that serves nothing else. Does not listen yet. `probes`: what its work needs besides. */
export const createHealthServer = (platform: Platform, probes: readonly Probe[] = []): Promise<Served> =>
  serve(
    platform,
    ({ readiness, filter }) => ({
      module: HealthModule,
      controllers: [HealthController],
      providers: [
        { provide: Metrics, useValue: platform.metrics },
        { provide: Readiness, useValue: readiness },
        { provide: APP_FILTER, useValue: filter },
      ],
    }),
    { probes },
  );
