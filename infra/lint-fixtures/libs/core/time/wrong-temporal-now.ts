// breaks: no-restricted-syntax
import { Temporal } from 'temporal-polyfill';

export const now = (): string => Temporal.Now.instant().toString();
