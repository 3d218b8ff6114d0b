import { fieldFaults } from './declared-fields.js';
import { apartFromText, wordPlaces } from './free-text.js';

/** What the schema of a declared touchpoint makes of its fields. */
export const fieldRules = { faults: fieldFaults, apartFromText, wordPlaces };
