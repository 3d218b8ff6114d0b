import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const RULES = 'infra/alerts/touchline.rules.yml';
const rules = readFileSync(RULES, 'utf8');
const dashboard = JSON.parse(readFileSync('infra/grafana/touchline.json', 'utf8')) as { panels: { targets: { expr: string }[] }[] };
const PROMTOOL = spawnSync('promtool', ['--version']).status === 0;

/** Metrics that an expression names, without what Prometheus adds to a histogram's name. */
const named = (text: string): string[] => [
  ...new Set([...text.matchAll(/\btouchline_[a-z_]+/g)].map(([name]) => name.replace(/_seconds_(bucket|count|sum)$/, '_seconds'))),
];

/** With something in every metric, as a process tells them. */
async function told(): Promise<string> {
  const metrics = new Metrics();
  for (const state of ['running', 'standby', 'stopped'] as const) metrics.setRelay(state);
  metrics.setProjection('customer-status', 'standby');
  metrics.projectionLagSeconds.set({ projection: 'customer-status' }, 1.5);
  metrics.refusals.inc({ code: 'request.invalid' });
  metrics.requests.observe({ method: 'GET', route: '/journeys', status: '200' }, 0.01);
  return metrics.text();
}

describe('metrics, alerts and the dashboard', () => {
  const known = new Set(new Metrics().registry.getMetricsAsArray().map(({ name }) => name));

  it('tell standing by from standing still, and which release this is', async () => {
    const metrics = new Metrics();
    metrics.setProjection('customer-status', 'standby');
    metrics.setRelay('standby');
    const text = await metrics.text();
    expect(text).toContain('touchline_projection_state{projection="customer-status",state="standby"} 1');
    expect(text).toContain('touchline_projection_state{projection="customer-status",state="stopped"} 0');
    expect(text).toMatch(/touchline_relay_state\{state="standby"\} 1\n(?:.*\n)*?touchline_relay_state\{state="stopped"\} 0\n/);
    expect(text).toMatch(/touchline_build_info\{version="\d+\.\d+\.\d+",node="\d+\.\d+\.\d+"\} 1/);
  });

  it('are absent rather than old where they could not be read', async () => {
    const metrics = new Metrics();
    let isAway = false;
    metrics.beforeEach(async () => {
      if (isAway) throw new Error('away');
      metrics.relayLagSeconds.set(7);
    });
    expect(await metrics.text()).toContain('touchline_relay_lag_seconds 7');
    isAway = true;
    const text = await metrics.text();
    expect(text).not.toContain('touchline_relay_lag_seconds 7');
    expect(text).toContain('touchline_standing_read 0');
  });

  it('are named as what they are: counters, and nothing else, end in `_total`', async () => {
    const types = [...(await told()).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter'))).toEqual([]);
  });

  it('alert on metrics that there are, each rule with a runbook that there is', () => {
    const expressions = [...rules.matchAll(/^ +expr: (.+)$/gm)].map(([, text]) => text ?? '');
    const runbooks = [...rules.matchAll(/^ +runbook: (.+)$/gm)].map(([, path]) => path ?? '');
    const alerts = [...rules.matchAll(/- alert: /g)].length;
    expect([alerts > 0, expressions.length, runbooks.length]).toEqual([true, alerts, alerts]);
    expect(runbooks.filter((path) => !existsSync(path))).toEqual([]);
    expect(expressions.flatMap(named).filter((name) => !known.has(name))).toEqual([]);
  });

  it('are drawn from metrics that there are', () => {
    const names = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => named(expr)));
    expect(names.length).toBeGreaterThan(dashboard.panels.length - 1);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  // Without promtool (Debian's package prometheus) the form of both is not held here.
  it(`are as promtool wants them${PROMTOOL ? '' : ': there is none on this machine'}`, async () => {
    if (!PROMTOOL) return;
    const metrics = spawnSync('promtool', ['check', 'metrics'], { input: await told(), encoding: 'utf8' });
    expect([metrics.status, metrics.stdout, metrics.stderr]).toEqual([0, '', '']);
    const checked = spawnSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });
});
