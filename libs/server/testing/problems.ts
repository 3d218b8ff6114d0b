import type { ProblemDocument } from '@touchline/http';
import { PROBLEM_BASE } from '@touchline/http';
import type { Route } from './api-document.js';

/** What a refused request must be answered with. */
export interface Wanted {
  status: number;
  code: string;
  /** The field that is named as being at fault, where one is; `rule` where that is always the same. */
  field?: string;
  rule?: string;
}

/** Marks of the insides of a program in a text. */
const INSIDES = /\n\s+at |node_modules|\.[jt]s:\d|\/libs\/|select .* from |node:internal/i;

/**
 * Null where an answer is the problem document that is wanted, and the route says that it may give it; else what it is.
 * A field counts where it, or what it holds, is named.
 */
export function unlike(wanted: Wanted, route: Route, status: number, contentType: string | null, text: string): string | null {
  const { code, field, rule } = wanted;
  const got = `${status} ${text.slice(0, 300)}`;
  if (status !== wanted.status) return got;
  if (contentType !== 'application/problem+json; charset=utf-8') return `${String(contentType)}: ${got}`;
  if (INSIDES.test(text)) return `tells of its insides: ${got}`;
  const { errors = [], ...problem } = JSON.parse(text) as ProblemDocument;
  if (problem.code !== code || problem.status !== status || problem.type !== PROBLEM_BASE + code) return got;
  if (problem.title === '' || problem.title === 'Error' || problem.detail === '') return `says too little: ${got}`;
  if (!errors.every((error) => error.rule !== '' && error.detail !== '')) return `says too little of a field: ${got}`;
  const isNamed = (name: string): boolean => field === name || name.startsWith(`${field}.`);
  if (field !== undefined && !errors.some((error) => isNamed(error.field) && (rule ?? error.rule) === error.rule))
    return `does not name ${field}: ${got}`;
  return route.problems.has(`${status} ${code}`) ? null : `is not documented: ${status} ${code}`;
}
