import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '@touchline/auth/allow.js';
import { PublicRoute, Problem } from '@touchline/http';
import { Metrics } from '@touchline/observability';

/** Everything answers, and yet this process must not: the message says why, and what is done about it. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

/** What readiness asks; each resolves, or fails with the reason. */
export interface Probe {
  name: string;
  check(): Promise<unknown>;
  /** What is wrong though this process takes work. */
  shortcomings?(): Promise<readonly string[]>;
}

/** Whether this process takes work: set to draining when it is told to stop. */
export class Readiness {
  draining = false;
  constructor(readonly probes: readonly Probe[]) {}
}

class Alive {
  @ApiProperty({ type: String, enum: ['up'] })
  status!: 'up';
}

class Ready {
  @ApiProperty({ type: String, enum: ['ready', 'degraded'], description: 'degraded: it takes work, and yet something is wrong' })
  status!: 'ready' | 'degraded';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['up', 'degraded'] },
    description: 'what was asked',
    example: { 'event-log': 'up', database: 'up' },
  })
  checks!: Record<string, 'up' | 'degraded'>;

  @ApiProperty({ type: [String], description: 'what is wrong, and since when', example: [] })
  shortcomings!: string[];
}

const PROBE_TIMEOUT_MS = 2000;

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Public()
  @PublicRoute('The process runs', { type: Alive })
  live(): Alive {
    return { status: 'up' };
  }

  @Get('health/ready')
  @Public()
  @PublicRoute(
    'The process takes requests: the log and the database answer, the read models are of its version, and it is not stopping. Rows that stand still are told of, and served as they are',
    { type: Ready },
    { 503: ['not.ready'] },
  )
  async ready(): Promise<Ready> {
    if (this.readiness.draining) throw new Problem(503, 'not.ready', 'this process is stopping');
    const results = await Promise.all(this.readiness.probes.map(async (probe) => ({ probe, ...(await answersInTime(probe)) })));
    const failed = results.filter(({ up }) => !up);
    const down = failed.map(({ probe }) => probe.name);
    const reasons = failed.map(({ probe, reason }) => (reason === null ? `${probe.name} does not answer` : `${probe.name}: ${reason}`));
    if (down.length > 0) throw new Problem(503, 'not.ready', reasons.join('; '), { extensions: { down } });
    const checks = results.map(({ probe, wrong }) => [probe.name, wrong.length === 0 ? 'up' : 'degraded'] as const);
    const shortcomings = results.flatMap(({ wrong }) => wrong);
    return { status: shortcomings.length === 0 ? 'ready' : 'degraded', checks: Object.fromEntries(checks), shortcomings };
  }

  @Get('metrics')
  @Public()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @PublicRoute('Prometheus metrics; no ids and nothing personal', {
    content: { 'text/plain': { schema: { type: 'string' }, example: 'touchline_projection_running{projection="customer-status"} 1' } },
  })
  metricsText(): Promise<string> {
    return this.metrics.text();
  }
}

interface Found {
  up: boolean;
  reason: string | null;
  wrong: readonly string[];
}

async function answersInTime(probe: Probe): Promise<Found> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Found>((resolve) => {
    timer = setTimeout(() => {
      resolve({ up: false, reason: null, wrong: [] });
    }, PROBE_TIMEOUT_MS);
  });
  const asked = async (): Promise<Found> => {
    await probe.check();
    return { up: true, reason: null, wrong: (await probe.shortcomings?.()) ?? [] };
  };
  const up = asked().catch((error: unknown): Found => ({ up: false, reason: error instanceof NotReady ? error.message : null, wrong: [] }));
  return Promise.race([up, late]).finally(() => {
    clearTimeout(timer);
  });
}
