import type { Rejection } from '@touchline/core';

/** One thing wrong with a request: where, which rule, and what to do about it. */
export interface FieldError {
  field: string;
  rule: string;
  detail: string;
}

/** A problem document (RFC 9457). `type` is stable and ends in `code`. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance?: string;
  errors?: FieldError[];
  /** How many more there were than are told. */
  furtherErrors?: number;
  [extension: string]: unknown;
}

/** Most faults that one problem tells, and most characters of what each names of the request. */
export const MOST_FAULTS = 50;
const MOST_NAMED = 200;
const MOST_SAID = 500;

export const PROBLEM_BASE = 'https://touchline.dev/problems/';

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'The request took too long',
  409: 'In conflict with what is recorded',
  412: 'The record has changed',
  413: 'The request is too large',
  414: 'The address is too long',
  415: 'Media type not supported',
  422: 'The request breaks a rule',
  429: 'Too many requests',
  431: 'The request is too large',
  500: 'Something failed on our side',
  503: 'Not available right now',
  504: 'Not caught up yet',
};

export interface ProblemOptions {
  errors?: FieldError[];
  headers?: Record<string, string>;
  extensions?: Record<string, unknown>;
}

/** Thrown at the edge; the filter of the API answers with its document. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly headers: Record<string, string>;
  private readonly options: ProblemOptions;

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail);
    this.options = options;
    this.headers = options.headers ?? {};
  }

  document(instance?: string): ProblemDocument {
    return {
      type: PROBLEM_BASE + this.code,
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(instance !== undefined && { instance }),
      ...(this.options.errors && bounded(this.options.errors)),
      ...this.options.extensions,
    };
  }
}

const bounded = (errors: readonly FieldError[]): Pick<ProblemDocument, 'errors' | 'furtherErrors'> => ({
  errors: errors.slice(0, MOST_FAULTS).map(({ field, rule, detail }) => ({
    field: shortened(field, MOST_NAMED),
    rule: shortened(rule, MOST_NAMED),
    detail: shortened(detail, MOST_SAID),
  })),
  ...(errors.length > MOST_FAULTS && { furtherErrors: errors.length - MOST_FAULTS }),
});

/** Never with half a surrogate pair at its end. */
const shortened = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`);

/** A command was refused: business refusals are values until here, the filter gives each code its status. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly refusals: readonly Rejection[],
    readonly extensions: Record<string, unknown> = {},
  ) {
    super(refusals.map((refusal) => refusal.code).join(', '));
  }
}
