import { type CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type IApplyRule, NagRuleCompliance } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** The findings of cdk-nag in a tree of constructs, each as `<rule> <path>`. */
export interface Findings {
  /** Findings that are not suppressed. They fail a synthesis. */
  readonly unaccepted: readonly string[];
  /** Suppressions without a finding. */
  readonly unneeded: readonly string[];
  /** Suppressions without a real reason. */
  readonly unreasoned: readonly string[];
}

interface Place {
  readonly rule: string;
  readonly path: string;
}

/** All findings, suppressed or not. */
class EveryFinding extends AwsSolutionsChecks {
  readonly found: Place[] = [];

  protected override applyRule({ ruleSuffixOverride, rule, node }: IApplyRule): void {
    const name = `${this.packName}-${ruleSuffixOverride ?? rule.name}`;
    for (const finding of this.findingsOf(rule, node))
      this.found.push({ rule: `${name}${finding}`, path: node.node.path });
  }

  private findingsOf(rule: IApplyRule['rule'], node: CfnResource): string[] {
    const result = rule(node);
    if (Array.isArray(result)) return result.map(finding => `[${finding}]`);
    return result === NagRuleCompliance.NON_COMPLIANT ? [''] : [];
  }
}

export function findingsIn(root: IConstruct): Findings {
  const checks = new EveryFinding();
  checks.validateScope(root);
  const accepted = root.node.findAll().flatMap(acceptedOn);
  const covers = (acceptance: Place, finding: Place) =>
    acceptance.rule === finding.rule && `${finding.path}/`.startsWith(`${acceptance.path}/`);
  // cdk-nag itself decides what is suppressed, as in a synthesis.
  const { violations } = new AwsSolutionsChecks().validateScope(root);
  return {
    unaccepted: violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
    unneeded: accepted
      .filter(acceptance => !checks.found.some(finding => covers(acceptance, finding)))
      .map(({ rule, path }) => `${rule} ${path}`),
    unreasoned: accepted
      .filter(({ reason }) => reason.split(' ').length < 5)
      .map(({ rule, path }) => `${rule} ${path}`),
  };
}

function acceptedOn({ node }: IConstruct): (Place & { readonly reason: string })[] {
  return node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) =>
      Object.entries(Object(data)).map(([id, reason]) => ({
        rule: id.replace(/^annotation::/i, ''),
        path: node.path,
        reason: String(reason),
      })),
    );
}
