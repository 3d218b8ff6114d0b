import type { StandingContractShown } from './shown.dto.js';

interface ContractColumns {
  contractAt: string | null;
  contractAmount: number | null;
  contractCurrency: string | null;
}

/** The contract that stands, of a row that holds it flat; null for none. */
export function contractShown({ contractAt, contractAmount, contractCurrency }: ContractColumns): StandingContractShown | null {
  if (contractAt === null) return null;
  const priced = contractAmount !== null && contractCurrency !== null;
  return { signedAt: contractAt, price: priced ? { amount: contractAmount, currency: contractCurrency } : null };
}
