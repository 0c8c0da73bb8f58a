import { tableText } from '../../bench/support/report.ts';
import type { CampaignReport } from './campaign.ts';
import { campaigns, type ShardReport } from './shard.ts';
import { faultKinds, type Met, nothingMet } from './trouble.ts';

/** The violations of all shards, each as some lines of text. */
export function violationsOf(reports: readonly ShardReport[]): string[] {
  return reports.flatMap(report =>
    campaigns.flatMap(campaign =>
      report[campaign].violations.map(({ what, seed, shortest, tried }) =>
        [
          `violation in ${campaign}:`,
          ...what.map(line => `  ${line}`),
          `shortest history found (${tried} others tried): ${shortest}`,
          ...(seed === undefined
            ? []
            : [`to play this history again: make test-faults ONLY="${campaign}:${seed}"`]),
        ].join('\n'),
      ),
    ),
  );
}

/** The output of `make test-faults`: a table of counts, and the violations. */
export function faultReport(
  reports: readonly ShardReport[],
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): string {
  const columns = campaigns.map(campaign => sumOf(reports.map(report => report[campaign])));
  const row = (name: string, read: (sum: Sum) => number) => [name, ...columns.map(read)];
  const found = violationsOf(reports);
  return [
    tableText(`test-faults: seed ${seed}, ${Math.round(seconds)} s`, [
      ['', ...campaigns],
      row('histories', ({ histories }) => histories),
      row('events and requests handled', ({ met }) => met.handled),
      row('requests to AWS', ({ met }) => met.requests),
      ...faultKinds.map(kind => row(kind, ({ met }) => met[kind])),
      row('violations', ({ violations }) => violations),
    ]),
    ...(found.length === 0
      ? []
      : ['', ...found, '', `to generate all histories again: make test-faults SEED=${seed}`]),
  ].join('\n');
}

interface Sum {
  readonly histories: number;
  readonly met: Met;
  readonly violations: number;
}

function sumOf(reports: readonly CampaignReport[]): Sum {
  const met = nothingMet();
  for (const report of reports) {
    for (const kind of ['handled', 'requests', ...faultKinds] as const) met[kind] += report.met[kind];
  }
  return {
    histories: reports.reduce((sum, { histories }) => sum + histories, 0),
    met,
    violations: reports.reduce((sum, { violations }) => sum + violations.length, 0),
  };
}
