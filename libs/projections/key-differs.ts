import type { KeyDiffers } from './operations.dto.js';
import type { DifferenceShown } from './rebuilds.js';

/** As the API tells it, where `kind` is a touchpoint's word (ADR 0050). */
export const keyDiffers = ({ kind: difference, ...same }: DifferenceShown): KeyDiffers => ({ ...same, difference });
