// breaks: no-cycles
import { one } from './wrong-cycle-one.js';

export const two = (): number => one() + 1;
