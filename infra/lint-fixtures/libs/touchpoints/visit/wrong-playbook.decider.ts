// breaks: playbooks-as-types
export { noStages } from '@touchline/playbooks';
