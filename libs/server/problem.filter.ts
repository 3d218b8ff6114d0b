import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger, Metrics } from '@touchline/observability';
import type { Problem } from '@touchline/http';
import { givesKeyBack } from './hold-key.js';
import { methodNotAllowed } from './other-methods.js';
import { problemOf } from './problem-of.js';
import { whose } from './request-context.js';

/** Every failure leaves as a problem document (RFC 9457): business refusals by their code, faults without their insides. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** Which methods the address of a request has. */
  methodsOf: (request: FastifyRequest) => readonly string[] = () => [];

  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** What a guard or a handler threw: a request that was refused gives its key back before anybody hears of it. */
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const answer = (): void => this.reply(error, request, http.getResponse<FastifyReply>());
    const { giveBack } = request;
    // A key that cannot be given back stays with this request: the sender is told why it was refused all the same.
    if (giveBack !== undefined && givesKeyBack(error)) void giveBack().catch(this.keyKept).then(answer);
    else answer();
  }

  private readonly keyKept = (error: unknown): void => {
    this.logger.warn({ err: error }, 'a request was refused, and its key not given back: it stays with the request');
  };

  /** Also used by Fastify itself, for an address it cannot even route. */
  reply(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = this.ofMethod(problemOf(error), request);
    // What a probe asks for is answered, not failed at; whatever keeps the process from its work has been logged once.
    if (problem.status >= 500 && problem.code !== 'not.ready')
      this.logger.error({ err: error, ...whose(request), code: problem.code }, 'request failed');
    this.metrics.refusals.inc({ code: problem.code });
    void reply
      .status(problem.status)
      .headers(problem.headers)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem.document(request.url.split('?', 1)[0])));
  }

  private ofMethod(problem: Problem, request: FastifyRequest): Problem {
    const methods = problem.code === 'route.unknown' ? this.methodsOf(request) : [];
    return methods.length === 0 ? problem : methodNotAllowed(methods);
  }
}
