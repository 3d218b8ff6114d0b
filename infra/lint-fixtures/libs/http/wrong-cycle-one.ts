// breaks: no-cycles
import { two } from './wrong-cycle-two.js';

export const one = (): number => two() - 1;
