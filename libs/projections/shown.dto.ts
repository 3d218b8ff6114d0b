import { MoneyDto, ResponseProperty } from '@touchline/http';

// What several views tell of, in the names and the form that messages on topics have (ADR 0050). Rows hold it flat.

/** A version of a playbook. */
export class PlaybookRefShown {
  @ResponseProperty(String, { example: 'auto-ssp9' }) id!: string;
  @ResponseProperty(Number, { example: 1 }) version!: number;
}

/** A stage that was reached. */
export class StageReachedShown {
  @ResponseProperty(String, { example: 'test-drive' }) id!: string;
  @ResponseProperty(Number, { description: "place in the playbook's order" }) order!: number;
}

/** The furthest stage that stands. */
export class StandingStageShown extends StageReachedShown {
  @ResponseProperty(String) enteredAt!: string;
}

/** The contract that stands. */
export class StandingContractShown {
  @ResponseProperty(String) signedAt!: string;
  @ResponseProperty(() => MoneyDto, { nullable: true, description: 'null where an imported source states none' }) price!: MoneyDto | null;
}

export class SourceShown {
  @ResponseProperty(String, { example: 'old-crm' }) system!: string;
  @ResponseProperty(String, { example: 'D-20418', description: 'that system’s own' }) reference!: string;
}
