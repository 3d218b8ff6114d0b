// breaks: layer-intake
export { noStages } from '@touchline/playbooks';
