import type { Figure, Goal } from '../benchmark.js';
import { isReached, median, ratiosOf, resultOf } from '../statistics.js';

/** Three figures that count. */
export const amount = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(value >= 1 ? 3 : 2)));

export const withUnit = (values: readonly number[], unit: string): string => `${amount(median(values))} ${unit}`.replace(' /s', '/s');

export const measuredText = ({ measured, unit }: Figure): string => withUnit(measured, unit);

export const againstText = ({ against, beside, unit }: Figure): string =>
  [against && `${withUnit(against.values, unit)} (${against.what})`, beside].filter((part) => part !== undefined).join('; ');

/** From the lowest to the highest of the rounds. */
export const spreadText = (figure: Figure): string => {
  const values = figure.against === undefined ? figure.measured : ratiosOf(figure);
  const [least, most] = [amount(Math.min(...values)), amount(Math.max(...values))];
  const sign = figure.against === undefined ? '' : ' ×';
  return values.length === 1 ? 'one run' : least === most ? `${least}${sign}` : `${least} to ${most}${sign}`;
};

export const ratioText = (figure: Figure): string => (figure.against === undefined ? '' : `${amount(median(ratiosOf(figure)))} ×`);

export const goalText = (goal: Goal, { unit }: Figure): string =>
  ({ 'ratio-at-least': `≥ ${goal.value} ×`, 'ratio-at-most': `≤ ${goal.value} ×`, 'at-most': `≤ ${goal.value} ${unit}` })[goal.kind];

export const verdictText = (figure: Figure): string =>
  figure.goals
    .map((goal) => `${goalText(goal, figure)}: ${isReached(figure, goal) ? 'reached' : `**missed** (${amount(resultOf(figure, goal))})`}`)
    .join('; ') || '–';

export const lineOf = (figure: Figure): string =>
  [figure.what, measuredText(figure), againstText(figure), ratioText(figure), spreadText(figure), verdictText(figure)]
    .filter((part) => part !== '')
    .join(' · ')
    .replaceAll('**', '');
