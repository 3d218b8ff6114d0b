/** Customers cannot be made one (ADR 0037), so nothing may say that they can. */
const SAYS_SO = [
  /\bmerg|\bunif(y|ied)\b|\bdedup|合并/iu,
  /\bjoin(s|ed|ing)?\b.*\b(customers?|people|persons)\b|\bcustomers?\b.*\bjoin(ed|ing)?\b/iu,
];

/** What a page or a document says of customers who become one, clause by clause; that they cannot is no such thing. */
export const joinings = (text: string): string[] =>
  text
    .replaceAll(/\\n|\s+/g, ' ')
    .split(/(?:[.;:|"]|\*\*)\s*/)
    .filter((clause) => SAYS_SO.some((pattern) => pattern.test(clause)) && !clause.includes('cannot be joined'));
