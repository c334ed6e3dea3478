import { type Acknowledgment, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says to cdk-nag why a rule does not hold here. aws-cdk-lib of 2025 has no `Validations` yet, and nobody to say it to. */
export function acknowledge(construct: IConstruct, ...acknowledgments: Acknowledgment[]): void {
  if (hasValidations) Validations.of(construct).acknowledge(...acknowledgments);
}

const hasValidations = typeof Validations === 'function';
